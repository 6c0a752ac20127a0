"""Maps as CloudMonitor writes them: Java map text, JSON objects, JSON lists of one object."""

import re

from bot.cloudmonitor.scalars import json_in, storable, verbatim
from bot.rules.record import Json

# A comma parts two pairs only where `key=` follows: values hold commas and equals signs too.
_NEXT_PAIR = re.compile(r", (?=[^\s,={}]+=)")


def java_map(text: str) -> dict[str, str]:
    """`{userId=1, device=/dev/vda1}` in any order; values verbatim, possibly empty."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    pairs = (part.partition("=") for part in _NEXT_PAIR.split(inner) if "=" in part)
    return {storable(key.strip()): storable(value) for key, _, value in pairs if key.strip()}


def map_of(value: Json) -> dict[str, str]:
    """A map in any of its forms as texts; empty when absent or no map."""
    found = json_in(value)
    if isinstance(found, list):
        found = next((item for item in found if isinstance(item, dict)), None)
    if isinstance(found, dict):
        return {storable(key): verbatim(item) for key, item in found.items()}
    if isinstance(value, str) and value.strip().lower() not in ("", "null"):
        return java_map(value)
    return {}


def object_of(value: Json) -> dict[str, Json]:
    """A JSON object, as it is or inside a text; empty otherwise."""
    found = json_in(value)
    return found if isinstance(found, dict) else {}
