"""Which permission a mute takes; extending is no way round it."""

from datetime import timedelta

import pytest

from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import (
    LONGEST,
    SHORTEST_EXTENSION,
    Ending,
    EndReason,
    Mute,
    MuteRefused,
    NewMute,
)
from bot.rules.permits import Action, of_end, of_mute
from tests.support.values import ANN, NOON

HOUR = timedelta(hours=1)
CPU = (Matcher("instanceid", Operator.EQUAL, "i-1"),)


def mute(hours: float) -> Mute:
    """A mute from noon on."""
    return Mute(1, CPU, "", ANN, NOON, NOON, NOON + hours * HOUR)


@pytest.mark.parametrize(
    ("starts", "hours", "action"),
    [
        (None, 1, Action.MUTE),
        (None, 24, Action.MUTE),
        (None, 24.01, Action.MUTE_LONG),
        (NOON + 48 * HOUR, 24, Action.MUTE),
        (NOON + 48 * HOUR, 25, Action.MUTE_LONG),
    ],
)
def test_a_mute_of_more_than_a_day_is_long_whenever_it_begins(
    starts, hours: float, action: Action
) -> None:
    new = NewMute(CPU, "", (starts or NOON) + hours * HOUR, starts_at=starts)
    assert of_mute(new, NOON) is action


@pytest.mark.parametrize(
    ("hours", "after", "action"),
    [
        (4, 3, Action.MUTE),  # one hour left, four more
        (20, 1, Action.MUTE_LONG),  # nineteen left, twenty more
        (24, 23.9, Action.MUTE_LONG),
        (24, 24, Action.MUTE),  # it is over: a day from now on
    ],
)
def test_an_extension_is_long_by_what_lies_ahead(
    hours: float, after: float, action: Action
) -> None:
    now = NOON + after * HOUR
    assert of_end(mute(hours).extended(None, now).ends_at, now) is action


def test_a_mute_is_extended_by_its_own_length_also_when_it_is_over() -> None:
    assert mute(4).extended(None, NOON + HOUR).ends_at == NOON + 8 * HOUR
    over = mute(4).over(Ending(NOON + 4 * HOUR, EndReason.TIME))
    again = over.extended(None, NOON + 10 * HOUR)
    assert (again.ends_at, again.ended) == (NOON + 14 * HOUR, None)


def test_a_mute_is_extended_until_a_moment_but_never_beyond_a_week_from_now() -> None:
    assert mute(4).extended(NOON + 5 * HOUR, NOON).ends_at == NOON + 5 * HOUR
    assert mute(4).extended(NOON + 1_000 * HOUR, NOON + HOUR).ends_at == NOON + HOUR + LONGEST


def test_nobody_extends_a_mute_to_an_earlier_end() -> None:
    with pytest.raises(MuteRefused, match="not_longer"):
        mute(4).extended(NOON + HOUR, NOON)
    over = mute(4).over(Ending(NOON + HOUR, EndReason.BY_HAND))
    assert over.extended(NOON + 2 * HOUR, NOON + HOUR).ends_at == NOON + 2 * HOUR  # it is over


def test_a_mute_of_a_moment_is_extended_by_a_quarter_of_an_hour() -> None:
    assert mute(0.02).extended(None, NOON).ends_at == NOON + 0.02 * HOUR + SHORTEST_EXTENSION
