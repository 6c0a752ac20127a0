"""The harness itself: a toxic that does nothing, or a checker that sees nothing, proves nothing."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

import pytest

from tests.support.proxy import Proxy, proxy

SAID = b"x" * 4_000


@pytest.fixture
async def wire() -> AsyncGenerator[Proxy]:
    """A proxy before a server that says again what it hears."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with proxy(("127.0.0.1", server.sockets[0].getsockname()[1])) as made:
        yield made
    server.close()


async def said(wire: Proxy, *, within: float = 60) -> tuple[bytes, float]:
    """What comes back, and after how long."""
    began = time.monotonic()
    heard = b""
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    try:
        writer.write(SAID)
        writer.write_eof()
        async with asyncio.timeout(within):
            while data := await reader.read(65_536):
                heard += data
    except TimeoutError:
        return b"never", time.monotonic() - began
    except ConnectionError:
        return b"reset", time.monotonic() - began
    finally:
        writer.close()
    return heard, time.monotonic() - began


async def test_without_toxics_everything_passes(wire: Proxy) -> None:
    heard, _ = await said(wire)
    assert heard == SAID


@pytest.mark.parametrize(
    ("poison", "least"),
    [
        (lambda wire: setattr(wire.toward, "latency", 0.2), 0.2),
        (lambda wire: setattr(wire.back, "latency", 0.2), 0.2),
        (lambda wire: setattr(wire.back, "bandwidth", 20_000), 0.2),
        (lambda wire: setattr(wire.back, "slow_close", 0.2), 0.2),
        (lambda wire: setattr(wire.toward, "slicer", 100), 0.0),
    ],
    ids=["latency", "latency-back", "bandwidth", "slow_close", "slicer"],
)
async def test_toxics_that_hold_up_lose_nothing(
    wire: Proxy, poison: Callable[[Proxy], None], least: float
) -> None:
    poison(wire)
    heard, took = await said(wire)
    assert heard == SAID
    assert took >= least


@pytest.mark.parametrize(
    ("poison", "heard"),
    [
        (lambda wire: setattr(wire, "down", True), b"reset"),
        (lambda wire: setattr(wire.toward, "reset_peer", 0.1), b"reset"),
        (lambda wire: setattr(wire.back, "timeout", 0), b"never"),
        (lambda wire: setattr(wire.back, "limit_data", 1_000), SAID[:1_000]),
    ],
    ids=["down", "reset_peer", "timeout", "limit_data"],
)
async def test_toxics_that_cut_cut(
    wire: Proxy, poison: Callable[[Proxy], None], heard: bytes
) -> None:
    poison(wire)
    got, _ = await said(wire, within=0.5)
    assert got in (heard, b"reset")
    wire.heal()
    assert (await said(wire))[0] == SAID


@pytest.mark.parametrize("stop", [False, True])
async def test_what_is_watched_for_is_seen_before_it_is_handed_on(
    wire: Proxy, *, stop: bool
) -> None:
    seen: list[int] = []
    wire.watch(b"xxx", lambda: seen.append(1), stop=stop)
    heard, _ = await said(wire)
    assert seen == [1]
    assert heard == (b"reset" if stop else SAID)
