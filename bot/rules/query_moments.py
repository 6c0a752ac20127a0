"""Moments of a search: `7d` (so long ago), `2026-11-01`, `2026-11-01T12:30`, `12:30`, `today`.

Pure. A moment as people write it is a span: a day lasts until the next one, `12:30` lasts a
minute. Days and times of day are those of the person's zone; what comes out is UTC.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.rules.query_terms import QueryRefused, Range
from bot.rules.query_values import bounds, compared, length, ordered, texts
from bot.rules.query_words import Chars

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})", re.ASCII)
_DATED = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[tT ]+(?P<clock>\d{2}:\d{2})(?P<second>:\d{2}(?:\.\d{1,6})?)?"
    r"\s*(?P<zone>[zZ]|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_AGO = re.compile(r"-?(.+?)(?:\s+ago|前)?")
_DAYS_AGO = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to just before `end`; equal ends are one instant."""

    start: datetime
    end: datetime

    @property
    def is_instant(self) -> bool:
        """Whether it is a point and not a stretch."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Calendar:
    """What `today` and `12:30` mean."""

    now: datetime
    zone: tzinfo = UTC

    def ranges(self, field: str, value: Chars) -> tuple[Range[datetime], ...]:
        """A list of moments and of ranges of them."""
        return tuple(self._range(field, text) for text in texts(field, value))

    def since(self, field: str, value: Chars) -> Range[datetime]:
        """From one moment on."""
        return Range(low=self._only(field, value).start)

    def until(self, field: str, value: Chars) -> Range[datetime]:
        """Up to one moment; a day that is named counts whole."""
        return _to(self._only(field, value))

    def _only(self, field: str, value: Chars) -> Span:
        found = texts(field, value)
        if len(found) > 1:
            raise QueryRefused("one_value", field=field)
        return self.span(field, found[0])

    def _range(self, field: str, text: str) -> Range[datetime]:
        if ends := bounds(text):
            return self._between(field, text, *ends)
        sign, rest = compared(text) or ("", text)
        return _beside(sign, self.span(field, rest))

    def _between(self, field: str, text: str, low: str, high: str) -> Range[datetime]:
        if not low and not high:
            raise QueryRefused("no_value", field=field)
        last: Range[datetime] = _to(self.span(field, high)) if high else Range()
        first = self.span(field, low).start if low else None
        return ordered(field, text, Range(first, last.high, high_open=last.high_open))

    def span(self, field: str, text: str) -> Span:
        """What a person's words for a moment stand for. Raises QueryRefused."""
        try:
            found = self._span(text.strip())
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise QueryRefused("moment", field=field, text=text)
        return found

    def _span(self, text: str) -> Span | None:
        if text.casefold() in ("now", "现在"):
            return Span(self.now, self.now)
        if (days := _DAYS_AGO.get(text.casefold())) is not None:
            return self._day(self.now.astimezone(self.zone).date() - timedelta(days=days))
        if _DAY.fullmatch(text):
            return self._day(date.fromisoformat(text))
        if month := _MONTH.fullmatch(text):
            return self._month(int(month[1]), int(month[2]))
        if clock := _CLOCK.fullmatch(text):
            today = self.now.astimezone(self.zone).date()
            return self._at(today, time(int(clock[1]), int(clock[2])), MINUTE)
        return self._dated(text) or self._ago(text)

    def _ago(self, text: str) -> Span | None:
        said = _AGO.fullmatch(text)
        ago = length(said[1]) if said else None
        return Span(self.now - ago, self.now - ago) if ago is not None else None

    def _dated(self, text: str) -> Span | None:
        said = _DATED.fullmatch(text)
        if said is None:
            return None
        zone = (said["zone"] or "").upper()
        read = datetime.fromisoformat(f"{said['day']}T{said['clock']}{said['second'] or ''}{zone}")
        start = (read if read.tzinfo else read.replace(tzinfo=self.zone)).astimezone(UTC)
        return Span(start, start + (SECOND if said["second"] else MINUTE))

    def _day(self, day: date) -> Span:
        return Span(self._midnight(day), self._midnight(day + timedelta(days=1)))

    def _month(self, year: int, month: int) -> Span:
        first = date(year, month, 1)
        following = date(year + month // 12, month % 12 + 1, 1)
        return Span(self._midnight(first), self._midnight(following))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def _at(self, day: date, clock: time, lasting: timedelta) -> Span:
        start = datetime.combine(day, clock, self.zone).astimezone(UTC)
        return Span(start, start + lasting)


def _to(span: Span) -> Range[datetime]:
    return Range(high=span.end, high_open=not span.is_instant)


def _beside(sign: str, span: Span) -> Range[datetime]:
    match sign:
        case ">":
            return Range(low=span.end, low_open=span.is_instant)
        case ">=":
            return Range(low=span.start)
        case "<":
            return Range(high=span.start, high_open=True)
        case "<=":
            return _to(span)
        case _ if span.is_instant:
            return Range(low=span.start)  # `opened:7d` is what opened within seven days
        case _:
            return Range(span.start, span.end, high_open=True)
