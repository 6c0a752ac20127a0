"""Answers leave in one piece, in their order, and whole."""

import asyncio
from typing import Any

import pytest
import uvicorn
from starlette.responses import Response
from uvicorn.server import ServerState

from bot.http_protocol import MOST_KEPT, Gathering, HttpProtocol
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


@pytest.mark.parametrize("ended_by", [None, ConnectionResetError()], ids=["closed", "reset"])
async def test_nothing_waits_for_the_next_request_of_who_has_gone(
    wire: Wire, ended_by: Exception | None
) -> None:
    config = uvicorn.Config(Response(), http=HttpProtocol, lifespan="off", log_config=None)
    config.load()
    protocol = HttpProtocol(config, ServerState(), {})
    protocol.connection_made(wire)
    protocol.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    async def waiting() -> asyncio.TimerHandle | None:
        return protocol.timeout_keep_alive_task

    timer = await eventually(waiting)
    assert timer is not None
    protocol.connection_lost(ended_by)
    assert timer.cancelled()
