"""The loops at the end: told ones end by themselves, all others are cancelled, none is waited for
for ever."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot import loops
from bot.loops import Loops


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_who_is_told_to_end_may_finish_and_all_others_are_cancelled() -> None:
    ended: list[str] = []
    told = asyncio.Event()

    async def finishing() -> None:
        await told.wait()
        await asyncio.sleep(0)
        ended.append("finished")

    async def other() -> None:
        try:
            await for_ever()
        finally:
            ended.append("cancelled")

    running = Loops()
    running.launch("finishing", finishing())
    running.launch("other", other())
    await asyncio.sleep(0)
    told.set()
    with capture_logs() as logged:
        await running.end(by_themselves=("finishing",))
    assert ended == ["finished", "cancelled"]
    assert logged == []


async def test_a_loop_that_does_not_end_is_named_and_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "END_WITHIN", loops.CANCELLED_WITHIN / 100)
    monkeypatch.setattr(loops, "CANCELLED_WITHIN", loops.CANCELLED_WITHIN / 100)
    may_go = asyncio.Event()

    async def deaf() -> None:
        while not may_go.is_set():
            try:
                await may_go.wait()
            except asyncio.CancelledError:
                continue

    running = Loops()
    running.launch("deaf", deaf())
    await asyncio.sleep(0)
    with capture_logs() as logged:
        await running.end(by_themselves=("deaf",))
    assert [line["loop"] for line in logged] == ["deaf", "deaf"]
    may_go.set()
    await asyncio.sleep(0)


async def test_a_loop_that_dies_is_told_of() -> None:
    deaths: list[str] = []

    async def dying() -> None:
        raise ZeroDivisionError

    running = Loops()
    running.on_death = lambda: deaths.append("told")
    with capture_logs() as logged:
        running.launch("dying", dying())
        await running.end(by_themselves=("dying",))
        await asyncio.sleep(0)
    assert deaths == ["told"]
    assert [(line["event"], line["loop"]) for line in logged] == [("loop.died", "dying")]
