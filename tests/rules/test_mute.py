"""Mutes: what they match, when they are active, how they end, and when the clock matters."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rules.facts import facts_of
from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import (
    LONGEST,
    MOST_MATCHERS,
    Ending,
    EndReason,
    Hidden,
    Mute,
    MuteRefused,
    NewMute,
    mute_for,
)
from bot.rules.severity import Severity
from tests.support.values import ANN, NOON, alarm, minute

WEB = Matcher("instanceid", Operator.EQUAL, "i-web")
FACTS = facts_of(alarm(dimensions={"instanceId": "i-web"}), severity=Severity.WARN)


def mute(number: int = 1, *, hours: float = 1, **said: object) -> Mute:
    plain: dict[str, object] = {
        "id": number,
        "matchers": (WEB,),
        "reason": "deploy",
        "created_by": ANN,
        "created_at": NOON,
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=hours),
    }
    return Mute(**plain | said).watched()


@pytest.mark.parametrize(("at", "active"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_mute_is_active_from_its_start_to_before_its_end(at: int, active: bool) -> None:
    assert mute().is_active(minute(at)) is active


def test_a_mute_that_ended_is_not_active() -> None:
    assert not mute().over(Ending(minute(1), EndReason.BY_HAND, ANN)).is_active(minute(2))


def test_the_mute_that_lasts_longest_is_the_one() -> None:
    short, long = mute(1, hours=1), mute(2, hours=2)
    other = mute(3, hours=9, matchers=(Matcher("metric", Operator.EQUAL, "x"),))
    assert mute_for([short, long, other], FACTS, minute(5)) is long
    assert mute_for([short, long, other], FACTS, minute(130)) is None


@pytest.mark.parametrize(
    ("muted", "fires", "outgrown"),
    [
        (Severity.WARN, Severity.CRITICAL, True),
        (Severity.WARN, Severity.WARN, False),
        (Severity.CRITICAL, Severity.WARN, False),
        (None, Severity.CRITICAL, False),  # nothing fired: a planned silence covers everything
    ],
)
def test_something_worse_outgrows_a_mute(
    muted: Severity | None, fires: Severity, outgrown: bool
) -> None:
    assert mute(severity=muted).is_outgrown_by(fires) is outgrown
    assert not mute(severity=muted, wakes_on_worse=False).is_outgrown_by(fires)


def test_time_ends_a_mute_and_so_does_having_nothing_to_do() -> None:
    idle = mute(hours=5, idle=timedelta(hours=1))
    assert idle.ended_by_time(minute(59)) is None
    assert idle.ended_by_time(minute(60)) is EndReason.IDLE
    assert idle.hid(minute(30)).ended_by_time(minute(60)) is None
    assert idle.hid(minute(30)).ended_by_time(minute(90)) is EndReason.IDLE
    assert mute().ended_by_time(minute(60)) is EndReason.TIME


def test_the_first_ending_counts() -> None:
    first = mute().over(Ending(minute(1), EndReason.SEVERITY))
    assert first.over(Ending(minute(2), EndReason.TIME)) == first


def test_an_ended_mute_is_looked_at_once_more_and_then_never() -> None:
    over = mute().over(Ending(minute(1), EndReason.BY_HAND, ANN))
    assert over.look_again_at == minute(1)
    assert over.told(Hidden(0, 0, 0)).look_again_at is None


def test_the_clock_matters_first_at_the_start_then_before_the_end_then_at_it() -> None:
    planned = mute(hours=5, starts_at=minute(10))
    assert planned.look_again_at == minute(10)
    running = replace(planned, applied=True).watched()
    assert running.look_again_at == minute(285)
    assert running.reminded().look_again_at == minute(300)


@pytest.mark.parametrize(
    ("hours", "at", "wanted"),
    [(4, 224, False), (4, 225, True), (4, 240, False), (3, 170, False)],
)
def test_people_are_reminded_a_quarter_of_an_hour_before_long_mutes_end(
    hours: int, at: int, wanted: bool
) -> None:
    assert mute(hours=hours).wants_reminder(minute(at)) is wanted


def test_people_are_reminded_of_each_end_once() -> None:
    reminded = mute(hours=4).reminded()
    assert not reminded.wants_reminder(minute(230))
    assert reminded.lasting_until(minute(300), minute(230)).wants_reminder(minute(290))


def test_a_longer_mute_begins_again_and_still_ends_within_a_week() -> None:
    over = mute().over(Ending(minute(60), EndReason.TIME)).told(Hidden(3, 1, 1))
    again = over.lasting_until(minute(120), minute(61))
    assert again.is_active(minute(119))
    assert again.look_again_at == minute(61)
    assert over.lasting_until(NOON + timedelta(days=99), NOON).ends_at == NOON + LONGEST


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"matchers": ()}, "everything"),
        ({"matchers": (Matcher("metric", Operator.UNEQUAL, "x"),)}, "everything"),
        ({"matchers": (Matcher("metric", Operator.FITS, ".*"),)}, "everything"),
        ({"matchers": (WEB,) * (MOST_MATCHERS + 1)}, "too_many"),
        ({"ends_at": NOON}, "ended"),
        ({"ends_at": minute(-5)}, "ended"),
        ({"ends_at": NOON + timedelta(days=7, minutes=1)}, "too_long"),
        ({"starts_at": minute(120), "ends_at": minute(60)}, "ended"),
    ],
)
def test_a_mute_that_hides_too_much_is_refused_by_name(said: dict[str, object], key: str) -> None:
    plain: dict[str, object] = {"matchers": (WEB,), "reason": "x", "ends_at": minute(60)}
    with pytest.raises(MuteRefused) as refused:
        NewMute(**plain | said).checked(NOON)
    assert refused.value.key == key


def test_a_mute_without_a_beginning_begins_now() -> None:
    assert NewMute((WEB,), " x ", minute(60)).checked(NOON).starts_at == NOON
    assert NewMute((WEB,), " x ", minute(60)).checked(NOON).reason == "x"
