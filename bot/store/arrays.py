"""A column of values as PostgreSQL's binary array, the way its wire has them (`array_send`).

For rows that come by the thousand. Texts are UTF-8, so whoever sends them has said
`client_encoding`.
"""

import json
import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any  # a column's values, of whatever type

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.store.columns import UtcTime, with_zone

_HEAD = struct.Struct("!5i")  # dimensions, whether some are missing, type, how many, from which
_INT4 = _LENGTH = struct.Struct("!i")
_INT8 = struct.Struct("!q")
_FLOAT8 = struct.Struct("!d")
_MISSING = _LENGTH.pack(-1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _uuid(text: str) -> bytes:
    return bytes.fromhex(text.replace("-", ""))


def _time(at: datetime) -> bytes:
    return _INT8.pack((with_zone(at) - _EPOCH) // _MICROSECOND)


# What a column is declared as, PostgreSQL's number for that type (pg_type), and a value's bytes.
_FORMS: tuple[tuple[type, int, Callable[[Any], bytes]], ...] = (
    (sa.Uuid, 2950, _uuid),
    (UtcTime, 1184, _time),
    (sa.String, 25, str.encode),  # as text: cast to their own type, too long ones were cut
    (sa.LargeBinary, 17, bytes),
    (sa.BigInteger, 20, _INT8.pack),
    (sa.Integer, 23, _INT4.pack),
    (sa.Boolean, 16, lambda value: b"\1" if value else b"\0"),
    (sa.Double, 701, _FLOAT8.pack),
    (sa.JSON, 114, lambda value: json.dumps(value, ensure_ascii=False).encode()),
)


def type_of(column: sa.Column[Any]) -> str:
    """What to call the type of its array's items in SQL."""
    if isinstance(column.type, sa.String):
        return "TEXT"
    return column.type.compile(postgresql.dialect())


def array(column: sa.Column[Any], values: Sequence[Any]) -> bytes:
    """The values as one array. Raises LookupError for a type that has no form here."""
    number, encode = _form(column)
    parts = [_HEAD.pack(1, int(None in values), number, len(values), 1)]
    for value in values:
        if value is None:
            parts.append(_MISSING)
            continue
        encoded = encode(value)
        parts += (_LENGTH.pack(len(encoded)), encoded)
    return b"".join(parts)


def _form(column: sa.Column[Any]) -> tuple[int, Callable[[Any], bytes]]:
    for declared, number, encode in _FORMS:
        if isinstance(column.type, declared):
            return number, encode
    raise LookupError(f"{column} has a type of which no array is made")
