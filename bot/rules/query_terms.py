"""What a search asks for, as values: conditions on alarms and incidents, and an order.

Pure. Texts are compared whole and without case (`folded`), `*` and `?` being wildcards. A
condition that an incident says nothing about does not hold, so its negation does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Generic, TypeVar

Bound = TypeVar("Bound", int, float, timedelta, datetime)


class QueryRefused(ValueError):
    """A search that cannot be understood; `key` names the sentence, `values` go into it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"query.refused.{key}")
        self.key = f"query.refused.{key}"
        self.values = {name: _short(value) for name, value in values.items()}

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.key}: {told}"


LONGEST_SHOWN = 60  # characters of what somebody typed


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > LONGEST_SHOWN:
        return value[: LONGEST_SHOWN - 1] + "…"
    return value


def folded(text: str) -> str:
    """Text without case; both sides of every comparison go through here."""
    return text.casefold()


class Wild(Enum):
    """A place of a pattern that stands for other characters."""

    MANY = "*"  # any number of them, or none
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Folded texts with wildcards between them."""

    pieces: tuple[str | Wild, ...]

    def fits(self, text: str) -> bool:
        """Whether it is all of a text. At most as many steps as both lengths multiplied."""
        signs, told = tuple(self._signs()), folded(text)
        place = at = 0
        star, began = -1, 0  # the last `*`, and where what it stands for began
        while at < len(told):
            sign = signs[place] if place < len(signs) else None
            if sign is Wild.MANY:
                star, began = place, at
                place += 1
            elif sign is Wild.ONE or sign == told[at]:
                place, at = place + 1, at + 1
            elif star >= 0:  # the last `*` stands for one character more
                began += 1
                place, at = star + 1, began
            else:
                return False
        return all(sign is Wild.MANY for sign in signs[place:])

    def _signs(self) -> Iterator[str | Wild]:
        for piece in self.pieces:
            yield from (piece,) if isinstance(piece, Wild) else piece


@dataclass(frozen=True, slots=True)
class Range(Generic[Bound]):
    """From `low` to `high`; None is no bound. Both count unless they are `open`."""

    low: Bound | None = None
    high: Bound | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the alarm, by its name in `rules.query_facts`, fits one of the patterns."""

    field: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One of the alarm's facts, whichever, holds the pattern somewhere."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class OneOf:
    """What the incident says is one of these; `options` are in the order of `CHOICES`."""

    field: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """Who acknowledged it: nobody, anybody, or a person whose id or name fits a pattern."""

    nobody: bool = False
    anybody: bool = False
    people: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """A whole number of the incident is in one of the ranges."""

    field: str
    ranges: tuple[Range[int], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value of the metric, in its unit, is in one of the ranges."""

    field: str
    ranges: tuple[Range[float], ...]


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long it lasted, or lasts so far, is in one of the ranges."""

    ranges: tuple[Range[timedelta], ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """A moment of the incident is in one of the ranges (UTC)."""

    field: str
    ranges: tuple[Range[datetime], ...]


OfAlarm = Fact | Text
Condition = OfAlarm | OneOf | Taken | Counted | Measured | Lasted | Timed


@dataclass(frozen=True, slots=True)
class Term:
    """A condition, or its contrary."""

    condition: Condition
    negated: bool = False


class Order(StrEnum):
    """Which incident comes first; equals come newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SEVERITY = "severity"  # the worst first
    DURATION = "duration"  # the longest first
    WORST = "worst"  # the largest first
    CALLBACKS = "callbacks"  # the most first

    @property
    def is_settled(self) -> bool:
        """Whether an incident keeps its place whatever is heard of it later."""
        return self in (Order.NEWEST, Order.OLDEST)


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must hold. `now` (UTC) is the moment that open incidents have lasted until."""

    terms: tuple[Term, ...]
    now: datetime
    order: Order = Order.NEWEST


CHOICES = {
    "state": ("firing", "no_data", "recovered", "closed"),
    "severity": ("critical", "warn", "info", "none"),
    "is": ("alarm", "event"),
    "muted": ("yes", "no"),
    "feedback": ("false_positive", "not_actionable", "none"),
}  # what may be asked for by `OneOf`
COUNTS = (
    "id", "alarm_id", "mute", "parent", "group_id", "storm", "callbacks", "firings", "notes",
)  # fmt: skip
MEASURES = ("value", "worst", "first")
MOMENTS = ("opened", "heard", "recovered", "closed")
