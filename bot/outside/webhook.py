"""Alerts by webhook, in the form of Standard Webhooks (standardwebhooks.com, specification 1.0.0).

A receiver knows by `webhook-id` what it has had already, and by `webhook-signature` that it
comes from us: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime

from bot.outside.calls import post
from bot.outside.message import Message

PREFIX = "whsec_"  # of a secret that is written in base64


def key_of(secret: str) -> bytes:
    """The bytes of a secret: base64 after `whsec_`, else the text itself.

    Raises ValueError when what follows `whsec_` is no base64.
    """
    if secret.startswith(PREFIX):
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    return secret.encode()


def signature(key: bytes, number: str, timestamp: str, body: bytes) -> str:
    """One signature, as it stands in the header."""
    signed = b".".join((number.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


class Webhook:
    """One address. Without a key messages are not signed; `private` allows an inside address."""

    def __init__(self, url: str, *, key: bytes | None, private: bool) -> None:
        self._url = url
        self._key = key
        self._private = private

    async def send(self, message: Message, *, now: datetime) -> str | None:
        """As `Way.send`."""
        body = json.dumps(message.payload, ensure_ascii=False).encode()
        timestamp = str(int(now.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": timestamp,
        }
        if self._key is not None:
            headers["webhook-signature"] = signature(self._key, message.id, timestamp, body)
        return await post(self._url, body, headers, public_only=not self._private)
