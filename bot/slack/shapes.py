"""A small language for what Slack accepts: lengths, counts, kinds, required and unknown members.

`limits` speaks it, `check` applies it. A rule looks at a value and tells what is wrong with
it, with the path where; it never raises, whatever the value is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.rules.record import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """What Slack would refuse, and where: `path` is a JSON pointer, as in Slack's answers."""

    path: str
    said: str


Problems = Iterator[Problem]


class Rule(Protocol):
    """Anything that can judge a value."""

    def problems(self, value: Json, path: str) -> Problems:
        """What is wrong with the value that stands at `path`."""
        ...


@dataclass(frozen=True, slots=True)
class Anything:
    """Known to exist, and not looked into: we never send it."""

    def problems(self, value: Json, path: str) -> Problems:
        """Nothing is wrong."""
        del value, path
        yield from ()


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def problems(self, value: Json, path: str) -> Problems:
        """Anything else is wrong."""
        if not isinstance(value, bool):
            yield Problem(path, "must be true or false")


@dataclass(frozen=True, slots=True)
class Text:
    """A string with a length in code points: what is too long so is so for Slack in any case."""

    most: int
    least: int = 1

    def problems(self, value: Json, path: str) -> Problems:
        """Not a string, too short, too long."""
        if not isinstance(value, str):
            yield Problem(path, "must be text")
        elif not self.least <= len(value) <= self.most:
            yield Problem(path, f"must have {self.least} to {self.most} characters")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: frozenset[str]

    def problems(self, value: Json, path: str) -> Problems:
        """Any other word."""
        if value not in self.words:
            yield Problem(path, f"must be one of {', '.join(sorted(self.words))}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds, both allowed; `above` is a bound that is not."""

    least: float = float("-inf")
    most: float = float("inf")
    above: float = float("-inf")

    def problems(self, value: Json, path: str) -> Problems:
        """Not a number, or out of bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Problem(path, "must be a number")
        elif not (self.least <= value <= self.most and value > self.above):
            yield Problem(path, "is out of range")


@dataclass(frozen=True, slots=True)
class Items:
    """A list with a length."""

    of: Rule
    most: int
    least: int = 1

    def problems(self, value: Json, path: str) -> Problems:
        """Not a list, too short, too long, and whatever is wrong with its items."""
        if not isinstance(value, list):
            yield Problem(path, "must be a list")
            return
        if not self.least <= len(value) <= self.most:
            yield Problem(path, f"must have {self.least} to {self.most} items")
        for number, item in enumerate(value):
            yield from self.of.problems(item, f"{path}/{number}")


Also = Callable[[Mapping[str, Json], str], Problems]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its members, those that must be there, and rules between them."""

    members: Mapping[str, Rule]
    required: frozenset[str] = frozenset()
    also: tuple[Also, ...] = field(default=())

    def problems(self, value: Json, path: str) -> Problems:
        """Missing and unknown members, and whatever is wrong with the known ones."""
        if not isinstance(value, dict):
            yield Problem(path, "must be an object")
            return
        for name in sorted(self.required - value.keys()):
            yield Problem(f"{path}/{name}", "is missing")
        for name, member in value.items():
            rule = self.members.get(name)
            if rule is None:
                yield Problem(f"{path}/{name}", "is unknown")
            else:
                yield from rule.problems(member, f"{path}/{name}")
        for also in self.also:
            yield from also(value, path)


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object whose `type` says which shape it has."""

    shapes: Mapping[str, Rule]

    def problems(self, value: Json, path: str) -> Problems:
        """Not an object, a type that is not allowed here, and whatever its shape says."""
        kind = value.get("type") if isinstance(value, dict) else None
        shape = self.shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            yield Problem(path, f"must not have type {kind!r} here")
        else:
            yield from shape.problems(value, path)
