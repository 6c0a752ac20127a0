"""Answers leave in one piece, in their order, and whole."""

import asyncio
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.server import ServerState

from bot.http_protocol import MOST_AHEAD, MOST_BESIDE, MOST_KEPT, Gathering, HttpProtocol
from tests.support.town import eventually


class Wire(asyncio.Transport):
    """The far end of a transport: what was sent, piece by piece, and how it ended."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.sent: list[bytes] = []
        self.ended = ""

    def write(self, data: Any) -> None:
        assert not self.ended
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.ended = self.ended or "closed"

    def abort(self) -> None:
        self.ended = "aborted"

    def is_closing(self) -> bool:
        return bool(self.ended)

    def pause_reading(self) -> None:
        """What a test sends it has sent."""

    def resume_reading(self) -> None:
        """As before."""


@pytest.fixture
def wire() -> Wire:
    """Where the bytes go."""
    return Wire()


@pytest.fixture
async def gathering(wire: Wire) -> Gathering:
    """What uvicorn writes to."""
    return Gathering(wire, asyncio.get_running_loop())


async def test_what_is_written_at_once_is_sent_at_once(wire: Wire, gathering: Gathering) -> None:
    gathering.write(b"head ")
    gathering.write(bytearray(b"body"))
    assert wire.sent == []
    await asyncio.sleep(0)
    gathering.write(b"next")
    await asyncio.sleep(0)
    assert wire.sent == [b"head body", b"next"]


async def test_a_long_answer_is_sent_as_it_comes(wire: Wire, gathering: Gathering) -> None:
    gathering.write(b"a" * MOST_KEPT)
    gathering.write(b"b")
    assert wire.sent == [b"a" * MOST_KEPT + b"b"]
    await asyncio.sleep(0)
    assert len(wire.sent) == 1


async def test_closing_sends_what_was_written(wire: Wire, gathering: Gathering) -> None:
    gathering.write(b"last words")
    gathering.close()
    assert wire.sent == [b"last words"]
    assert wire.ended == "closed"
    await asyncio.sleep(0)
    assert gathering.is_closing()
    assert len(wire.sent) == 1


async def test_aborting_sends_nothing(wire: Wire, gathering: Gathering) -> None:
    gathering.write(b"lost")
    gathering.abort()
    await asyncio.sleep(0)
    assert wire.sent == []
    assert wire.ended == "aborted"


async def test_who_has_left_before_the_loop_turns_is_sent_nothing(
    wire: Wire, gathering: Gathering
) -> None:
    gathering.write(b"too late")
    wire.close()  # the far end has: a closed transport may not be written to
    gathering.send()
    gathering.close()
    assert wire.sent == []


async def test_the_peer_is_told_as_ever(gathering: Gathering) -> None:
    assert gathering.get_extra_info("peername") == ("127.0.0.1", 1)
    assert gathering.get_extra_info("nothing", 7) == 7


class Echo:
    """Answers with what it was sent."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = await Request(scope, receive).body()
        await Response(body)(scope, receive, send)


def connected(wire: Wire, app: Any = None) -> HttpProtocol:
    """A connection to a server that answers whatever comes."""
    config = uvicorn.Config(
        app or Response(), http=HttpProtocol, ws="none", lifespan="off", log_config=None
    )
    config.load()
    protocol = HttpProtocol(config, ServerState(), {})
    protocol.connection_made(wire)
    return protocol


@pytest.mark.parametrize("ended_by", [None, ConnectionResetError()], ids=["closed", "reset"])
async def test_nothing_waits_for_the_next_request_of_who_has_gone(
    wire: Wire, ended_by: Exception | None
) -> None:
    protocol = connected(wire)
    protocol.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    async def waiting() -> asyncio.TimerHandle | None:
        return protocol.timeout_keep_alive_task

    timer = await eventually(waiting)
    assert timer is not None
    protocol.connection_lost(ended_by)
    assert timer.cancelled()


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PIECE = 16 * 1024


@pytest.mark.fault("F10")
@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        (b"GET /", b"a" * PIECE),
        (HEAD, b"a" * PIECE),
        (HEAD + b"X: ", b"a" * PIECE),
        (HEAD, b"X: abc\r\n" * (PIECE // 8)),
        (CHUNKED + b"1;", b"a" * PIECE),
        (CHUNKED, b"1\r\na\r\n" * (PIECE // 6)),
        (CHUNKED + b"0\r\n", b"X: abc\r\n" * (PIECE // 8)),
    ],
    ids=["address", "name", "value", "headers", "chunk", "chunks", "trailers"],
)
async def test_a_head_without_end_is_hung_up_on(wire: Wire, begins: bytes, goes_on: bytes) -> None:
    protocol = connected(wire)
    protocol.data_received(begins)
    for _ in range(2 * MOST_BESIDE // PIECE):
        if not wire.ended:
            protocol.data_received(goes_on)
    assert wire.ended == "closed"


async def test_a_body_is_no_head_however_long_and_each_request_begins_anew(wire: Wire) -> None:
    protocol = connected(wire)
    chunk = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    for _ in range(3):
        protocol.data_received(HEAD + b"Content-Length: %d\r\n\r\n" % (4 * MOST_BESIDE))
        protocol.data_received(b"a" * (4 * MOST_BESIDE))
        protocol.data_received(HEAD + b"X: " + b"a" * (MOST_BESIDE // 2) + b"\r\n\r\n")
        protocol.data_received(CHUNKED + chunk * 64 + b"0\r\n\r\n")
    assert not wire.ended


@pytest.mark.fault("F10")
async def test_who_sends_more_and_more_and_reads_no_answer_is_hung_up_on(wire: Wire) -> None:
    protocol = connected(wire)
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    protocol.data_received(request * MOST_AHEAD)
    assert not wire.ended
    protocol.data_received(request * MOST_AHEAD)
    assert wire.ended == "closed"
    assert len(protocol.pipeline) <= MOST_AHEAD


OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
LENGTH = HEAD + OFFER + b"Content-Length: 5\r\n\r\nhello"
IN_CHUNKS = HEAD + OFFER + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
PLAIN = HEAD + b"Content-Length: 5\r\n\r\nhello"


@pytest.mark.parametrize("size", [1, 7, 90, 10_000])
@pytest.mark.parametrize(
    "requests",
    [[LENGTH] * 3, [IN_CHUNKS, PLAIN, IN_CHUNKS], [PLAIN, LENGTH, PLAIN], [LENGTH] * 100],
    ids=["length", "chunks", "between", "many"],
)
async def test_who_offers_another_protocol_is_heard_to_the_end_and_answered_in_this_one(
    wire: Wire, requests: list[bytes], size: int
) -> None:
    protocol = connected(wire, Echo())
    sent = b"".join(requests)
    for start in range(0, len(sent), size):
        protocol.data_received(sent[start : start + size])

    async def answered() -> bool:
        return b"".join(wire.sent).count(b"hello") == len(requests)

    await eventually(answered)
    assert b"".join(wire.sent).count(b"HTTP/1.1 200 OK") == len(requests)
    assert not wire.ended


async def test_a_tunnel_is_no_offer(wire: Wire) -> None:
    protocol = connected(wire)
    protocol.data_received(b"CONNECT / HTTP/1.1\r\nHost: x\r\n" + OFFER + b"\r\n" + PLAIN)
    assert protocol.cycle is not None
    assert protocol.cycle.scope["method"] == "CONNECT"
    assert not protocol.pipeline
