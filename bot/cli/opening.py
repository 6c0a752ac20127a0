"""The database of the settings, opened for one command: there, and of this release."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from bot.config_load import load_partly
from bot.errors import StorageUnavailable, TocsinError
from bot.store import revision
from bot.store.engine import Database

Result = TypeVar("Result")


class NoDatabase(TocsinError):
    """There is no database to ask. Set DATABASE_URL as the bot has it."""


def opened_for(ask: Callable[[Database], Awaitable[Result]]) -> Result:
    """Open, ask, close. Raises NoDatabase and StorageUnavailable; makes nothing."""
    url = load_partly(os.environ).database_url
    _check(url)

    async def once() -> Result:
        database = Database(url)
        try:
            return await ask(database)
        finally:
            await database.close()

    return asyncio.run(once())


def _check(url: str) -> None:
    scheme, _, rest = url.partition(":///")
    file = Path(rest.partition("?")[0])
    if scheme.startswith("sqlite") and not file.is_file():
        raise NoDatabase(f"There is no database {file}; set DATABASE_URL as the bot has it.")
    try:
        current, needed = revision.current(url), revision.head()
    except StorageUnavailable as error:
        said = f"The database does not answer ({error}); start it, or mend DATABASE_URL."
        raise NoDatabase(said) from error
    if current is None or current < needed:
        raise NoDatabase(
            f"The database is at revision {current or 'none'}, this release needs {needed}; "
            "run: tocsin migrate"
        )
