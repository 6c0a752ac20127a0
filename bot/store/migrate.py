"""Bringing a database to the schema this release needs, and telling how far it is.

Migrations run once, whoever starts first: on PostgreSQL an advisory lock makes the other
replicas wait. They are additive, so that the last release still works on the new schema.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exc, pool

from bot.errors import MigrationRefused, StorageUnavailable


def migrations_folder() -> Path:
    """Beside the package in a checkout, inside it when installed from a wheel."""
    inside = Path(__file__).parent.parent / "migrations"
    return inside if inside.is_dir() else inside.parent.parent / "migrations"


def blocking_url(url: str) -> sa.URL:
    """The same database for a driver without asyncio: Alembic works step by step."""
    parsed = sa.make_url(url)
    return parsed.set(drivername=parsed.drivername.replace("+aiosqlite", ""))


def config(url: str) -> Config:
    """Alembic's configuration for one database."""
    made = Config()
    made.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    made.attributes["url"] = blocking_url(url)
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up. Raises StorageUnavailable when the database does not answer, or refuses.

    A schema that this release does not know is left alone: a newer release was here, its
    steps are additive, and ours are all in.
    """
    if not _knows(current(url)):
        return
    try:
        command.upgrade(config(url), revision)
    except exc.OperationalError as error:
        raise StorageUnavailable(_first_line(error)) from error
    except exc.DBAPIError as error:
        remedy = "the database's user needs the right to create and change tables"
        raise MigrationRefused(f"{_first_line(error)}; {remedy}") from error


def _first_line(error: exc.DBAPIError) -> str:
    return str(error.orig).strip().split("\n")[0]


def _knows(revision: str | None) -> bool:
    script = ScriptDirectory(str(migrations_folder()))
    return revision is None or revision in {one.revision for one in script.walk_revisions()}


def head() -> str:
    """The revision this release needs."""
    revision = ScriptDirectory(str(migrations_folder())).get_current_head()
    if revision is None:
        raise LookupError("the release was built without its migrations")
    return revision


def current(url: str) -> str | None:
    """The revision a database is at; None when it is empty. Raises StorageUnavailable."""
    engine = sa.create_engine(blocking_url(url), poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except exc.OperationalError as error:
        raise StorageUnavailable(str(error.orig).strip().split("\n")[0]) from error
    finally:
        engine.dispose()
