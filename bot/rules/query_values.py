"""The values of a search: numbers, durations and choices, alone, as ranges and in lists.

Pure. What cannot be read raises QueryRefused, and so does what Python cannot hold: whoever
types a number of three hundred digits is answered, too.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from difflib import get_close_matches

from bot.rules.query_terms import Bound, QueryRefused, Range, folded
from bot.rules.query_words import Chars, items, text_of
from bot.rules.until import duration as until_duration

_COMPARED = re.compile(r"(?P<sign>>=|<=|[><=≥≤＞＜])\s*(?P<text>.+)", re.DOTALL)
_SIGNS = {"≥": ">=", "≤": "<=", "＞": ">", "＜": "<"}
_WHOLE = re.compile(r"#?(-?\d{1,18})", re.ASCII)
_NUMBER = re.compile(r"([+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:e[+-]?\d{1,3})?)\s*%?", re.ASCII)
_NOTHING = re.compile(r"0+[a-z]*", re.ASCII)
MOST_VALUES = 50  # of one list
ALIKE = 0.7  # how near a word must be to one we know to be a slip of it


def texts(field: str, value: Chars) -> list[str]:
    """The values of a list. Raises QueryRefused for an empty one."""
    found = [text_of(item).strip() for item in items(value)]
    if not found:
        raise QueryRefused("no_value", field=field)
    if len(found) > MOST_VALUES:
        raise QueryRefused("too_many_values", field=field, most=MOST_VALUES)
    return found


def compared(text: str) -> tuple[str, str] | None:
    """The sign before a value, one of `> >= < <= =`, and the value."""
    found = _COMPARED.fullmatch(text)
    return (_SIGNS.get(found["sign"], found["sign"]), found["text"]) if found else None


def bounds(text: str) -> tuple[str, str] | None:
    """The ends of `LOW..HIGH`; an end that is left out, or `*`, is empty."""
    low, dots, high = text.partition("..")
    ends = [end.strip() for end in (low, high)]
    return (ends[0].strip("*"), ends[1].strip("*")) if dots else None


def ranges(
    field: str, value: Chars, read: Callable[[str, str], Bound], *, alone: str = "="
) -> tuple[Range[Bound], ...]:
    """A list of ranges; a value without a sign has the sign `alone`."""
    return tuple(_range(field, text, read, alone) for text in texts(field, value))


def _range(field: str, text: str, read: Callable[[str, str], Bound], alone: str) -> Range[Bound]:
    if ends := bounds(text):
        if not any(ends):
            raise QueryRefused("no_value", field=field)
        low, high = (read(field, end) if end else None for end in ends)
        return ordered(field, text, Range(low, high))
    sign, rest = compared(text) or (alone, text)
    bound = read(field, rest)
    match sign:
        case ">" | ">=":
            return Range(low=bound, low_open=sign == ">")
        case "<" | "<=":
            return Range(high=bound, high_open=sign == "<")
        case _:
            return Range(bound, bound)


def ordered(field: str, text: str, made: Range[Bound]) -> Range[Bound]:
    """The range, unless its ends are the wrong way round: nothing could be in it."""
    if made.low is not None and made.high is not None and made.low > made.high:
        raise QueryRefused("backwards", field=field, text=text)
    return made


def whole(field: str, text: str) -> int:
    """A whole number that a column can hold; `#` may stand before it."""
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise QueryRefused("whole", field=field, text=text)
    return int(found[1])


def number(field: str, text: str) -> float:
    """A number; a percent sign behind it says nothing more."""
    found = _NUMBER.fullmatch(text.lower())
    read = float(found[1]) if found else math.inf
    if not math.isfinite(read):
        raise QueryRefused("number", field=field, text=text)
    return read


def duration(field: str, text: str) -> timedelta:
    """`90s`, `10m`, `1h30m`, `2 days`."""
    found = length(text)
    if found is None:
        raise QueryRefused("duration", field=field, text=text)
    return found


def length(text: str) -> timedelta | None:
    """A duration, or None for what is none."""
    return timedelta() if _NOTHING.fullmatch(text) else until_duration(text)


def choices(
    field: str, value: Chars, known: Sequence[str], also: dict[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Which of the `known` ones are named, in their order; `also` are other words for some."""
    named: set[str] = set()
    for text in texts(field, value):
        word = folded(text).replace("-", "_").replace(" ", "_")
        if word in known:
            named.add(word)
        elif word in also:
            named.update(also[word])
        else:
            raise QueryRefused(
                "choice",
                field=field,
                text=text,
                choices=", ".join(known),
                near=nearest(word, [*known, *also]) or known[0],
            )
    return tuple(each for each in known if each in named)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The one that a word is a slip of."""
    found = get_close_matches(word, known, 1, ALIKE)
    return found[0] if found else None
