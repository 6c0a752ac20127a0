"""What the routes file says of alarms among each other: which wait for which."""

from pathlib import Path
from typing import cast

from bot.routes_file import Faulty, Keys, field_of, patterns_of, section
from bot.rules.dependency import Dependency
from bot.rules.facts import Patterns


def read_dependencies(path: Path) -> tuple[Dependency, ...]:
    """The dependencies of a file, in its order. Raises SettingsRefused with every fault."""
    keys = ("parent", "child", "equal")
    return section(path, "dependencies", _dependency, kind="dependency", keys=keys)


def _dependency(name: str, keys: Keys) -> Dependency:
    return Dependency(
        name=name,
        parent=_side("parent", keys),
        child=_side("child", keys),
        equal=_fields("equal", keys.get("equal", [])),
    )


def _side(key: str, keys: Keys) -> Patterns:
    """Who matches everything would hold everything back: something must be asked for."""
    found = patterns_of(key, keys.get(key, {}))
    if not found:
        raise Faulty(f"{key} must name what it matches, such as {{alarm: host down*}}", key)
    if "kind" in found:
        raise Faulty(f"{key} cannot match kind: that is a message's, not an alarm's", key, "kind")
    return found


def _fields(key: str, value: object) -> tuple[str, ...]:
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one for one in several):
        raise Faulty(f"{key} must be a field or a list of fields, such as [instanceId]", key)
    return tuple(field_of(str(one), key) for one in several)
