"""Senders that drip: half a request holds a connection for ten seconds, and nobody up.

A connection that rests between two requests is kept for longer.
"""

import asyncio
import time
from urllib.parse import urlsplit

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from bot.server import REQUEST_WITHIN
from tests.support.town import CALLBACK_TOKEN, Town

HALF_A_HEAD = b"POST /callbacks/x HTTP/1.1\r\nHost: x\r\n"
HALF_A_BODY = (
    f"POST /callbacks/{CALLBACK_TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nalert"
).encode()
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
MANY = 100  # connections of each kind


async def connected(made: Town, said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(made.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(said)
    await writer.drain()
    return reader, writer


@pytest.mark.fault("F12")
@pytest.mark.slow
async def test_who_drips_is_hung_up_on_and_the_others_are_served(small_town: Town) -> None:
    began = time.monotonic()
    reader, resting = await connected(small_town, HEALTH)  # as a load balancer keeps one
    await reader.readuntil(b'{"status":"ok"}')
    dripping = [
        await connected(small_town, said)
        for said in (b"", HALF_A_HEAD, HALF_A_BODY)
        for _ in range(MANY)
    ]
    sent = CPU.says("ALERT", 91.25, utc_now())
    assert (await small_town.sent_and_applied(sent))["outcome"] == "opened"
    async with asyncio.timeout(REQUEST_WITHIN * 2):
        said = [await reader.read() for reader, _ in dripping]
    assert time.monotonic() - began >= REQUEST_WITHIN - 1
    assert not [answer for answer in said if b" 200 " in answer]
    resting.write(HEALTH)
    assert b" 200 " in await reader.readuntil(b'{"status":"ok"}')
    for writer in (resting, *(writer for _, writer in dripping)):
        writer.close()
