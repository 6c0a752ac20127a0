"""The permissions file: YAML read once at the start, every fault named with its place."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import yaml

from bot.errors import SettingError, SettingsRefused
from bot.rules.permits import Action, Permissions, Permit

VARIABLE = "TOCSIN_PERMISSIONS"
WHO = ("users", "groups", "channels")
FIRST_LETTERS = {"users": "UW", "groups": "S", "channels": "CG"}


def read_permissions(path: Path) -> Permissions:
    """The rules of a file. Raises SettingsRefused with every fault in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, [f"cannot be read: {error}"]) from None
    try:
        loaded: object = yaml.safe_load(text)
        tree = cast("yaml.Node | None", yaml.compose(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]  the stub leaves it open
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        raise _refused(path, [f"is no YAML: {error}"]) from None
    # YAML takes the last of two; whoever wrote the first would believe that it holds.
    faults = list(_repeated(tree))
    found = _rules(loaded, faults)
    if faults:
        raise _refused(path, faults)
    return found


def _repeated(node: yaml.Node | None) -> Iterator[str]:
    """What a mapping says twice."""
    if not isinstance(node, yaml.MappingNode):
        return
    named: set[str] = set()
    for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
        name = str(key.value)
        if name in named:
            yield f"{name}: stands there twice, again in line {key.start_mark.line + 1}"
        named.add(name)
        yield from _repeated(value)


def _refused(path: Path, faults: Sequence[str]) -> SettingsRefused:
    return SettingsRefused(tuple(SettingError(VARIABLE, f"{path}: {one}") for one in faults))


def _rules(loaded: object, faults: list[str]) -> Permissions:
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        faults.append("must be a mapping of actions, such as `mute: {groups: [S0123ABCD]}`")
        return {}
    found: dict[Action, Permit] = {}
    known = ", ".join(Action)
    for name, rule in cast("Mapping[object, object]", loaded).items():
        try:
            action = Action(str(name))
        except ValueError:
            faults.append(f"{name}: is no action; there are: {known}")
            continue
        found[action] = _permit(str(name), rule, faults)
    return found


def _permit(name: str, rule: object, faults: list[str]) -> Permit:
    if not isinstance(rule, dict):
        faults.append(f"{name}: must be a mapping with some of: {', '.join(WHO)}")
        return Permit()
    given = cast("Mapping[object, object]", rule)
    strange = [key for key in given if key not in WHO]
    faults += [f"{name}.{key}: is unknown; use {', '.join(WHO)}" for key in strange]
    ids = {kind: _ids(f"{name}.{kind}", kind, given.get(kind), faults) for kind in WHO}
    return Permit(**ids)


def _ids(place: str, kind: str, value: object, faults: list[str]) -> frozenset[str]:
    if value is None:
        return frozenset()
    if not isinstance(value, list):
        faults.append(f"{place}: must be a list of ids")
        return frozenset()
    listed = [str(one) for one in cast("list[object]", value)]
    letters = FIRST_LETTERS[kind]
    faults += [
        f"{place}: {one!r} is no id; Slack's begin with {' or '.join(letters)} (not a name)"
        for one in listed
        if not (one[:1] in letters and one.isalnum() and one == one.upper())
    ]
    return frozenset(listed)
