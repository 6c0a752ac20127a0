"""Bringing a database to the schema this release needs.

Migrations run once, whoever starts first: on PostgreSQL an advisory lock makes the other
replicas wait. They are additive, so that the last release still works on the new schema.
"""

from alembic import command
from alembic.config import Config
from sqlalchemy import exc

from bot.errors import MigrationRefused, StorageUnavailable
from bot.store.revision import blocking_url, first_line, is_behind, migrations_folder


def config(url: str) -> Config:
    """Alembic's configuration for one database."""
    made = Config()
    made.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    made.attributes["url"] = blocking_url(url)
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up. Raises StorageUnavailable when the database does not answer, or refuses."""
    if not is_behind(url):
        return
    try:
        command.upgrade(config(url), revision)
    except exc.OperationalError as error:
        raise StorageUnavailable(first_line(error)) from error
    except exc.DBAPIError as error:
        remedy = "the database's user needs the right to create and change tables"
        raise MigrationRefused(f"{first_line(error)}; {remedy}") from error
