"""Migrations: from nothing to the tables the code believes in, and back, on both engines."""

import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import MigrationRefused, StorageUnavailable
from bot.store import migrate, revision
from bot.store import tables as tables_
from bot.store.tables import metadata
from tests.support.values import NOON


def engine(url: str) -> sa.Engine:
    return sa.create_engine(revision.blocking_url(url), poolclass=sa.pool.NullPool)


def differences(url: str) -> list[object]:
    """What Alembic would change to make the database equal the models."""
    with engine(url).connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), metadata)


def tables(url: str) -> set[str]:
    with engine(url).connect() as connection:
        return set(sa.inspect(connection).get_table_names())


def indexes(url: str) -> dict[str, str]:
    """Every partial index with its condition, which Alembic does not compare."""
    with engine(url).connect() as connection:
        if connection.dialect.name == "sqlite":
            ask = "SELECT name, sql FROM sqlite_master WHERE sql LIKE '%INDEX%WHERE%'"
        else:
            ask = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%WHERE%'"
        return dict(connection.execute(sa.text(ask)).all())


def triggers(url: str) -> set[str]:
    """What takes changed pieces of time out of the sums."""
    with engine(url).connect() as connection:
        if connection.dialect.name == "sqlite":
            ask = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        else:
            ask = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        return set(connection.execute(sa.text(ask)).scalars())


def emptied(url: str) -> str:
    """The same database as it was when it was made."""
    command.downgrade(migrate.config(url), "base")
    with engine(url).begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
    assert tables(url) == set()
    return url


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    assert tables(database_url) == set(metadata.tables) | {"alembic_version"}
    assert differences(database_url) == []


def test_down_to_nothing_and_up_again_gives_the_same_tables(database_url: str) -> None:
    before = indexes(database_url)
    command.downgrade(migrate.config(database_url), "base")
    assert tables(database_url) == {"alembic_version"}
    migrate.upgrade(database_url)
    assert differences(database_url) == []
    assert indexes(database_url) == before


def test_the_loops_find_their_partial_indexes(database_url: str) -> None:
    assert set(indexes(database_url)) == {
        "ix_callbacks_muted",
        "ix_callbacks_rare",
        "ix_cards_behind",
        "ix_cards_in_storm",
        "ix_cards_stands_in_for",
        "ix_cards_sweep_at",
        "ix_cards_ts",
        "ix_incidents_acknowledged",
        "ix_incidents_calm_at",
        "ix_incidents_held_back",
        "ix_incidents_muted",
        "ix_incidents_open",
        "ix_incidents_taken",
        "ix_mutes_look_again_at",
        "ix_notes_unsaid",
        "ix_storms_due_at",
        "ix_storms_groups_that_go_on",
        "ix_storms_look_again_at",
    }


def test_rows_that_change_find_their_triggers(database_url: str) -> None:
    """A step that makes one of these tables anew must make its triggers anew."""
    found = triggers(database_url)
    for table in ("callbacks", "incidents"):
        assert {f"summed_{table}_insert", f"summed_{table}_update"} <= found
    assert {"naming_insert", "naming_update"} <= found


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate.upgrade(database_url)
    assert differences(database_url) == []


def test_a_database_tells_how_far_it_is(database_url: str) -> None:
    assert revision.current(database_url) == revision.head()


def test_the_newest_migration_is_what_the_release_needs() -> None:
    script = ScriptDirectory(str(revision.migrations_folder()))
    assert revision.known() == sorted(one.revision for one in script.walk_revisions())
    assert revision.head() == script.get_current_head()


def test_an_empty_database_is_at_no_revision(database_url: str) -> None:
    assert revision.current(emptied(database_url)) is None


@pytest.mark.fault("F46")
def test_a_migration_that_fails_half_way_leaves_nothing_behind(database_url: str) -> None:
    """Killed half-way, the first start must not bar all later ones."""
    url = emptied(database_url)
    with engine(url).begin() as connection:
        connection.execute(sa.text("CREATE TABLE notes (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="notes"):
        migrate.upgrade(url)
    with engine(url).begin() as connection:
        connection.execute(sa.text("DROP TABLE notes"))
    migrate.upgrade(url)
    assert differences(url) == []


def migrating(url: str) -> subprocess.Popen[bytes]:
    """A process of its own that migrates, as a replica does when it starts."""
    code = "import sys; from bot.store import migrate; migrate.upgrade(sys.argv[1])"
    return subprocess.Popen([sys.executable, "-c", code, url])


@pytest.mark.fault("F46")
def test_two_replicas_that_start_at_once_migrate_once(postgres_url: str) -> None:
    url = emptied(postgres_url)
    started = [migrating(url) for _ in range(2)]
    assert [process.wait() for process in started] == [0, 0]
    assert differences(url) == []


@pytest.mark.parametrize("ask", [migrate.upgrade, revision.current])
@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite+aiosqlite:////dev/null/no.db"]
)
def test_a_database_that_is_away_is_told_as_unavailable(ask: object, url: str) -> None:
    with pytest.raises(StorageUnavailable):
        ask(url)


def test_a_user_without_rights_is_told_what_the_user_needs(postgres_url: str) -> None:
    made = engine(postgres_url)
    with made.begin() as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS guest"))
        connection.execute(sa.text("CREATE ROLE guest LOGIN"))
    with made.begin() as connection:  # a schema of the first release, to be upgraded
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
        connection.execute(sa.text("GRANT ALL ON alembic_version TO guest"))
    url = sa.make_url(postgres_url).set(username="guest").render_as_string(hide_password=False)
    with pytest.raises(MigrationRefused, match="right to create"):
        migrate.upgrade(url)


def test_going_back_to_a_release_without_groups_loses_no_alarm(database_url: str) -> None:
    """What fires in a group has a card of its own then; what is over has one when it fires."""
    with engine(database_url).begin() as connection:

        def insert(table: sa.Table, **values: object) -> None:
            connection.execute(sa.insert(table).values(values))

        def card(number: int, **values: object) -> None:
            times = dict.fromkeys(("behind_since", "due_at", "lease_until"), NOON)
            numbers = {"wanted": 3, "posted": 0, "refused": 0, "urgency": 10, "attempts": 0}
            place = {"id": f"{number:032x}", "channel_id": 1, "language": "en", "held": "group"}
            insert(tables_.cards, **times, **numbers, **place, **values)

        insert(tables_.channels, id=1, name="a", posts_open_at=NOON, lease_until=NOON)
        for number, ended in ((1, None), (2, NOON)):
            insert(tables_.storms, id=number, channel_id=1, opened_at=NOON, key="k", ended_at=ended)
            told = {"kind": "test", "opened_at": NOON, "last_at": NOON, "count": 1}
            insert(tables_.notices, id=number, callback_id=f"{number:032x}", **told)
            card(number, notice_id=number, in_storm=number)
        card(3, storm_id=1)
    command.downgrade(migrate.config(database_url), "0008")
    with engine(database_url).connect() as connection:
        ask = "SELECT held, in_storm, wanted - posted FROM cards ORDER BY notice_id"
        left = [tuple(row) for row in connection.execute(sa.text(ask))]
        assert left == [(None, None, 3), (None, None, 0)]
        assert connection.execute(sa.text("SELECT count(*) FROM storms")).scalar() == 0
