"""Single values as CloudMonitor writes them, read without ever raising.

The words `null` (any case) and the empty string mean absent. Text that a database refuses
(NUL, lone surrogates) is mended here, in one place, so that every record can be stored.
"""

import json
import math
import re
from datetime import UTC, datetime, timedelta

from bot.rules.record import Json
from bot.rules.severity import Severity

NO_UNIT = "无"
SECONDS_BELOW = 1e11  # a smaller timestamp is in seconds, a larger one in milliseconds
LEVELS_KEPT = 32  # of an event's details; real ones have 3
LONGEST_TIME = 64  # letters of a moment; real ones have 29, and _LOST_PLUS takes n² of any
WHOLE_BELOW = 1e16  # a larger double is no longer exact to the last digit
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# `+0800` in a form whose sender did not encode it: the plus became a blank.
_LOST_PLUS = re.compile(r"(T\S+) (\d{2}:?\d{2})")

_LEVELS = {
    "CRITICAL": Severity.CRITICAL,
    "ERROR": Severity.CRITICAL,
    "EMERGENCY": Severity.CRITICAL,
    "2": Severity.CRITICAL,
    "P2": Severity.CRITICAL,
    "WARN": Severity.WARN,
    "WARNING": Severity.WARN,
    "3": Severity.WARN,
    "P3": Severity.WARN,
    "INFO": Severity.INFO,
    "4": Severity.INFO,
    "P4": Severity.INFO,
}


def storable(text: str) -> str:
    """Text that SQLite and PostgreSQL both take."""
    if text.isascii() and "\x00" not in text:  # nearly all; half the price of looking through it
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def storable_json(value: Json, *, levels: int = LEVELS_KEPT) -> Json:
    """The same for every text within a JSON value; what is no JSON number becomes text.

    So does what is nested more than `levels` deep: whoever prints a record may recurse.
    """
    match value:
        case str():
            return storable(value)
        case float() if not math.isfinite(value):
            return json.dumps(value)
        case list() | dict() if levels == 0:
            return verbatim(value)
        case list():
            return [storable_json(item, levels=levels - 1) for item in value]
        case dict():
            return {
                storable(key): storable_json(item, levels=levels - 1) for key, item in value.items()
            }
        case _:
            return value


def is_absent(value: Json) -> bool:
    """Whether a field says nothing."""
    return value is None or (isinstance(value, str) and value.strip().lower() in ("", "null"))


def text_of(value: Json) -> str | None:
    """A scalar as text, ends trimmed; None when absent."""
    if isinstance(value, str):  # before the others: twenty times in each callback
        text = value.strip()
        if not text or (len(text) == len("null") and text.lower() == "null"):
            return None
        return storable(text)
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number_text(value)
        case _:
            return None


def _number_text(value: float) -> str | None:
    """A number as an id or a name would be written: `7`, not `7.0`."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < WHOLE_BELOW else repr(value)


def verbatim(value: Json) -> str:
    """A value of a map as text: a text as it is, anything else as JSON writes it."""
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def number_of(value: Json) -> float | None:
    """A finite number, also out of text (`95 `, `1.2345678E8`); else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        return None  # Python would read `1_000` and other scripts' digits
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def unit_of(value: Json) -> str | None:
    """A unit; 无 says there is none."""
    text = text_of(value)
    return None if text == NO_UNIT else text


def level_of(value: Json) -> Severity | None:
    """A level in any of the sender's spellings; None for what is no level (OK, NODATA)."""
    text = text_of(value)
    return _LEVELS.get(text.upper()) if text else None


def time_of(value: Json) -> datetime | None:
    """A moment after 1970: milliseconds, seconds, or ISO text. UTC, whole milliseconds."""
    number = number_of(value)
    try:
        moment = _from_number(number) if number is not None else _from_text(text_of(value))
    except (ValueError, OverflowError):
        return None
    return moment if moment and moment > EPOCH else None


def _from_number(number: float) -> datetime:
    milliseconds = number * 1000 if abs(number) < SECONDS_BELOW else number
    return EPOCH + timedelta(milliseconds=round(milliseconds))


def _from_text(text: str | None) -> datetime | None:
    """`20260217T103516.475+0800` and its relatives; without an offset it is UTC."""
    if text is None or len(text) > LONGEST_TIME:
        return None
    moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
    aware = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.replace(microsecond=aware.microsecond // 1000 * 1000)
