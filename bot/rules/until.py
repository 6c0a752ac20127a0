"""How long: `4h`, `1h30m`, `18:00`, `tomorrow 9:00`, `until it recovers`, as a person types it.

Pure. Times of day are in the person's own zone; what is returned is UTC.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.rules.mute import LONGEST

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_NAMES = {
    "sec": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m",
    "minutes": "m", "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "day": "d", "days": "d",
    "week": "w", "weeks": "w", "秒": "s", "分": "m", "分钟": "m", "小时": "h", "时": "h", "天": "d",
    "日": "d", "周": "w",
}  # fmt: skip
_PIECE = re.compile(r"\s*(\d{1,6})\s*([a-zA-Z]+|[秒分钟小时天日周]+)")
_CLOCK = re.compile(r"(?P<hour>\d{1,2})[:：](?P<minute>\d{2})")
_TOMORROW = re.compile(
    r"(?:tomorrow|明天)\s*(?:at\s+)?(?P<clock>\d{1,2}[:：]\d{2})?", re.IGNORECASE
)
_DATE = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]+(?P<rest>.+))?")
_RECOVERED = re.compile(
    r"(?:it\s+)?(?:recovers|recovered|recovery|ok)|(?:直到)?恢复", re.IGNORECASE
)
MORNING = "9:00"
FAR = timedelta(days=36_500)  # longer than anything may last, short enough to add to a time


class TimeRefused(ValueError):
    """A time that cannot be read; `key` names the sentence, `values` go into it."""

    def __init__(self, text: str) -> None:
        super().__init__("until.refused.unreadable")
        self.key = "until.refused.unreadable"
        self.values: dict[str, object] = {"text": text[:60]}


@dataclass(frozen=True, slots=True)
class Until:
    """An end (UTC); `recovered` says that a recovery comes first, if there is one."""

    at: datetime
    recovered: bool = False


def zone_of(name: str) -> ZoneInfo:
    """A zone by its IANA name; UTC where this machine knows none such."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def duration(text: str) -> timedelta | None:
    """`90m`, `1h30m`, `2 days`; None for anything else."""
    total, place = timedelta(), 0
    while place < len(text.rstrip()):
        piece = _PIECE.match(text, place)
        if piece is None:
            return None
        unit = piece[2].lower()
        unit = _NAMES.get(unit, unit)
        if unit not in _UNITS:
            return None
        total = min(total + int(piece[1]) * _UNITS[unit], FAR)
        place = piece.end()
    return total or None


def until(text: str, *, now: datetime, zone: ZoneInfo) -> Until:
    """The end that a person names. Raises TimeRefused; how long is too long a mute says."""
    text = text.strip()
    if _RECOVERED.fullmatch(text):
        return Until(now + LONGEST, recovered=True)
    try:
        at = _moment(text, now, zone)
        utc = at.astimezone(UTC) if at else None
    except (ValueError, OverflowError) as error:  # also what UTC has no year for
        raise TimeRefused(text) from error
    if utc is None:
        raise TimeRefused(text)
    return Until(utc)


def tomorrow(now: datetime, zone: ZoneInfo, clock: str = MORNING) -> datetime:
    """Tomorrow at a time of day, nine in the morning if none is said (UTC)."""
    day = (now.astimezone(zone) + timedelta(days=1)).date()
    return _at(day.isoformat(), clock, zone).astimezone(UTC)


def _moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    if length := duration(text):
        return now + length
    if said := _TOMORROW.fullmatch(text):
        return tomorrow(now, zone, said["clock"] or MORNING)
    if _CLOCK.fullmatch(text):
        today = _at(now.astimezone(zone).date().isoformat(), text, zone)
        return today if today > now else tomorrow(now, zone, text)
    if said := _DATE.fullmatch(text):
        return _dated(said["day"], said["rest"], zone)
    return None


def _dated(day: str, rest: str | None, zone: ZoneInfo) -> datetime:
    if rest is None or _CLOCK.fullmatch(rest):
        return _at(day, rest or MORNING, zone)
    read = datetime.fromisoformat(f"{day}T{rest}")
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _at(day: str, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = re.split("[:：]", clock)
    return datetime.fromisoformat(day).replace(hour=int(hour), minute=int(minute), tzinfo=zone)
