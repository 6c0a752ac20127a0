"""Starting: the schema is brought up, and a killed process's leases stop nobody."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import leases, revision, start
from bot.store.engine import Database
from tests.support.rows import claim, claim_card, incident_card
from tests.support.values import NOON, second


async def bring_up(database: Database, url: str, *, migrating: bool = True) -> None:
    await start.bring_up(database, url=url, migrating=migrating, now=second(2))


async def test_a_database_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    database = Database(url)
    await bring_up(database, url)
    await incident_card(database)
    assert await claim(database)
    await database.close()


async def test_a_database_is_left_as_it_is_when_migrating_is_switched_off(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:1/{tmp_path.name}"
    await bring_up(Database(url), url, migrating=False)


def test_a_database_that_lacks_nothing_is_opened_without_alembic(database_url: str) -> None:
    code = (
        "import asyncio, sys; from bot.clock import utc_now; from bot.store import start;"
        "from bot.store.engine import Database; url = sys.argv[1];"
        "asyncio.run(start.bring_up(Database(url), url=url, migrating=True, now=utc_now()));"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, database_url], check=False).returncode == 0


@pytest.mark.fault("F41")
async def test_after_a_kill_a_single_process_goes_on_at_once(sqlite_url: str) -> None:
    killed = Database(sqlite_url)
    made = await incident_card(killed)
    await claim_card(killed, "killed")
    async with killed.writing() as tx:
        await leases.hold(tx, leases.APPLY, "killed", now=NOON, until=second(10))
    await killed.close()
    database = Database(sqlite_url)
    await bring_up(database, sqlite_url)
    async with database.writing() as tx:
        assert await leases.hold(tx, leases.APPLY, "new", now=second(2), until=second(12))
    assert (await claim_card(database, "new", now=second(2))).card_id == made
    await database.close()


async def test_a_replica_that_starts_takes_nothing_from_the_others(postgres_url: str) -> None:
    database = Database(postgres_url)
    await incident_card(database)
    await claim_card(database, "other")
    await bring_up(database, postgres_url)
    assert revision.current(postgres_url) == revision.head()
    assert await claim(database, "new", now=second(2)) is None
    await database.close()
