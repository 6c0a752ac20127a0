"""How long, as people type it: in English and Chinese, in their own zone, and never a fault."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.mute import LONGEST
from bot.rules.until import FAR, TimeRefused, duration, tomorrow, until, zone_of
from tests.support.values import NOON

SHANGHAI = ZoneInfo("Asia/Shanghai")  # where noon in UTC is eight in the evening
BERLIN = ZoneInfo("Europe/Berlin")
PIECES = st.sampled_from(
    [
        *("1", "90", "999999", "m", "h", "d", "w", "分钟", "小时", "天", " ", ":", "：", "25:61"),
        *("tomorrow", "明天", "until", "2026-11-24", "9999-12-31", "0001-01-01", "T", "Z"),
        *("+14:00", "it recovers", "恢复", "-1h", "1.5h", "\x00", "²", "٣h", "24:00", "next"),
    ]
)  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("15m", timedelta(minutes=15)),
        ("90s", timedelta(seconds=90)),
        ("1h30m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("2 days", timedelta(days=2)),
        ("1 Week", timedelta(weeks=1)),
        ("30分钟", timedelta(minutes=30)),
        ("2小时30分", timedelta(minutes=150)),
        ("3 天", timedelta(days=3)),
        ("999999w 999999w", FAR),
    ],
)
def test_a_length_is_added_up(text: str, length: timedelta) -> None:
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", " ", "h", "5", "0m", "1x", "-1h", "1.5h", "1h and", "soon"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("text", "zone", "end"),
    [
        ("4h", SHANGHAI, at(23, 16)),
        ("21:00", SHANGHAI, at(23, 13)),
        ("9:00", SHANGHAI, at(24, 1)),  # nine has passed there today
        ("9：00", SHANGHAI, at(24, 1)),
        ("tomorrow", SHANGHAI, at(24, 1)),
        ("Tomorrow at 18:30", SHANGHAI, at(24, 10, 30)),
        ("明天 18:30", SHANGHAI, at(24, 10, 30)),
        ("tomorrow", BERLIN, at(24, 8)),
        ("2026-11-25", SHANGHAI, at(25, 1)),
        ("2026-11-25 18:00", SHANGHAI, at(25, 10)),
        ("2026-11-25T18:00:30", SHANGHAI, at(25, 10) + timedelta(seconds=30)),
        ("2026-11-25T18:00+01:00", SHANGHAI, at(25, 17)),
    ],
)
def test_a_time_of_day_is_that_of_the_person(text: str, zone: ZoneInfo, end: datetime) -> None:
    found = until(text, now=NOON, zone=zone)
    assert (found.at, found.at.tzinfo, found.recovered) == (end, UTC, False)


@pytest.mark.parametrize("text", ["it recovers", "recovery", "OK", "恢复", "直到恢复"])
def test_until_it_recovers_has_the_longest_end_as_well(text: str) -> None:
    found = until(text, now=NOON, zone=SHANGHAI)
    assert (found.at, found.recovered) == (NOON + LONGEST, True)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "25:00", "24:00", "9:60", "tomorrow 99:99", "2026-13-01", "2026-11-25 x"),
        *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "recovers soon"),
    ],
)
def test_what_is_no_time_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(TimeRefused) as refused:
        until(text, now=NOON, zone=SHANGHAI)
    assert refused.value.values["text"] == text[:60]


@pytest.mark.fault("F32")
def test_tomorrow_is_at_nine_also_in_the_night_in_which_the_clocks_change() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # Berlin loses an hour in that night
    assert tomorrow(before, BERLIN) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert tomorrow(autumn, BERLIN) == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "x" * 1000, "\x00", "/"])
def test_a_zone_that_is_none_is_utc(name: str) -> None:
    assert zone_of(name).key == "UTC"


@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=40))
def test_whatever_is_typed_is_a_time_or_refused(text: str) -> None:
    try:
        found = until(text, now=NOON, zone=SHANGHAI)
    except TimeRefused:
        return
    assert found.at.utcoffset() == timedelta(0)
