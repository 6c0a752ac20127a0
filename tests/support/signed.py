"""Requests signed as Slack signs them; written from its description, not from our verifier."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


def signed(secret: str, body: bytes, *, at: float | None = None, **more: str) -> dict[str, str]:
    """The headers of a request with this body."""
    timestamp = str(int(time.time() if at is None else at))
    base = b"v0:" + timestamp.encode() + b":" + body
    made = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={made}",
    } | more


def form_of(payload: Any) -> bytes:
    """An interaction's body."""
    return urlencode({"payload": json.dumps(payload)}).encode()
