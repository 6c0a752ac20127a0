"""Rows by the million into a database of the bot, past all that makes a single one safe."""

import sqlite3
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol  # values of columns

import psycopg

from bot.store.tables import metadata

FILLED = ("incidents", "cards", "callbacks", "deliveries")

Row = tuple[Any, ...]


class Sink(Protocol):
    """Where rows go."""

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows with all columns that the product's table has, in its order."""
        ...

    def do(self, statement: str) -> list[Row]:
        """Run one statement."""
        ...

    def indexes(self) -> list[tuple[str, str]]:
        """Name and statement of those that are no keys."""
        ...

    def size(self) -> int:
        """Bytes of everything, indexes too."""
        ...

    def settle(self) -> None:
        """What a database does by itself in the course of time."""
        ...

    def close(self) -> None:
        """Leave."""
        ...


def sink(url: str) -> Sink:
    """For the database of a setting."""
    return PostgresSink(url) if url.startswith("postgres") else SqliteSink(url)


@contextmanager
def without_indexes(there: Sink) -> Generator[None]:
    """They are made when all rows are there: a fifth of the time."""
    found = there.indexes()
    for name, _ in found:
        there.do(f"DROP INDEX {name}")
    yield
    for _, statement in found:
        there.do(statement)


def _names(table: str) -> str:
    return ", ".join(metadata.tables[table].c.keys())


class SqliteSink:
    """One connection that need not survive a power cut."""

    def __init__(self, url: str) -> None:
        self._file = Path(url.partition("///")[2])
        self._connection = sqlite3.connect(self._file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-400000"):
            self._connection.execute(f"PRAGMA {pragma}")

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """As `Sink.put`."""
        marks = ", ".join("?" for _ in metadata.tables[table].c)
        self._connection.execute("BEGIN")
        statement = f"INSERT INTO {table} ({_names(table)}) VALUES ({marks})"  # noqa: S608
        self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")

    def do(self, statement: str) -> list[Row]:
        """As `Sink.do`."""
        return self._connection.execute(statement).fetchall()

    def indexes(self) -> list[tuple[str, str]]:
        """As `Sink.indexes`."""
        where = f"type = 'index' AND sql IS NOT NULL AND tbl_name IN {FILLED}"
        return [(a, b) for a, b in self.do(f"SELECT name, sql FROM sqlite_master WHERE {where}")]  # noqa: S608

    def size(self) -> int:
        """As `Sink.size`."""
        return self._file.stat().st_size

    def settle(self) -> None:
        """As `Sink.settle`."""
        self.do("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """As `Sink.close`."""
        self._connection.close()


class PostgresSink:
    """Rows go in by COPY."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        for setting in (
            "synchronous_commit = off",
            "timezone = 'UTC'",
            "maintenance_work_mem = '512MB'",
            "session_replication_role = replica",  # keys fit: we made them
        ):
            self.do(f"SET {setting}")

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """As `Sink.put`."""
        statement = f"COPY {table} ({_names(table)}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def do(self, statement: str) -> list[Row]:
        """As `Sink.do`."""
        made = self._connection.execute(statement.encode())
        return made.fetchall() if made.description else []

    def indexes(self) -> list[tuple[str, str]]:
        """As `Sink.indexes`."""
        where = f"tablename IN {FILLED} AND indexdef LIKE 'CREATE INDEX%'"
        found = self.do(f"SELECT indexname, indexdef FROM pg_indexes WHERE {where}")  # noqa: S608
        return [(a, b) for a, b in found]

    def size(self) -> int:
        """As `Sink.size`."""
        return self.do("SELECT pg_database_size(current_database())")[0][0]

    def settle(self) -> None:
        """As `Sink.settle`."""
        self.do("VACUUM (ANALYZE)")
        self.do("CHECKPOINT")

    def close(self) -> None:
        """As `Sink.close`."""
        self._connection.close()
