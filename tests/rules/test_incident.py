"""Incidents: what a firing period remembers, and what a callback or a click may change of it."""

from dataclasses import replace

import pytest

from bot.rules.hearing import (
    CONTENT_SHOWN,
    Heard,
    hears,
    reopens_for,
    shown_content,
    worse_value,
)
from bot.rules.incident import Acknowledgement, Incident, Sort, State
from bot.rules.opening import opened
from bot.rules.record import Expression, Kind, Record, Reported, Threshold
from bot.rules.severity import Severity
from tests.support.values import (
    ANN,
    HIGH,
    LI,
    LOW,
    WINDOW,
    fires,
    heard,
    incident,
    loses_data,
    minute,
    recovers,
)

CRITICAL, WARN, INFO = Severity.CRITICAL, Severity.WARN, Severity.INFO


def lived(first: Heard, *later: Heard) -> Incident:
    """An incident that heard these callbacks and no others."""
    told = opened(1, 1, first, previous=None)
    for callback in later:
        told = hears(told, callback)
    return told


def values(told: Incident) -> tuple[float | None, float | None, float | None]:
    return (told.first_value, told.last_value, told.worst_value)


def event(number: float = 0, **said: object) -> Heard:
    """A system event so many minutes after noon."""
    said = {"kind": Kind.SYSTEM_EVENT, "alert_name": "Instance:Reboot"} | said
    return heard(Reported.EVENT, minute(number), threshold=None, **said)


def subscribed(state: Reported, number: float = 0, **said: object) -> Heard:
    """A message of an event subscription, which knows an end."""
    said = {"kind": Kind.EVENT_SUBSCRIPTION} | said
    return heard(state, minute(number), threshold=None, **said)


# The first callback.


def test_an_alert_opens_a_firing_incident_that_holds_its_value() -> None:
    told = lived(fires(0, 90.0, CRITICAL))
    assert (told.state, told.severity, told.worst_severity) == (State.FIRING, CRITICAL, CRITICAL)
    assert values(told) == (90.0, 90.0, 90.0)


def test_a_new_incident_keeps_the_threshold_the_conditions_and_the_episode() -> None:
    conditions = (Expression("$Average>=85", WARN, 3),)
    told = lived(fires(0, expressions=conditions, episode_id="t1"))
    assert (told.threshold, told.expressions, told.episode_id) == (HIGH, conditions, "t1")


def test_a_new_incident_is_linked_to_the_last_one_of_its_alarm() -> None:
    assert opened(8, 1, fires(0), previous=incident(7)).previous_id == 7


def test_a_recovery_of_something_unheard_of_is_over_already_and_holds_no_firing_value() -> None:
    told = lived(recovers(0, 40.0))
    assert (told.state, told.recovered_at) == (State.RECOVERED, minute(0))
    assert values(told) == (None, None, None)
    assert told.recovery_value == 40.0


def test_no_data_of_something_unheard_of_opens_an_incident_without_data() -> None:
    told = lived(loses_data(0))
    assert (told.state, told.is_open) == (State.NO_DATA, True)


# Further firings.


def test_first_last_and_worst_value_are_kept_apart() -> None:
    told = lived(fires(0, 90.0), fires(5, 97.0), fires(9, 88.0))
    assert values(told) == (90.0, 88.0, 97.0)


def test_of_a_low_threshold_the_smallest_value_is_worst() -> None:
    told = lived(*(fires(at, value, threshold=LOW) for at, value in enumerate((9.0, 3.0, 8.0))))
    assert values(told) == (9.0, 8.0, 3.0)


def test_a_firing_without_a_value_keeps_the_values_known() -> None:
    assert values(lived(fires(0, 90.0), fires(5, None))) == (90.0, 90.0, 90.0)


def test_a_first_value_that_comes_late_is_still_the_first() -> None:
    assert values(lived(fires(0, None), fires(5, 0.0), fires(6, 7.0))) == (0.0, 7.0, 7.0)


def test_severity_rises_and_falls_and_the_worst_is_remembered() -> None:
    told = lived(fires(0, severity=WARN), fires(5, severity=CRITICAL), fires(9, severity=INFO))
    assert (told.severity, told.worst_severity) == (INFO, CRITICAL)


def test_a_firing_without_a_severity_keeps_the_known_one() -> None:
    assert lived(fires(0, severity=CRITICAL), fires(5, severity=None)).severity is CRITICAL


def test_every_callback_is_counted_and_its_time_is_kept() -> None:
    told = lived(fires(0), fires(5), loses_data(7), recovers(9))
    assert (told.callbacks, told.heard_at) == (4, minute(9))


def test_a_repetition_is_no_new_firing() -> None:
    told = lived(fires(0), fires(60))
    assert (told.firings, told.opened_at, told.fired_at) == (1, minute(0), minute(0))


def test_an_edited_rule_shows_its_new_threshold() -> None:
    changed = Threshold(">=", 95.0, "Average", 3)
    assert lived(fires(0), fires(5, threshold=changed)).threshold == changed


def test_a_callback_that_names_no_threshold_leaves_the_known_one() -> None:
    assert lived(fires(0), fires(5, threshold=None)).threshold == HIGH


def test_an_acknowledgement_lives_through_a_repetition_and_a_severity() -> None:
    taken = lived(fires(0)).acknowledged_by(ANN, minute(1))
    later = hears(taken, fires(5, severity=CRITICAL))
    assert later.acknowledged == Acknowledgement(ANN, minute(1))


# Recovery.


def test_a_recovery_keeps_the_firing_value() -> None:
    told = lived(fires(0, 90.0), fires(5, 97.0), recovers(9, 40.0))
    assert values(told) == (90.0, 97.0, 97.0)
    assert (told.recovery_value, told.recovered_at) == (40.0, minute(9))


def test_a_recovery_does_not_whitewash_the_severity() -> None:
    told = lived(fires(0, severity=CRITICAL), recovers(9, severity=INFO))
    assert (told.severity, told.worst_severity) == (CRITICAL, CRITICAL)


def test_a_recovery_keeps_who_acknowledged() -> None:
    taken = lived(fires(0)).acknowledged_by(ANN, minute(1))
    assert hears(taken, recovers(9)).acknowledged == Acknowledgement(ANN, minute(1))


def test_a_second_recovery_moves_neither_time_nor_value() -> None:
    told = lived(fires(0), recovers(9, 40.0), recovers(12, 30.0))
    assert (told.recovered_at, told.recovery_value, told.callbacks) == (minute(9), 40.0, 3)


# No data.


def test_no_data_is_never_a_recovery() -> None:
    told = lived(fires(0, 90.0), loses_data(5))
    assert (told.state, told.is_open, told.recovered_at) == (State.NO_DATA, True, None)


def test_no_data_keeps_severity_values_and_acknowledgement() -> None:
    taken = lived(fires(0, 90.0, CRITICAL)).acknowledged_by(ANN, minute(1))
    told = hears(taken, loses_data(5))
    assert (told.severity, told.last_value) == (CRITICAL, 90.0)
    assert told.acknowledged == taken.acknowledged


def test_data_that_come_back_bad_are_the_same_firing() -> None:
    told = lived(fires(0), loses_data(5), fires(9))
    assert (told.state, told.firings) == (State.FIRING, 1)


def test_data_that_come_back_good_are_a_recovery() -> None:
    assert lived(fires(0), loses_data(5), recovers(9)).state is State.RECOVERED


def test_no_data_after_a_recovery_asks_for_somebody_again() -> None:
    taken = lived(fires(0)).acknowledged_by(ANN, minute(1))
    told = hears(hears(taken, recovers(5)), loses_data(6))
    assert (told.state, told.recovered_at, told.recovery_value) == (State.NO_DATA, None, None)
    assert told.acknowledged is None


# Fired again.


def test_a_firing_after_a_recovery_counts_and_forgets_the_recovery() -> None:
    told = lived(fires(0), recovers(5), fires(8))
    assert (told.state, told.firings) == (State.FIRING, 2)
    assert (told.recovered_at, told.recovery_value) == (None, None)


def test_fired_again_keeps_when_it_all_began() -> None:
    told = lived(fires(0, 90.0), recovers(5), fires(8, 86.0))
    assert (told.opened_at, told.fired_at) == (minute(0), minute(8))
    assert values(told) == (90.0, 86.0, 90.0)


def test_fired_again_asks_for_a_new_acknowledgement() -> None:
    taken = lived(fires(0)).acknowledged_by(ANN, minute(1))
    assert hears(hears(taken, recovers(5)), fires(8)).acknowledged is None


@pytest.mark.parametrize(
    ("episode", "previous", "firings"),
    [
        ("t2", None, 2),  # recovery messages are switched off: the old episode ended unheard
        ("t1", None, 1),  # a repetition that forgot its level
        ("t2", WARN, 1),  # a level before it: the sender says it went on
        (None, None, 1),  # an old format without episodes
    ],
)
def test_a_new_episode_without_a_level_before_it_is_a_new_firing(
    episode: str | None, previous: Severity | None, firings: int
) -> None:
    taken = lived(fires(0, episode_id="t1")).acknowledged_by(ANN, minute(1))
    told = hears(taken, fires(60, episode_id=episode, previous_severity=previous))
    assert told.firings == firings
    assert (told.acknowledged is None) is (firings > 1)


def test_data_lost_in_a_new_episode_begin_its_one_firing() -> None:
    blind = lived(fires(0, episode_id="t1"), recovers(5), loses_data(6, episode_id="t2"))
    taken = blind.acknowledged_by(ANN, minute(7))
    told = hears(taken, fires(8, episode_id="t2"))
    assert (told.state, told.firings, told.acknowledged) == (State.FIRING, 2, taken.acknowledged)


def test_data_lost_in_an_episode_that_began_unheard_leave_its_firing_new() -> None:
    taken = lived(fires(0, episode_id="t1")).acknowledged_by(ANN, minute(1))
    told = hears(hears(taken, loses_data(60, episode_id="t2")), fires(65, episode_id="t2"))
    assert (told.firings, told.acknowledged) == (2, None)


@pytest.mark.parametrize(
    ("minutes", "reopens"), [(5.01, True), (15, True), (15.01, False), (600, False)]
)
def test_only_a_firing_within_the_window_reopens(minutes: float, reopens: bool) -> None:
    assert reopens_for(lived(fires(0), recovers(5)), fires(minutes), WINDOW) is reopens


@pytest.mark.parametrize("state", [State.FIRING, State.NO_DATA, State.CLOSED])
def test_only_a_recovered_incident_reopens(state: State) -> None:
    assert not reopens_for(incident(state=state), fires(1), WINDOW)


# Events.


def test_an_event_is_news_that_waits_for_no_end() -> None:
    told = lived(event(severity=CRITICAL, event_id="e1", event_status="Executing"))
    assert (told.sort, told.state, told.is_open) == (Sort.EVENT, State.CLOSED, False)
    assert (told.event_id, told.event_status, told.severity) == ("e1", "Executing", CRITICAL)


def test_more_news_of_an_event_shows_the_newest_status() -> None:
    first = event(event_status="Scheduled", content={"reason": "host"})
    told = lived(first, event(5, event_status="Executed"))
    assert (told.event_status, told.state, told.firings) == ("Executed", State.CLOSED, 1)
    assert told.content == (("reason", "host"),)


def test_an_event_that_is_resolved_has_ended() -> None:
    told = lived(subscribed(Reported.ALERT), subscribed(Reported.OK, 5))
    assert (told.state, told.recovered_at) == (State.RECOVERED, minute(5))


def test_an_event_never_fires() -> None:
    told = lived(subscribed(Reported.ALERT), subscribed(Reported.OK, 5))
    assert hears(told, subscribed(Reported.ALERT, 7)).firings == 1


def test_a_card_shows_ten_plain_facts_of_an_event_in_the_senders_order() -> None:
    many = {f"fact{number}": number for number in range(CONTENT_SHOWN + 5)}
    content = {"nested": {"a": 1}, "list": [1], "empty": "", "gone": None} | many
    shown = shown_content(Record(Kind.SYSTEM_EVENT, content=content))
    assert shown == tuple((name, str(value)) for name, value in many.items())[:CONTENT_SHOWN]


# Acknowledging.


def test_an_acknowledgement_says_who_and_when() -> None:
    told = incident().acknowledged_by(ANN, minute(3))
    assert told.acknowledged == Acknowledgement(ANN, minute(3))


@pytest.mark.parametrize("person", [ANN, LI])
def test_a_second_click_changes_nothing_whoever_makes_it(person: object) -> None:
    taken = incident().acknowledged_by(ANN, minute(3))
    assert taken.acknowledged_by(person, minute(4)) is taken


def test_an_alarm_without_data_can_be_acknowledged() -> None:
    assert incident(state=State.NO_DATA).acknowledged_by(ANN, minute(3)).acknowledged


@pytest.mark.parametrize("state", [State.RECOVERED, State.CLOSED])
def test_what_is_over_can_no_longer_be_acknowledged(state: State) -> None:
    over = incident(state=state)
    assert over.acknowledged_by(ANN, minute(3)) is over


def test_a_person_may_say_that_they_have_seen_an_event() -> None:
    assert lived(event()).acknowledged_by(ANN, minute(3)).acknowledged


def test_an_acknowledgement_taken_back_leaves_but_its_time() -> None:
    before = incident()
    after = before.acknowledged_by(ANN, minute(3)).unacknowledged()
    assert after == replace(before, first_acknowledged_at=minute(3))


def test_taking_back_what_nobody_took_changes_nothing() -> None:
    assert incident().unacknowledged() == incident()


def test_an_incident_that_has_ended_keeps_who_took_it() -> None:
    taken = hears(lived(fires(0)).acknowledged_by(ANN, minute(1)), recovers(5))
    assert taken.unacknowledged() == taken


# Values.


@pytest.mark.parametrize(
    ("one", "other", "threshold", "worse"),
    [
        (90.0, 97.0, HIGH, 97.0),
        (9.0, 3.0, LOW, 3.0),
        (-5.0, 0.0, None, 0.0),
        (None, 0.0, HIGH, 0.0),
        (0.0, None, LOW, 0.0),
        (None, None, HIGH, None),
        (1.0, 2.0, Threshold("==", 1.0), 2.0),
    ],
)
def test_the_worse_value_lies_further_in_the_breach(
    one: float | None, other: float | None, threshold: Threshold | None, worse: float | None
) -> None:
    assert worse_value(one, other, threshold) == worse
