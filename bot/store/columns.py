"""Types of columns, the same on both engines, and the moment that stands for "never"."""

from datetime import UTC, datetime
from typing import Any  # what the toolkit has private types for

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

OPEN = ("firing", "no_data")
OPEN_STATES = sa.BindParameter[str](None, OPEN, expanding=True, literal_execute=True)
"""For `state IN`: written out, because SQLite passes a partial index by for values it is bound."""


def with_zone(at: datetime) -> datetime:
    """The same time. Raises ValueError if it has no zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone must not reach the store")
    return at


def _to_text(value: datetime | None) -> str | None:
    return value.isoformat(" ", "microseconds") if value else None


def _from_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


class _SqliteTime(sqlite.DATETIME):
    """The toolkit's text, `2026-11-23 12:00:00.000000`, at half of its price."""

    def bind_processor(self, dialect: Dialect) -> Any:
        """Writes it."""
        return _to_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Reads it."""
        return _from_text


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite knows no zones, so it is kept there without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """There are many of them in each row."""
        kind = _SqliteTime() if dialect.name == "sqlite" else self.impl_instance
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time: nobody could say what it means."""
        if value is None:
            return None
        utc = value if value.tzinfo is UTC else with_zone(value).astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


UuidText = sa.Uuid(as_uuid=False)  # text outside, 16 bytes where the engine has a type for it

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # a lease nobody holds, a gate never passed

Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # a rowid only if INTEGER
