"""PostgreSQL databases that tests use one after the other.

To create one costs some twenty times what it costs to empty one. A test that leaves anything behind
but rows, or that cannot be cleaned up after, has used its database up: the next is made anew.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from bot.store.tables import metadata

# Everything that a test may have left behind besides rows.
SHAPE = b"""
SELECT md5(concat(
    (SELECT string_agg(concat(c.oid, c.relname, c.relkind, c.relpersistence, a.attname, a.attnum,
                              a.atttypid, a.attnotnull), ',' ORDER BY c.oid, a.attnum)
       FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace),
    (SELECT string_agg(concat(oid, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
    (SELECT string_agg(concat(oid, conname), ',' ORDER BY oid) FROM pg_constraint),
    (SELECT string_agg(concat(oid, prosrc), ',' ORDER BY oid) FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace),
    (SELECT string_agg(version_num, ',') FROM alembic_version),
    (SELECT datallowconn FROM pg_database WHERE datname = current_database()),
    (SELECT count(*) FROM pg_db_role_setting)
))
"""
CUT = (
    b"SELECT count(pg_terminate_backend(pid, 30000)) FROM pg_stat_activity"
    b" WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
# Neither triggers nor foreign keys have a say in it; numbers begin at 1 again.
ROWS = "; ".join(f"DELETE FROM {table.name}" for table in metadata.sorted_tables)  # noqa: S608
UNHEARD = "SET LOCAL session_replication_role = replica"
NUMBERS = (
    "SELECT setval(oid::regclass, 1, false) FROM pg_class"
    " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
)
EMPTY = f"{UNHEARD}; {ROWS}; {NUMBERS}".encode()


@dataclass(slots=True)
class Pool:
    """The databases of one server, copied from a template."""

    server: str
    template: str
    _shapes: dict[str, str] = field(default_factory=dict[str, str])
    _free: list[str] = field(default_factory=list[str])

    def take(self) -> str:
        """The URL of a migrated database without a row."""
        if self._free:
            return self._free.pop()
        name = f"tocsin_{uuid4().hex[:12]}"
        admin(self.server, f"CREATE DATABASE {name} TEMPLATE {self.template}")
        url = named(self.server, name)
        with connected(url) as connection:
            self._shapes[url] = shape(connection)
        return url

    def give_back(self, url: str) -> None:
        """Empty it for the next test, or drop it if that is not enough."""
        with suppress(psycopg.Error):
            if self._emptied(url):
                self._free.append(url)
                return
        admin(self.server, f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def _emptied(self, url: str) -> bool:
        with connected(url) as connection:
            connection.execute(CUT)
            if shape(connection) != self._shapes[url]:
                return False
            connection.execute(EMPTY)
            return True


def connected(url: str) -> psycopg.Connection:
    """A plain connection, one transaction long."""
    return psycopg.connect(url.replace("+psycopg", ""), connect_timeout=60)


def shape(connection: psycopg.Connection) -> str:
    """What a test must leave as it was."""
    (found,) = connection.execute(SHAPE).fetchone() or ("",)
    return str(found)


def admin(server: str, statement: str) -> None:
    """One statement outside any transaction."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def named(server: str, database: str) -> str:
    """The URL of another database of a server."""
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)
