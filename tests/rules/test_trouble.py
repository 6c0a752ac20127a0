"""When people are told of a trouble, and when not; and when a canary is due or lost."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.canary import Flight, body_of, number_in
from bot.rules.trouble import Telling, Trouble, look_at

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def later(**by: float) -> datetime:
    return NOON + timedelta(**by)


def told(at: datetime | None = None) -> Trouble:
    return Trouble("slack", NOON, "no", told_at=at)


@pytest.mark.parametrize(
    ("before", "wrong", "now", "telling"),
    [
        (None, None, NOON, None),
        (None, "no", NOON, None),
        (told(), "no", later(seconds=59), None),
        (told(), "no", later(seconds=60), Telling.BEGAN),
        (told(), None, later(seconds=59), None),  # mended before anybody was told
        (told(later(minutes=1)), "no", later(minutes=60), None),
        (told(later(minutes=1)), "no", later(minutes=61), Telling.GOES_ON),
        (told(later(minutes=1)), None, later(minutes=2), Telling.OVER),
    ],
)
def test_people_are_told_at_the_beginning_once_an_hour_and_at_the_end(
    before: Trouble | None, wrong: str | None, now: datetime, telling: Telling | None
) -> None:
    step = look_at(before, "slack", wrong, now)
    assert step.telling is telling
    assert (step.after is None) is (wrong is None)
    if step.after and telling:
        assert step.after.told_at == now


def test_a_trouble_keeps_its_beginning_and_takes_the_newest_word() -> None:
    after = look_at(told(), "slack", "worse", later(minutes=5)).after
    assert after
    assert (after.since, after.detail) == (NOON, "worse")


EVERY = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("flight", "seconds", "due", "lost"),
    [
        (Flight(), 0, True, False),
        (Flight(sent_at=NOON, sent="a"), 29, False, False),
        (Flight(sent_at=NOON, sent="a"), 30, False, True),
        (Flight(NOON, "a", later(seconds=1), "a"), 299, False, False),
        (Flight(NOON, "a", later(seconds=1), "a"), 300, True, False),
        (Flight(NOON, "a", failed_at=NOON, failed_because="503"), 29, False, False),
        (Flight(NOON, "a", failed_at=NOON, failed_because="503"), 30, True, False),
    ],
)
def test_a_canary_that_does_not_arrive_is_soon_followed_by_another(
    flight: Flight, seconds: float, due: bool, lost: bool
) -> None:
    now = later(seconds=seconds)
    assert flight.is_due(now, every=EVERY) is due
    assert flight.is_lost(now) is lost


@pytest.mark.parametrize("body", [b"", b"[1]", b"{}", b'{"canary": 1}', b"\xff", b"null"])
def test_what_is_no_canary_has_no_number(body: bytes) -> None:
    assert number_in(body) is None
    assert number_in(body_of("a")) == "a"
