"""How far a database is, and how far this release needs it: asked at every start.

Apart from `migrate`, because nearly every start finds that nothing is to be done: Alembic, with
its templates, is then 12 MB of memory and a fifth of the start for nothing.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc, pool

from bot.errors import MigrationRefused, StorageUnavailable

_TABLE = sa.table("alembic_version", sa.column("version_num", sa.Text))


def migrations_folder() -> Path:
    """Beside the package in a checkout, inside it when installed from a wheel."""
    inside = Path(__file__).parent.parent / "migrations"
    return inside if inside.is_dir() else inside.parent.parent / "migrations"


def blocking_url(url: str) -> sa.URL:
    """The same database for a driver without asyncio: migrations go step by step."""
    parsed = sa.make_url(url)
    return parsed.set(drivername=parsed.drivername.replace("+aiosqlite", ""))


def known() -> list[str]:
    """The revisions of this release, oldest first: one file each, named after it."""
    files = (migrations_folder() / "versions").glob("[0-9]*_*.py")
    return sorted(file.name.partition("_")[0] for file in files)


def head() -> str:
    """The revision this release needs."""
    if revisions := known():
        return revisions[-1]
    raise LookupError("the release was built without its migrations")


def current(url: str) -> str | None:
    """The revision a database is at; None when it is empty.

    Raises StorageUnavailable, or MigrationRefused where it answers and tells nothing.
    """
    engine = sa.create_engine(blocking_url(url), poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table(_TABLE.name):
                return None
            return connection.scalar(sa.select(_TABLE.c.version_num))
    except exc.OperationalError as error:
        raise StorageUnavailable(first_line(error)) from error
    except exc.DatabaseError as error:  # a file that is something else, a user who may not read
        remedy = "mend DATABASE_URL, or let its user read"
        raise MigrationRefused(f"{first_line(error)}; {remedy}") from error
    finally:
        engine.dispose()


def is_behind(url: str) -> bool:
    """Whether the database lacks steps of this release. Raises StorageUnavailable.

    A schema that this release does not know is no reason to touch it: a newer release was
    here, its steps are additive, and ours are all in.
    """
    at = current(url)
    return at is None or at in known()[:-1]


def first_line(error: exc.DBAPIError) -> str:
    """The driver's first words, without the statement."""
    return str(error.orig).strip().split("\n")[0]
