"""The routes file: YAML that somebody wrote by hand, turned into routes, or into what to mend.

Every fault names the file, the line, the entry and, for a misspelt word, the nearest known
one. A file is refused as a whole: half a routing table would send alarms to the wrong team.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

import yaml

from bot import setting_texts
from bot.config import SettingsRefused
from bot.errors import SettingError
from bot.rules.card import Language
from bot.rules.facts import FIELDS
from bot.rules.routing import Route
from bot.rules.thread import Aloud, Thread

VARIABLE = "TOCSIN_ROUTES"
KEYS = ("name", "match", "channel", "language", "thread", "aloud", "continue")
_MISSPELT = 0.75  # how like a known word another one must be to count as a slip of it

Word = TypeVar("Word", bound=StrEnum)
_Plain = str | int | float | bool


class _Faulty(Exception):
    """One entry cannot be read; the message says why."""


def read_routes(path: Path) -> tuple[Route, ...]:
    """The routes of a file, in its order. Raises SettingsRefused with every fault."""
    entries = _entries(path)
    routes: list[Route] = []
    faults: list[SettingError] = []
    for line, entry in entries:
        try:
            routes.append(_route(entry, place=len(routes) + len(faults) + 1))
        except _Faulty as fault:
            faults.append(_error(path, line, str(fault)))
    if faults:
        raise SettingsRefused(tuple(faults))
    return tuple(routes)


def _error(path: Path, line: int, what: str) -> SettingError:
    return SettingError(VARIABLE, f"{path.name}, line {line}: {what}")


def _refused(path: Path, line: int, what: str) -> SettingsRefused:
    return SettingsRefused((_error(path, line, what),))


def _entries(path: Path) -> list[tuple[int, object]]:
    """Each entry of `routes:` with the line it begins in."""
    text = _text(path)
    try:
        document = cast("object", yaml.safe_load(text))
        tree = cast("yaml.Node | None", yaml.compose(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]  the stub leaves it open
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if isinstance(mark, yaml.Mark) else 1
        raise _refused(path, line, "is not YAML; check the indentation and quotes") from None
    routes = _list_of_routes(document)
    if routes is None or tree is None:
        raise _refused(path, 1, "must hold `routes:` and below it a list of routes")
    return list(zip(_lines(tree), routes, strict=True))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsRefused(
            (SettingError(VARIABLE, "must be the path of a readable YAML file (UTF-8)"),)
        ) from None


def _list_of_routes(document: object) -> list[object] | None:
    if not isinstance(document, dict) or list(cast("dict[object, object]", document)) != ["routes"]:
        return None
    routes = cast("dict[str, object]", document)["routes"]
    return cast("list[object]", routes) if isinstance(routes, list) else None


def _lines(tree: yaml.Node) -> Iterator[int]:
    if isinstance(tree, yaml.MappingNode):
        for entry in tree.value[0][1].value:
            yield entry.start_mark.line + 1


def _route(entry: object, *, place: int) -> Route:
    if not isinstance(entry, dict):
        raise _Faulty(f"route {place} must have the keys channel and match")
    keys = cast("dict[object, object]", entry)
    name = keys.get("name", f"route {place}")
    if not isinstance(name, str):
        raise _Faulty(f"the name of route {place} must be a text")
    try:
        return _read(name, {str(key): value for key, value in keys.items()})
    except _Faulty as fault:
        raise _Faulty(f"{name!r}: {fault}") from None


def _read(name: str, keys: Mapping[str, object]) -> Route:
    for key in keys:
        if key not in KEYS:
            raise _Faulty(f"unknown key {key!r}{_meant(key, KEYS)}")
    return Route(
        name=name,
        match=_match(keys.get("match", {})),
        channel=_channel(keys.get("channel")),
        language=_word(Language, "language", keys.get("language")),
        stop=not _continues(keys.get("continue", False)),
        thread=_word(Thread, "thread", keys.get("thread")),
        aloud=_word(Aloud, "aloud", keys.get("aloud")),
    )


def _channel(value: object) -> str:
    if value is None:
        raise _Faulty("channel is missing (YAML takes an unquoted # for a comment: '#ops')")
    if not isinstance(value, str):
        raise _Faulty("channel must be a text")
    try:
        return setting_texts.channel(value)
    except ValueError as fault:
        raise _Faulty(f"channel {fault}") from None


def _word(words: type[Word], key: str, value: object) -> Word | None:
    """One of a closed set. YAML takes a bare `off` for false."""
    if value is None:
        return None
    known = [each.value for each in words]
    written = "off" if value is False else value
    if written not in known:
        raise _Faulty(f"{key} must be one of: {', '.join(known)}")
    return words(written)


def _continues(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Faulty("continue must be true or false")
    return value


def _match(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _Faulty("match must be a list of `field: pattern`")
    fields = cast("dict[object, object]", value)
    return {_field(str(name)): _patterns(str(name), one) for name, one in fields.items()}


def _field(name: str) -> str:
    """A known field, a label, or a dimension; a near miss of a known field is refused.

    `dimension.NAME` says that a dimension is meant, for names that look like a slip.
    """
    lower = name.lower()
    if lower in FIELDS or lower.startswith(("label.", "dimension.")):
        return lower
    if not lower.endswith("id") and (meant := _meant(lower, FIELDS)):  # `instanceId` is no slip
        raise _Faulty(f"unknown field {name!r}{meant} (a dimension: dimension.{name})")
    return lower


def _patterns(name: str, value: object) -> tuple[str, ...]:
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    if not several or not all(isinstance(one, _Plain) for one in several):
        raise _Faulty(f"{name!r} must be matched with a text or a list of texts")
    return tuple(str(one).lower() for one in several)


def _meant(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word.lower(), known, n=1, cutoff=_MISSPELT)
    return f"; did you mean {near[0]!r}?" if near else ""
