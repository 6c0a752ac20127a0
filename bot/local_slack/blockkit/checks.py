"""The small checks that the rules of Block Kit are put together from.

A check takes a value and the place where it stands and adds a complaint per fault, worded as
Slack words it with the JSON pointer of the place. Checks must never raise: any JSON may come.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from bot.local_slack.jsons import Json, as_list, as_object, is_list, is_object


@dataclass
class Complaints:
    """What was found, in order."""

    found: list[str] = field(default_factory=list[str])

    def add(self, words: str, place: str) -> None:
        self.found.append(f"{words} [json-pointer:{place}]")


Check = Callable[[object, str, Complaints], None]


def anything(_value: object, _place: str, _found: Complaints) -> None:
    """Whatever it is."""


def boolean(value: object, place: str, found: Complaints) -> None:
    if not isinstance(value, bool):
        found.add("must be a boolean", place)


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def string(*, least: int = 0, most: int | None = None, of: Collection[str] | None = None) -> Check:
    """A string of a length in code points, or one of a closed set."""

    def check(value: object, place: str, found: Complaints) -> None:
        if not isinstance(value, str):
            found.add("must be a string", place)
        elif of is not None and value not in of:
            found.add(f"must be one of: {', '.join(sorted(of))}", place)
        elif len(value) < least:
            found.add(f"must be more than {least - 1} characters", place)
        elif most is not None and len(value) > most:
            found.add(f"must be less than {most + 1} characters", place)

    return check


def number(
    *, least: float | None = None, most: float | None = None, above: float | None = None
) -> Check:
    """A number within bounds."""

    def check(value: object, place: str, found: Complaints) -> None:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            found.add("must be a number", place)
        elif above is not None and value <= above:
            found.add(f"must be greater than {above:g}", place)
        elif least is not None and value < least:
            found.add(f"must be at least {least:g}", place)
        elif most is not None and value > most:
            found.add(f"must be at most {most:g}", place)

    return check


def many(each: Check, *, least: int = 0, most: int | None = None) -> Check:
    """An array with a number of items within bounds."""

    def check(value: object, place: str, found: Complaints) -> None:
        if not is_list(value):
            found.add("must be an array", place)
            return
        items = as_list(value)
        if len(items) < least:
            found.add(f"no less than {least} items allowed", place)
        if most is not None and len(items) > most:
            found.add(f"no more than {most} items allowed", place)
        for index, item in enumerate(items):
            each(item, f"{place}/{index}", found)

    return check


def shape(
    must: Mapping[str, Check] | None = None,
    may: Mapping[str, Check] | None = None,
    *also: Check,
) -> Check:
    """An object with these fields and no other; `also` are rules about several fields at once."""
    required, known = dict(must or {}), {**(must or {}), **(may or {})}

    def check(value: object, place: str, found: Complaints) -> None:
        if not is_object(value):
            found.add("must provide an object", place)
            return
        fields = as_object(value)
        for name in required:
            if fields.get(name) is None:
                found.add(f"missing required field: {name}", place)
        for name, part in fields.items():
            _check_field(known, name, part, place, found)
        for rule in also:
            rule(fields, place, found)

    return check


def _check_field(
    known: Mapping[str, Check], name: str, part: object, place: str, found: Complaints
) -> None:
    if name not in known:
        found.add(f"invalid additional property: {name}", place)
    elif part is not None:
        known[name](part, f"{place}/{name}", found)


def by_type(kinds: Mapping[str, Check], *, missing: str = "unsupported type") -> Check:
    """An object that says its own kind; only these kinds may stand here."""

    def check(value: object, place: str, found: Complaints) -> None:
        if not is_object(value):
            found.add("must provide an object", place)
            return
        kind = as_object(value).get("type")
        if not isinstance(kind, str):
            found.add("missing required field: type", place)
        elif kind not in kinds:
            found.add(f"{missing}: {kind}", f"{place}/type")
        else:
            kinds[kind](as_object(value), place, found)

    return check


def exactly_one(*names: str) -> Check:
    """Just one of these fields is given."""

    def check(value: object, place: str, found: Complaints) -> None:
        given = [name for name in names if as_object(value).get(name) is not None]
        if len(given) != 1:
            found.add(f"must define either `{'` or `'.join(names)}`", place)

    return check


def at_least_one(*names: str) -> Check:
    """One of these fields, or several."""

    def check(value: object, place: str, found: Complaints) -> None:
        if not any(as_object(value).get(name) for name in names):
            found.add(f"must define either `{'` or `'.join(names)}`", place)

    return check


def rule(holds: Callable[[Json], bool], words: str) -> Check:
    """A rule about a whole object."""

    def check(value: object, place: str, found: Complaints) -> None:
        if not holds(as_object(value)):
            found.add(words, place)

    return check
