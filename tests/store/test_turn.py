"""Whose turn it is: appends first, but nobody waits for ever, and nobody's turn gets lost."""

import asyncio

from bot.store.turn import OVERTAKEN, Turn


async def queue_up(turn: Turn, order: list[str], *names: str) -> list[asyncio.Task[None]]:
    """Each waits in line, in this order; those that are called `a…` append."""

    async def work(name: str) -> None:
        async with turn.taken(first=name.startswith("a")):
            order.append(name)
            await asyncio.sleep(0)

    made = [asyncio.create_task(work(name)) for name in names]
    await asyncio.sleep(0)  # now they stand in line
    return made


async def test_who_appends_goes_before_all_that_wait() -> None:
    turn, order = Turn(), list[str]()
    async with turn.taken():
        made = await queue_up(turn, order, "x1", "x2", "a1", "a2")
        assert order == []
    await asyncio.gather(*made)
    assert order == ["a1", "a2", "x1", "x2"]


async def test_one_at_a_time() -> None:
    turn, inside = Turn(), 0

    async def work(first: bool) -> None:
        nonlocal inside
        async with turn.taken(first=first):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work(bool(n % 3)) for n in range(100)))


async def test_nobody_is_overtaken_for_ever() -> None:
    turn, order = Turn(), list[str]()
    async with turn.taken():
        appends = [f"a{n}" for n in range(3 * OVERTAKEN)]
        made = await queue_up(turn, order, "x1", "x2", *appends)
    await asyncio.gather(*made)
    assert order.index("x1") == OVERTAKEN
    assert order.index("x2") == 2 * OVERTAKEN + 1


async def test_who_gives_up_as_the_turn_is_passed_on_is_only_cancelled() -> None:
    """The line had dropped it before it could leave: a ValueError came in place of its stop."""
    turn, order = Turn(), list[str]()
    async with turn.taken():
        gone, stays = await queue_up(turn, order, "x1", "x2")
        gone.cancel()
    found = await asyncio.gather(gone, stays, return_exceptions=True)
    assert [type(one) for one in found] == [asyncio.CancelledError, type(None)]
    assert order == ["x2"]


async def test_who_gives_up_waiting_loses_nobodys_turn() -> None:
    turn, order = Turn(), list[str]()
    async with turn.taken():
        gone, stays = await queue_up(turn, order, "x1", "x2")
        gone.cancel()
        await asyncio.sleep(0)
    await stays
    assert order == ["x2"]


async def test_who_gives_up_just_as_it_is_his_turn_passes_it_on() -> None:
    turn, order = Turn(), list[str]()
    async with turn.taken():
        late, stays = await queue_up(turn, order, "x1", "x2")
    late.cancel()  # its turn has come, and it does not know yet
    await asyncio.gather(late, stays, return_exceptions=True)
    assert order == ["x2"]
    async with asyncio.timeout(60), turn.taken():
        pass
