"""When an incident was over, how long it waited, and which time statistics are about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.rules.history import Past, acknowledged_after, ended_at
from bot.rules.incident import Sort, State
from bot.rules.query import QueryRefused
from bot.rules.stats_range import range_of
from tests.support.values import ANN, LI, NOON, incident, minute

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("state", [State.FIRING, State.NO_DATA])
def test_what_still_asks_for_somebody_is_not_over(state: State) -> None:
    assert ended_at(incident(state=state)) is None


def test_a_recovery_or_a_person_ends_an_incident() -> None:
    recovered = incident(state=State.RECOVERED, recovered_at=minute(5))
    closed = incident().closed_by(ANN, minute(7), "known")
    assert (ended_at(recovered), ended_at(closed)) == (minute(5), minute(7))


def test_an_event_is_over_at_once() -> None:
    event = incident(sort=Sort.EVENT, state=State.CLOSED, heard_at=minute(9))
    assert ended_at(event) == NOON


def test_the_first_who_took_it_counts_whoever_has_it_now() -> None:
    taken = incident().acknowledged_by(ANN, minute(4)).assigned_to(LI, minute(30))
    assert acknowledged_after(taken) == timedelta(minutes=4)
    assert acknowledged_after(incident()) is None


def test_a_click_before_the_senders_clock_waited_for_nothing() -> None:
    early = incident().acknowledged_by(ANN, minute(-1))
    assert acknowledged_after(early) == timedelta(0)


def test_an_end_before_the_beginning_lasted_no_time() -> None:
    past = Past(1, "i", NOON, minute(3), None)
    assert past.lasted == timedelta(minutes=3)
    assert replace(past, ended_at=minute(-3)).lasted == timedelta(0)
    assert replace(past, ended_at=None).lasted is None


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("", NOON - timedelta(days=7), NOON),
        ("24h", NOON - timedelta(hours=24), NOON),
        ("30d..7d", NOON - timedelta(days=30), NOON - timedelta(days=7)),
        ("yesterday", day(22), day(23)),
        ("today", day(23), NOON),  # the rest of it has not happened
        ("2026-11-01..2026-11-05", day(1), day(6)),  # the last day counts whole
        ("2026-11-20..", day(20), NOON),
        ("2026-11", day(1), NOON),
    ],
)
def test_a_range_as_people_write_it(text: str, since: datetime, until: datetime) -> None:
    assert range_of(text, now=NOON) == (since, until)


def test_days_are_those_of_the_persons_zone() -> None:
    since, until = range_of("yesterday", now=NOON, zone=CHINA)
    assert (since, until) == (day(21, 16), day(22, 16))


@pytest.mark.parametrize("text", ["whenever", "5d..9d", "7d..x", "-", "0d", "now"])
def test_what_is_no_range_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        range_of(text, now=NOON)
    assert refused.value.values["field"] == "range"
