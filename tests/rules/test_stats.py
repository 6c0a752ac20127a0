"""Pieces of time, and what counts as flapping."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.sheet import HOUR, Sheet
from bot.rules.stats import (
    FLAPPING,
    MOST_BUCKETS,
    Brief,
    Told,
    edges_of,
    may_flap,
    step_of,
    summed,
)
from tests.support.values import NOON, minute


def brief(number: int, opens: float, ends: float | None, *, firings: int = 1) -> Brief:
    """An incident that fired from one minute to another."""
    end = None if ends is None else minute(ends)
    return Brief(
        id=number,
        alarm_id=1,
        is_event=False,
        opened_at=minute(opens),
        recovered_at=end,
        ended_at=end,
        first_acknowledged_at=None,
        severity=None,
        firings=firings,
        heard_at=end or minute(opens),
    )


def most_within_an_hour(moments: Sequence[datetime]) -> int:
    """The largest number of moments that any hour holds, by trying each."""
    return max((sum(one <= at < one + HOUR for at in moments) for one in moments), default=0)


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (timedelta(hours=1), timedelta(minutes=5)),
        (timedelta(hours=24), timedelta(hours=2)),
        (timedelta(days=7), timedelta(days=1)),
        (timedelta(days=30), timedelta(days=2)),
        (timedelta(days=90), timedelta(days=7)),
    ],
)
def test_usual_times_have_usual_pieces(length: timedelta, step: timedelta) -> None:
    assert step_of(length) == step


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=36_500)))
def test_no_time_has_more_pieces_than_a_chart_shows(length: timedelta) -> None:
    pieces = len(edges_of(NOON, NOON + length)) - 1
    nothing = Told(Sheet(), (), (None, None), (), ((0, 0, 0),) * pieces, 0)
    made = summed(nothing, since=NOON, until=NOON + length)
    assert 1 <= len(made.buckets) <= MOST_BUCKETS + 1  # one more only for a fraction of a second
    starts = [one.start for one in made.buckets]
    assert all(later - earlier == made.step for earlier, later in pairwise(starts))


def test_two_short_incidents_within_an_hour_may_flap() -> None:
    near = [brief(1, 0, 5), brief(2, 20, 25)]
    assert list(may_flap(near)) == [near]


def test_a_quiet_hour_between_them_means_no_flapping() -> None:
    assert list(may_flap([brief(1, 0, 5), brief(2, 70, 75)])) == []


def test_one_incident_that_fired_again_may_flap() -> None:
    again = brief(1, 0, 50, firings=2)
    assert list(may_flap([again, brief(2, 500, 505)])) == [[again]]


moments = st.lists(st.integers(1, 400), min_size=1, max_size=12)


@given(moments)
def test_nothing_that_flaps_is_left_out(gaps: list[int]) -> None:
    """Incidents that fire and recover with these pauses between: none of an hour's is missed."""
    times = [sum(gaps[: n + 1]) for n in range(len(gaps) // 2 * 2)]
    whole = [brief(n, *pair) for n, pair in enumerate(zip(times[::2], times[1::2], strict=True))]
    suspects = {one.id for near in may_flap(whole) for one in near}
    seen = [m for one in whole if one.id in suspects for m in (one.opened_at, one.ended_at) if m]
    every = [m for one in whole for m in (one.opened_at, one.ended_at) if m]
    most = most_within_an_hour(every)
    assert most < FLAPPING or most_within_an_hour(seen) == most
