"""The pace of applying: in a burst senders come first, but not for ever."""

import itertools

import pytest

from bot.work.pace import ALONE, BATCH, BURST, CROWD, FEW, LOOK, MOST, WITHIN, Pace


def crowded(waiting: int, *, taken: int = 500) -> Pace:
    """As if so many senders waited, and so many were answered between two looks."""
    seen = itertools.count(taken, taken)
    return Pace(taken=lambda: next(seen), waiting=lambda: waiting)


async def test_in_a_burst_applying_waits_a_second_and_no_longer() -> None:
    pace = crowded(30)
    await pace.lull()
    assert pace.patience <= 0  # from here on applying has its share
    pace.ended(1, is_late=False, is_empty=False)
    assert pace.rest > 0
    assert pace.patience <= 0
    await pace.lull()
    pace.ended(0, is_late=False, is_empty=True)
    assert pace.patience == BURST  # the inbox is empty


@pytest.mark.parametrize(("taken", "waits"), [(0, False), (1, False), (2, True), (9, True)])
async def test_callbacks_are_applied_at_once_below_a_hundred_a_second(
    taken: int, *, waits: bool
) -> None:
    times = itertools.count(0.0, 0.01)
    seen = itertools.count(taken, taken)
    pace = Pace(taken=lambda: next(seen), waiting=lambda: 30, clock=lambda: next(times))
    await pace.lull()
    assert (pace.patience < BURST) is waits


@pytest.mark.parametrize("waiting", [0, 1, CROWD - 1])
async def test_many_callbacks_that_nobody_waits_for_are_applied_at_once(waiting: int) -> None:
    pace = crowded(waiting)
    await pace.lull()
    assert pace.patience > BURST - 10 * LOOK


async def test_a_bot_that_stops_waits_for_nobody() -> None:
    pace = crowded(30)
    pace.stop()
    await pace.lull()
    assert pace.patience == BURST


@pytest.mark.parametrize(("waiting", "within"), [(0, ALONE), (FEW, WITHIN), (30, WITHIN)])
async def test_a_batch_is_short_while_senders_wait(waiting: int, within: float) -> None:
    """On SQLite none of them can be answered beside it: they would not be seen as answered."""
    assert crowded(waiting, taken=0).within == within


async def test_a_batch_that_came_to_nothing_asks_for_no_more() -> None:
    pace = crowded(0, taken=0)
    await pace.lull()
    pace.ended(1, is_late=False, is_empty=False)
    assert pace.batch == BATCH


async def test_full_batches_grow_up_to_a_limit() -> None:
    pace = crowded(0, taken=0)
    sizes = [pace.batch]
    for _ in range(10):
        await pace.lull()
        pace.ended(pace.batch, is_late=False, is_empty=False)
        sizes.append(pace.batch)
    assert sizes[:3] == [BATCH, 2 * BATCH, 4 * BATCH]
    assert sizes[-1] == MOST
