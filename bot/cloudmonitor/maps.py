"""Maps as CloudMonitor writes them: Java map text, JSON objects, JSON lists of one object."""

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.cloudmonitor.json_texts import json_in
from bot.cloudmonitor.scalars import is_absent, storable, verbatim
from bot.rules.record import Json

REMEMBERED = 2_048  # texts: the dimensions of an alarm come with each of its callbacks
LONGEST = 1_024  # letters of one

# A comma parts two pairs only where `key=` follows: values hold commas, equals signs, options
# (`, -Dkey=1`) and addresses with queries too.
_NEXT_PAIR = re.compile(r""", (?=\w(?:(?!://)[^\s,={}?&"'()\[\]<>])*=)""")


def java_map(text: str) -> dict[str, str]:
    """`{userId=1, device=/dev/vda1}` in any order; values verbatim, possibly empty."""
    inner = text.strip()
    if inner.startswith("[{"):  # a list of one map
        inner = inner[1:].removesuffix("]")
    if inner.startswith("{"):
        inner = inner[1:].removesuffix("}")
    pairs = (part.partition("=") for part in _NEXT_PAIR.split(inner) if "=" in part)
    return {storable(key.strip()): storable(value) for key, _, value in pairs if key.strip()}


def map_of(value: Json) -> dict[str, str]:
    """A map in any of its forms as texts; empty when absent or no map."""
    if isinstance(value, str) and len(value) <= LONGEST:
        return dict(_remembered(value))
    return _map(value)


@lru_cache(REMEMBERED)
def _remembered(text: str) -> dict[str, str]:
    return _map(text)


def _map(value: Json) -> dict[str, str]:
    found = json_in(value)
    if isinstance(found, dict):
        return texts_of(found)
    if isinstance(found, list):
        maps = [texts_of(item) for item in found if isinstance(item, dict)]
        return {name: text for one in maps for name, text in one.items()}
    return java_map(value) if isinstance(value, str) and not is_absent(value) else {}


def object_of(value: Json) -> dict[str, Json]:
    """A JSON object, as it is or inside a text; empty otherwise."""
    found = json_in(value)
    return found if isinstance(found, dict) else {}


def texts_in(value: Json) -> dict[str, str]:
    """A JSON object as texts; empty for everything else."""
    if isinstance(value, str) and len(value) <= LONGEST:
        return dict(_object_remembered(value))
    return texts_of(object_of(value))


@lru_cache(REMEMBERED)
def _object_remembered(text: str) -> dict[str, str]:
    return texts_of(object_of(text))


def texts_of(found: Mapping[str, Json]) -> dict[str, str]:
    """A JSON object's values as texts; what is null is left out."""
    return {storable(key): verbatim(item) for key, item in found.items() if item is not None}
