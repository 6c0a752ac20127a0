"""Gates, pauses and urgency: what Slack hears first, and never more than it takes."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.delivery import (
    BACKOFF_FIRST,
    BACKOFF_MOST,
    EDIT_BURST,
    EDIT_GAP,
    Gate,
    Urgency,
    backoff,
    first_urgency,
)
from bot.rules.incident import State
from bot.rules.severity import Severity
from tests.support.values import NOON, incident, second

EDITS = Gate(second(-3600), EDIT_GAP, EDIT_BURST)
POSTS = Gate(second(-3600), timedelta(seconds=1))
ALL_DAY = 50_000

gaps = st.integers(1, 5_000).map(lambda number: timedelta(milliseconds=number))
gates = st.builds(Gate, due=st.just(second(-3600)), gap=gaps, burst=st.integers(1, 8))
waits = st.lists(st.integers(0, 4_000), max_size=40)


def passages(gate: Gate, waits: list[int]) -> list[float]:
    """The seconds at which calls pass that each come as soon as they may after a wait."""
    now, passed = NOON, []
    for wait in waits:
        now = max(now + timedelta(milliseconds=wait), gate.opens_at)
        gate = gate.passed(now)
        passed.append((now - NOON).total_seconds())
    return passed


def test_a_burst_passes_at_once_and_then_one_a_gap() -> None:
    assert passages(EDITS, [0] * 8) == [0, 0, 0, 0, 0, 1.2, 2.4, 3.6]


def test_a_gate_without_a_burst_keeps_its_gap() -> None:
    assert passages(POSTS, [0] * 4) == [0, 1, 2, 3]


def test_a_rest_is_saved_up_to_a_burst_and_no_further() -> None:
    assert passages(EDITS, [0] * 5 + [60_000] + [0] * 6)[-7:] == [60, 60, 60, 60, 60, 61.2, 62.4]


@given(gates, waits)
def test_no_stretch_of_time_lets_more_through_than_a_burst_and_the_pace(
    gate: Gate, waits: list[int]
) -> None:
    passed = passages(gate, waits)
    for first, last in combinations(range(len(passed)), 2):
        beyond_burst = last - first + 1 - gate.burst
        assert passed[last] - passed[first] >= gate.gap.total_seconds() * beyond_burst - 1e-6


@given(gates, st.integers(0, ALL_DAY))
def test_a_shut_gate_opens_exactly_when_slack_said(gate: Gate, seconds: int) -> None:
    assert gate.shut(second(seconds)).opens_at == second(seconds)


@given(gates, st.integers(0, ALL_DAY), st.integers(0, ALL_DAY))
def test_a_shorter_wait_never_opens_a_gate_earlier(gate: Gate, one: int, other: int) -> None:
    twice = gate.shut(second(one)).shut(second(other))
    assert twice.opens_at == second(max(one, other))


def test_after_a_wait_there_is_no_burst() -> None:
    shut = EDITS.shut(second(30))
    assert passages(shut, [0] * 3) == [30, 31.2, 32.4]


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (20, 60), (10**9, 60)]
)
def test_each_pause_doubles_up_to_a_minute(attempts: int, seconds: int) -> None:
    assert backoff(attempts) == timedelta(seconds=seconds)


@given(st.integers(0, 10_000))
def test_pauses_only_grow_within_their_bounds(attempts: int) -> None:
    assert BACKOFF_FIRST <= backoff(attempts) <= backoff(attempts + 1) <= BACKOFF_MOST


def test_storms_go_first_then_new_cards_then_pings_then_clicks_then_the_rest() -> None:
    assert sorted(Urgency) == [
        Urgency.STORM,
        Urgency.FIRST_CRITICAL,
        Urgency.FIRST_WARN,
        Urgency.FIRST_INFO,
        Urgency.NOTE_THAT_PINGS,
        Urgency.STORM_EDIT,
        Urgency.CLICK,
        Urgency.NOTE,
        Urgency.REST,
    ]


@pytest.mark.parametrize(
    ("severity", "urgency"),
    [
        (Severity.CRITICAL, Urgency.FIRST_CRITICAL),
        (Severity.WARN, Urgency.FIRST_WARN),
        (Severity.INFO, Urgency.FIRST_INFO),
        (None, Urgency.FIRST_WARN),
    ],
)
def test_a_new_card_is_as_urgent_as_its_severity(
    severity: Severity | None, urgency: Urgency
) -> None:
    assert first_urgency(incident(severity=severity)) is urgency


@pytest.mark.parametrize("state", [State.RECOVERED, State.CLOSED])
def test_the_card_of_what_is_over_waits_like_a_note(state: State) -> None:
    over = incident(state=state, severity=Severity.CRITICAL)
    assert first_urgency(over) is Urgency.NOTE


def test_a_critical_alarm_without_data_is_still_urgent() -> None:
    blind = incident(state=State.NO_DATA, severity=Severity.CRITICAL)
    assert first_urgency(blind) is Urgency.FIRST_CRITICAL
