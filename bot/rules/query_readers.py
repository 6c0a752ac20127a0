"""What each field of a search makes of its value: a condition, or a reason to refuse it.

Pure. Apart from `query_fields`, which says what field a name is: one reader a field, by the
field's proper name. What is a dimension or a label has none, and is compared as a text.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.rules.query_facts import OF_ALARM
from bot.rules.query_moments import Calendar
from bot.rules.query_terms import (
    CHOICES,
    COUNTS,
    MEASURES,
    MOMENTS,
    Condition,
    Counted,
    Fact,
    Lasted,
    Measured,
    OneOf,
    QueryRefused,
    Taken,
    Timed,
    folded,
)
from bot.rules.query_values import choices, compared, duration, number, ranges, texts, whole
from bot.rules.query_words import Chars, characters, items, pattern, text_of


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is read with.

    `dimensions` are the names that the store knows (any case); None if nobody looked, and
    then an unknown name is taken for a dimension's unless it looks like a slip of the pen.
    `me` is the id of who asks, for `acked:me`.
    """

    now: datetime
    zone: tzinfo = UTC
    dimensions: Collection[str] | None = None
    me: str | None = None

    @property
    def calendar(self) -> Calendar:
        """What days and times of day mean."""
        return Calendar(self.now, self.zone)


SEVERITIES = CHOICES["severity"]
YES, NO = ("yes",), ("no",)
_YES_NO = {"true": YES, "1": YES, "是": YES, "false": NO, "0": NO, "否": NO}
ALSO: dict[str, dict[str, tuple[str, ...]]] = {
    "state": {
        "open": ("firing", "no_data"),
        "over": ("recovered", "closed"),
        "nodata": ("no_data",),
        "alert": ("firing",),
        "ok": ("recovered",),
    },
    "severity": {
        "crit": ("critical",),
        "warning": ("warn",),
        "严重": ("critical",),
        "警告": ("warn",),
        "信息": ("info",),
    },
    "is": {"alarms": ("alarm",), "events": ("event",)},
    "muted": _YES_NO,
    "feedback": {},
}

Reader = Callable[[str, Chars, Scope], Condition]


def _one_of(field: str, value: Chars, _scope: Scope) -> Condition:
    return OneOf(field, choices(field, value, CHOICES[field], ALSO[field]))


def _severity(field: str, value: Chars, scope: Scope) -> Condition:
    """A list, or `>=warn`."""
    sign = compared(text_of(value).strip())
    if sign is None or sign[0] == "=":
        return _one_of(field, value, scope)
    bound = characters(sign[1])
    named = choices(field, bound, SEVERITIES, ALSO[field])
    if len(texts(field, bound)) > 1:
        raise QueryRefused("one_bound", field=field, sign=sign[0], near=named[-1])
    place = SEVERITIES.index(named[0])
    fit = {
        ">": SEVERITIES[:place],
        ">=": SEVERITIES[: place + 1],
        "<": SEVERITIES[place + 1 :],
        "<=": SEVERITIES[place:],
    }
    return OneOf(field, fit[sign[0]])


def _counted(field: str, value: Chars, _scope: Scope) -> Condition:
    return Counted(field, ranges(field, value, whole))


def _measured(field: str, value: Chars, _scope: Scope) -> Condition:
    return Measured(field, ranges(field, value, number))


def _lasted(field: str, value: Chars, _scope: Scope) -> Condition:
    return Lasted(ranges(field, value, duration, alone=">="))


def _timed(field: str, value: Chars, scope: Scope) -> Condition:
    return Timed(field, scope.calendar.ranges(field, value))


def _since(field: str, value: Chars, scope: Scope) -> Condition:
    return Timed("opened", (scope.calendar.since(field, value),))


def _until(field: str, value: Chars, scope: Scope) -> Condition:
    return Timed("opened", (scope.calendar.until(field, value),))


def _taken(field: str, value: Chars, scope: Scope) -> Condition:
    texts(field, value)  # an empty list is refused
    nobody = anybody = False
    people: list[Chars] = []
    for item in items(value):
        word = folded(text_of(item).strip())
        if word == "me":
            people.append(characters(_of_me(scope)))
        elif _YES_NO.get(word, (word,)) == NO:
            nobody = True
        elif _YES_NO.get(word, (word,)) == YES:
            anybody = True
        else:
            people.append(_person(item))
    return Taken(nobody, anybody, tuple(pattern(person) for person in people))


def _of_me(scope: Scope) -> str:
    if scope.me is None:
        raise QueryRefused("me")
    return scope.me


def _person(item: Chars) -> Chars:
    """`@ann`, `U123`, or Slack's own `<@U123|ann>`."""
    text = text_of(item)
    if text.startswith("<@") and text.endswith(">"):
        return characters(text[2:-1].partition("|")[0])
    return item[1:] if text.startswith("@") and len(text) > 1 else item


def _fact(field: str, value: Chars, _scope: Scope) -> Condition:
    texts(field, value)
    return Fact(field, tuple(pattern(item) for item in items(value)))


READERS: dict[str, Reader] = {
    **dict.fromkeys(CHOICES, _one_of),
    **dict.fromkeys(COUNTS, _counted),
    **dict.fromkeys(MEASURES, _measured),
    **dict.fromkeys(MOMENTS, _timed),
    **dict.fromkeys(OF_ALARM, _fact),
    "severity": _severity,
    "acked": _taken,
    "duration": _lasted,
    "since": _since,
    "until": _until,
}


def reader_of(field: str) -> Reader:
    """What reads this field's value; a dimension's or a label's is a text."""
    return READERS.get(field, _fact)
