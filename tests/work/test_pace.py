"""The pace of applying: in a burst senders come first, but not for ever."""

import itertools
from datetime import timedelta

import pytest

from bot.work.pace import (
    ALONE,
    BATCH,
    BEHIND,
    BREATH,
    BREATH_FULL,
    BURST,
    CROWD,
    FEW,
    LATE,
    LEAST,
    LOOK,
    MOST,
    REST,
    SHORT,
    WITHIN,
    Pace,
)

NOW = timedelta(0)


def crowded(waiting: int, *, taken: int = 500) -> Pace:
    """As if so many senders waited, and so many were answered between two looks."""
    seen = itertools.count(taken, taken)
    return Pace(taken=lambda: next(seen), waiting=lambda: waiting)


async def test_in_a_burst_applying_waits_a_second_and_no_longer() -> None:
    pace = crowded(30)
    await pace.lull()
    assert pace.patience <= 0  # from here on applying has its share
    pace.ended(1, 0.001, NOW)
    assert pace.rest > 0
    assert pace.patience <= 0
    await pace.lull()
    pace.ended(0, 0.0, NOW)
    assert pace.patience == BURST  # the inbox is empty


@pytest.mark.parametrize("taken", [0, 1, 9])
async def test_a_few_callbacks_are_applied_at_once(taken: int) -> None:
    pace = crowded(30, taken=taken)
    await pace.lull()
    assert pace.patience == BURST


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


@pytest.mark.parametrize(
    ("waiting", "waited", "within"),
    [
        (0, NOW, ALONE),
        (0, 2 * BEHIND, ALONE),
        (FEW, NOW, SHORT),
        (FEW, BEHIND, SHORT),
        (FEW, 2 * BEHIND, WITHIN),
        (30, 2 * BEHIND, WITHIN),
    ],
)
async def test_a_batch_is_short_while_senders_wait(
    waiting: int, waited: timedelta, within: float
) -> None:
    """On SQLite none of them can be answered beside it: they would not be seen as answered."""
    assert crowded(waiting, taken=0).within(waited) == within


@pytest.mark.parametrize(
    ("done", "waited", "share"),
    [
        (BATCH, NOW, BREATH_FULL),  # some are left, and not for long
        (BATCH - 1, NOW, BREATH),
        (BATCH, 2 * BEHIND, BREATH),  # too many: senders come first
        (BATCH, 2 * LATE, BREATH_FULL),
    ],
)
async def test_applying_takes_its_breath(done: int, waited: timedelta, share: float) -> None:
    pace = crowded(1)
    pace.ended(done, 0.01, waited)
    assert pace.breath == pytest.approx(0.01 * share)


@pytest.mark.parametrize(("waited", "share"), [(NOW, REST), (LATE, REST), (2 * LATE, 1)])
async def test_a_crowd_that_stays_does_not_keep_cards_behind_for_ever(
    waited: timedelta, share: float
) -> None:
    """A slow disk makes one of a few hundred senders a second, and it never ends."""
    pace = crowded(30)
    pace.ended(1, 0.01, waited)
    assert pace.rest == pytest.approx(0.01 * share)


async def test_a_flow_that_it_keeps_up_with_is_applied_in_small_batches() -> None:
    """However slow the machine is: each takes far longer here than it may."""
    pace = crowded(1)
    for _ in range(5):
        pace.ended(pace.batch, 1.0, NOW)
    assert pace.batch == LEAST


async def test_what_has_waited_makes_them_larger() -> None:
    pace = crowded(1)
    pace.batch = LEAST
    await pace.lull()
    pace.ended(pace.batch, 0.001, 2 * BEHIND)
    assert pace.batch == 2 * LEAST


async def test_a_batch_that_came_to_nothing_asks_for_no_more() -> None:
    pace = crowded(0, taken=0)
    await pace.lull()
    pace.ended(1, 0.001, NOW)
    assert pace.batch == BATCH


async def test_full_batches_grow_up_to_a_limit() -> None:
    pace = crowded(0, taken=0)
    sizes = [pace.batch]
    for _ in range(10):
        await pace.lull()
        pace.ended(pace.batch, 0.001, NOW)
        sizes.append(pace.batch)
    assert sizes[:3] == [BATCH, 2 * BATCH, 4 * BATCH]
    assert sizes[-1] == MOST
