"""The routes file as YAML: its sections, their entries with their lines, and what they share.

Every fault names the file, the line, the entry and, for a misspelt word, the nearest known
one. A file is refused as a whole: half a routing table would send alarms to the wrong team.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar, cast

import yaml

from bot.errors import SettingError, SettingsRefused
from bot.rules.facts import FIELDS, Patterns

VARIABLE = "TOCSIN_ROUTES"
SECTIONS = ("routes", "dependencies")
_MISSPELT = 0.75  # how like a known word another one must be to count as a slip of it

_Plain = str | int | float | bool
Keys = Mapping[str, object]
Made = TypeVar("Made")


class Faulty(Exception):
    """One entry cannot be read; the message says why.

    `at` are the keys that lead to what is wrong, such as `("group", "wait")`; none of them: it is
    the whole entry.
    """

    def __init__(self, message: str, *at: str) -> None:
        super().__init__(message)
        self.at = at


def section(
    path: Path, name: str, read: Callable[[str, Keys], Made], *, kind: str, keys: Sequence[str]
) -> tuple[Made, ...]:
    """The entries of one section, in their order; none where the file has no such section.

    An entry is a `kind`, may have a `name` and these `keys`. Raises SettingsRefused with
    every fault of the section.
    """
    made: list[Made] = []
    faults: list[SettingError] = []
    for place, (node, entry) in enumerate(_entries(path, name), start=1):
        try:
            made.append(_one(entry, f"{kind} {place}", read, keys))
        except Faulty as fault:
            faults.append(_error(path, _line(node, fault.at), str(fault)))
    if faults:
        raise SettingsRefused(tuple(faults))
    return tuple(made)


def _one(
    entry: object, nameless: str, read: Callable[[str, Keys], Made], keys: Sequence[str]
) -> Made:
    if not isinstance(entry, dict):
        raise Faulty(f"{nameless} must have the keys {' and '.join(keys[:2])}")
    given = {str(key): one for key, one in cast("dict[object, object]", entry).items()}
    name = given.get("name", nameless)
    if not isinstance(name, str):
        raise Faulty(f"the name of {nameless} must be a text", "name")
    known = ("name", *keys)
    for key in given:
        if key not in known:
            raise Faulty(f"{name!r}: unknown key {key!r}{meant(key, known)}", key)
    try:
        return read(name, given)
    except Faulty as fault:
        raise Faulty(f"{name!r}: {fault}", *fault.at) from None


def _error(path: Path, line: int, what: str) -> SettingError:
    return SettingError(VARIABLE, f"{path.name}, line {line}: {what}")


def _refused(path: Path, line: int, what: str) -> SettingsRefused:
    return SettingsRefused((_error(path, line, what),))


def _line(node: yaml.Node, at: Sequence[str]) -> int:
    """The line of the last of these keys; of the one before where it is not found."""
    line = node.start_mark.line + 1
    for name in at:
        pairs = _pairs(node)
        found = next((pair for pair in reversed(pairs) if pair[0].value == name), None)
        if found is None:  # a word that YAML reads otherwise than it is written, or merged in
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _pairs(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return cast("list[tuple[yaml.Node, yaml.Node]]", node.value)


def _entries(path: Path, section_name: str) -> list[tuple[yaml.Node, object]]:
    """Each entry of a section, with where it stands."""
    text = _text(path)
    try:
        document = cast("object", yaml.safe_load(text))
        tree = cast("yaml.Node | None", yaml.compose(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]  the stub leaves it open
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if isinstance(mark, yaml.Mark) else 1
        raise _refused(path, line, "is not YAML; check the indentation and quotes") from None
    sections = _sections(document)
    if sections is None or tree is None:
        raise _refused(path, 1, "must hold `routes:` and below it a list of routes")
    return list(zip(_nodes(tree, section_name), sections.get(section_name, []), strict=True))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsRefused(
            (SettingError(VARIABLE, "must be the path of a readable YAML file (UTF-8)"),)
        ) from None


def _sections(document: object) -> dict[str, list[object]] | None:
    """The lists of the file by name, of which at least one is there; None for anything else."""
    if not isinstance(document, dict) or not document:
        return None
    sections = cast("dict[object, object]", document)
    if not all(name in SECTIONS and isinstance(one, list) for name, one in sections.items()):
        return None
    return cast("dict[str, list[object]]", sections)


def _nodes(tree: yaml.Node, name: str) -> Iterator[yaml.Node]:
    for key, entries in _pairs(tree):
        if key.value == name:
            yield from cast("list[yaml.Node]", entries.value)


def patterns_of(key: str, value: object) -> Patterns:
    """`field: pattern`, or a list of patterns."""
    if not isinstance(value, dict):
        raise Faulty(f"{key} must be a list of `field: pattern`", key)
    fields = {str(name): one for name, one in cast("dict[object, object]", value).items()}
    return {field_of(name, key, name): _patterns(key, name, one) for name, one in fields.items()}


def field_of(name: str, *at: str) -> str:
    """A known field, a label, or a dimension; a near miss of a known field is refused.

    `dimension.NAME` says that a dimension is meant, for names that look like a slip. `at`: the
    keys that lead to it.
    """
    lower = name.lower()
    if lower in FIELDS or lower.startswith(("label.", "dimension.")):
        return lower
    if not lower.endswith("id") and (near := meant(lower, FIELDS)):  # `instanceId` is no slip
        raise Faulty(f"unknown field {name!r}{near} (a dimension: dimension.{name})", *at)
    return lower


def _patterns(key: str, name: str, value: object) -> tuple[str, ...]:
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    if not several or not all(isinstance(one, _Plain) for one in several):
        raise Faulty(f"{name!r} must be matched with a text or a list of texts", key, name)
    return tuple(str(one).lower() for one in several)


def meant(word: str, known: Sequence[str]) -> str:
    """The remedy for a slip of a known word; empty for anything else."""
    near = get_close_matches(word.lower(), known, n=1, cutoff=_MISSPELT)
    return f"; did you mean {near[0]!r}?" if near else ""
