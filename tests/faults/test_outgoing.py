"""F50: what the bot calls of its own accord. No redirect, nothing inside a network, signed."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from bot.outside.calls import PRIVATE, is_public
from bot.outside.mail import Mail, Server
from bot.outside.message import Message
from bot.outside.webhook import Webhook, key_of
from tests.support.outside_world import post_office, receiver

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MESSAGE = Message("msg-1", {"type": "trouble.began"}, "Tocsin: 云", "Slack cannot be told anything")


@pytest.mark.fault("F50")
@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # where clouds keep the credentials of a machine
        ("100.100.100.200", False),  # and Alibaba Cloud
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
    ],
)
def test_an_address_inside_a_network_is_not_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.fault("F50")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]"])
async def test_a_webhook_inside_the_network_is_not_called(host: str) -> None:
    async with receiver() as there:
        url = there.url.replace("127.0.0.1", host)
        refused = await Webhook(url, key=None, private=False).send(MESSAGE, now=NOW)
        assert refused in (PRIVATE, "the connection broke")  # the library refuses the odd form
        assert there.told == []


@pytest.mark.fault("F50")
async def test_a_webhook_that_redirects_is_not_followed() -> None:
    async with receiver() as there, receiver() as elsewhere:
        there.status, there.location = 307, elsewhere.url
        refused = await Webhook(there.url, key=b"k", private=True).send(MESSAGE, now=NOW)
        assert refused == "answered 307"
        assert len(there.told) == 1
        assert elsewhere.told == []


async def test_a_webhook_is_told_in_the_standard_form() -> None:
    secret = "whsec_" + base64.b64encode(b"a key of 24 bytes at all").decode()
    async with receiver() as there:
        way = Webhook(there.url, key=key_of(secret), private=True)
        assert await way.send(MESSAGE, now=NOW) is None
    (told,) = there.told
    assert json.loads(told.body) == MESSAGE.payload
    assert told.headers["content-type"] == "application/json"
    assert told.headers["webhook-id"] == "msg-1"
    assert told.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = f"msg-1.{int(NOW.timestamp())}.".encode() + told.body
    digest = hmac.new(b"a key of 24 bytes at all", signed, hashlib.sha256).digest()
    assert told.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


async def test_without_a_secret_nothing_is_signed_and_a_refusal_is_told() -> None:
    async with receiver() as there:
        there.status = 500
        refused = await Webhook(there.url, key=None, private=True).send(MESSAGE, now=NOW)
    assert refused == "answered 500"
    assert "webhook-signature" not in there.told[0].headers


async def test_a_webhook_that_is_not_there_is_no_fault_of_ours() -> None:
    async with receiver() as there:
        url = there.url
    assert await Webhook(url, key=None, private=True).send(MESSAGE, now=NOW) == "no connection"


async def test_mail_is_handed_in_with_a_name_of_its_own() -> None:
    async with post_office() as post:
        server = Server("127.0.0.1", post.port, tls=False)
        way = Mail(server, sender="tocsin@example.com", recipients=("ops@example.com",))
        assert await way.send(MESSAGE, now=NOW) is None
    (mail,) = post.mails
    assert "To: ops@example.com" in mail
    assert "Message-ID: <msg-1@example.com>" in mail
    assert "Slack cannot be told anything" in mail


async def test_a_password_does_not_travel_in_the_open() -> None:
    async with post_office() as post:
        server = Server("127.0.0.1", post.port, tls=False, user="u", password="p")
        way = Mail(server, sender="tocsin@example.com", recipients=("ops@example.com",))
        assert await way.send(MESSAGE, now=NOW) == "the mail server did not take it"
    assert post.mails == []
