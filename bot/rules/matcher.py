"""Matchers: `field = text`, the four operators that the trade knows from Alertmanager.

Pure. Regular expressions are RE2's: linear time whatever somebody types, because a pattern
from a chat runs against every callback of a storm. They must fit the whole text, as in
Alertmanager.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast  # the library has no types

import re2  # pyright: ignore[reportMissingTypeStubs]

from bot.rules.facts import Facts

_re2 = cast("Any", re2)

LONGEST_PATTERN = 500  # characters


class Operator(StrEnum):
    """Equal, not equal, fits, does not fit."""

    EQUAL = "="
    UNEQUAL = "!="
    FITS = "=~"
    FITS_NOT = "!~"


class BadPattern(ValueError):
    """The regular expression cannot be read."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on the facts; `field` in lower case, `text` compared without case.

    A field that an alarm does not have equals nothing and fits nothing, so `!=` and `!~`
    hold for it.
    """

    field: str
    operator: Operator
    text: str

    def holds(self, facts: Facts) -> bool:
        """Whether an alarm with these facts meets the condition."""
        texts = facts.get(self.field, ())
        match self.operator:
            case Operator.EQUAL:
                return self.text.lower() in texts
            case Operator.UNEQUAL:
                return self.text.lower() not in texts
            case Operator.FITS:
                return self._fits(texts)
            case Operator.FITS_NOT:
                return not self._fits(texts)

    def _fits(self, texts: Iterable[str]) -> bool:
        pattern = compiled(self.text)
        return any(pattern.fullmatch(text) for text in texts)

    @property
    def narrows(self) -> bool:
        """Whether it asks for something: conditions that only exclude would mute the rest."""
        anything = self.operator is Operator.FITS and compiled(self.text).fullmatch("")
        return self.operator in (Operator.EQUAL, Operator.FITS) and not anything

    def __str__(self) -> str:
        return f'{self.field}{self.operator.value}"{self.text}"'


def matcher(field: str, operator: Operator, text: str) -> Matcher:
    """A matcher whose pattern can be read. Raises BadPattern."""
    made = Matcher(field.lower(), operator, text)
    if operator in (Operator.FITS, Operator.FITS_NOT):
        compiled(text)
    return made


@lru_cache(maxsize=1_000)
def compiled(pattern: str) -> Any:
    """A regular expression for texts in lower case. Raises BadPattern."""
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern(f"longer than {LONGEST_PATTERN} characters")
    options = _re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    try:
        return _re2.compile(pattern, options)
    except _re2.error as error:
        raise BadPattern(_why(error)) from error


def _why(error: Exception) -> str:
    """The library gives its reason in bytes."""
    reason = error.args[0] if error.args else error
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return text[:200]


def all_hold(matchers: Iterable[Matcher], facts: Facts) -> bool:
    """Whether every condition is met."""
    return all(each.holds(facts) for each in matchers)
