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
LATEST = datetime(9999, 12, 31, tzinfo=UTC)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?"
)
_ISO_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")

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
    return _UNSTORABLE.sub("\ufffd", text)


def storable_json(value: Json) -> Json:
    """The same for every text within a JSON value; numbers no database holds become text."""
    match value:
        case str():
            return storable(value)
        case float() if not math.isfinite(value):
            return str(value)
        case list():
            return [storable_json(item) for item in value]
        case dict():
            return {storable(key): storable_json(item) for key, item in value.items()}
        case _:
            return value


def text_of(value: Json) -> str | None:
    """A scalar as text, ends trimmed; None when absent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if not isinstance(value, str):
        return None
    text = storable(value).strip()
    return None if text.lower() in ("", "null") else text


def number_text(value: float) -> str:
    """A number as it would be written: `7`, not `7.0`."""
    try:
        return str(int(value)) if float(value).is_integer() else repr(value)
    except (OverflowError, ValueError):
        return "0" if value == 0 else repr(value)[:40]


def verbatim(value: Json) -> str:
    """A value of a map as text: numbers become text, structures their JSON."""
    if isinstance(value, str):
        return storable(value)
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return storable(json.dumps(value, ensure_ascii=False))
    return text_of(value) or ""


def number_of(value: Json) -> float | None:
    """A finite number, also out of text (`95 `, `1.2345678E8`); else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
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
    """A moment: milliseconds or seconds since 1970, or text with an offset. UTC, whole ms."""
    number = number_of(value)
    if number is not None:
        return _from_number(number)
    text = text_of(value)
    return _from_text(text) if text else None


def _from_number(number: float) -> datetime | None:
    seconds = number if abs(number) < SECONDS_BELOW else number / 1000
    if seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=round(seconds * 1000))
    except OverflowError:
        return None


def _from_text(text: str) -> datetime | None:
    compact = _COMPACT.fullmatch(text)
    try:
        moment = _compact(compact) if compact else _iso(text)
        return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)
    except (ValueError, OverflowError):
        return None


def _compact(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    zone = datetime.strptime((offset or "Z").replace("Z", "+0000"), "%z").tzinfo
    return datetime(
        int(year), int(month), int(day), int(hour), int(minute), int(second), micro, zone
    )


def _iso(text: str) -> datetime:
    moment = datetime.fromisoformat(_ISO_OFFSET.sub(r"\1:\2", text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def straight(text: str) -> str:
    """Curly quotes, as copied from the manual, made straight."""
    return text.translate(_CURLY)


def json_in(value: Json) -> Json:
    """JSON inside a text, or the value itself; None when the text is no JSON."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text.startswith(("{", "[")):
        return None
    for candidate in (text, straight(text)):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    return None
