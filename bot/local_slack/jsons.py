"""Reading Slack's JSON without guessing: small functions that never raise on a wrong shape.

Slack's payloads are open-ended, so this package keeps them as plain dictionaries and asks
for their parts here. It must never validate: that is the block kit's business.
"""

import json
from typing import Any, TypeAlias, cast

Json: TypeAlias = dict[str, Any]  # Slack's objects are open-ended; the reader decides per key


def as_object(value: object) -> Json:
    """The value when it is a JSON object, else an empty one."""
    return cast(Json, value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value when it is a JSON array, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def as_objects(value: object) -> list[Json]:
    """The JSON objects of an array; whatever else stands in it is left out."""
    return [cast(Json, item) for item in as_list(value) if isinstance(item, dict)]


def decoded(value: object) -> object:
    """A form field that holds JSON as Slack reads it: parsed when it parses, else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def is_object(value: object) -> bool:
    return isinstance(value, dict)


def is_list(value: object) -> bool:
    return isinstance(value, list)
