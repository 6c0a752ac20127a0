"""Addresses of PostgreSQL, as hosting platforms give them, against a server that wants a password.

Each is used as the setting would be, by the pool and by the inbox's own connection.
"""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from bot import setting_addresses
from bot.errors import StorageUnavailable
from bot.ids import new_id
from bot.rules.record import RawRequest
from bot.store import inbox, migrate
from bot.store.engine import Database
from bot.store.inbox import Taken
from tests.support.callbacks import append
from tests.support.postgres import Cluster, cluster
from tests.support.process import free_port
from tests.support.tls import certificate, tls_front
from tests.support.values import NOON

ROLE = "o'brien@team"
PASSWORD = "p@ss:w/o#r?d%20[1],&=+ é"
WHO = f"{quote(ROLE, safe='')}:{quote(PASSWORD, safe='')}"
HBA = """
host  all "o'brien@team" 127.0.0.1/32 scram-sha-256
local all "o'brien@team"              scram-sha-256
"""


@pytest.fixture(scope="module")
def server() -> Generator[Cluster]:
    """A migrated server with a role that must say its password."""
    with cluster() as made:
        migrate.upgrade(setting_addresses.database_url(made.url))
        secret = PASSWORD.replace("'", "''")
        made.ask(f"""CREATE ROLE "{ROLE}" LOGIN SUPERUSER PASSWORD '{secret}'""")
        hba = made.folder / "pg_hba.conf"
        hba.write_text(HBA + hba.read_text())
        made.ask("SELECT pg_reload_conf()")
        yield made


@asynccontextmanager
async def opened(written: str) -> AsyncGenerator[Database]:
    """The store under an address as it was written."""
    database = Database(setting_addresses.database_url(written))
    yield database
    await database.close()


async def append_one(database: Database) -> str:
    one = Taken(new_id(), NOON, "cms", RawRequest("POST", "", (), b""))
    await append(database, [one])
    return one.id


async def stores(written: str) -> bool:
    """Whether what is appended there is read there."""
    async with opened(written) as database:
        made = await append_one(database)
        async with database.reading() as tx:
            return await inbox.find(tx, made) is not None


async def refusal(written: str) -> str:
    """Why neither kind of connection comes about there; as one would read it in the log."""
    async with opened(written) as database:
        with pytest.raises(StorageUnavailable) as appending:
            await append_one(database)
        with pytest.raises(StorageUnavailable) as reading:
            async with database.reading():
                pass
    assert str(appending.value) == str(reading.value)
    assert PASSWORD not in str(appending.value)
    return str(appending.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_every_name_of_the_scheme_works(server: Cluster, scheme: str) -> None:
    assert await stores(f"{scheme}://{WHO}@127.0.0.1:{server.port}/tocsin")


@pytest.mark.parametrize(
    "parameter",
    [
        "sslmode=disable",
        "sslmode=allow",
        "sslmode=prefer",
        "channel_binding=disable",
        "channel_binding=prefer",
        "sslmode=prefer&channel_binding=prefer&connect_timeout=3",
        "target_session_attrs=any",
        "target_session_attrs=read-write",
        "target_session_attrs=primary",
        "target_session_attrs=prefer-standby",
        "application_name=tocsin&fallback_application_name=x",
        "options=-c%20statement_timeout%3D9s",
        "gssencmode=disable&keepalives=1&keepalives_idle=20",
        "client_encoding=latin1",
    ],
)
async def test_every_parameter_works(server: Cluster, parameter: str) -> None:
    assert await stores(f"postgres://{WHO}@127.0.0.1:{server.port}/tocsin?{parameter}")


async def test_options_are_those_of_every_connection(server: Cluster) -> None:
    given = "application_name=alarms&options=-c%20statement_timeout%3D9s"
    named = sa.text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'alarms'")
    async with opened(f"postgres://{WHO}@127.0.0.1:{server.port}/tocsin?{given}") as database:
        await append_one(database)
        async with database.reading() as tx:
            assert await tx.connection.scalar(sa.text("SHOW statement_timeout")) == "9s"
            assert await tx.connection.scalar(named) == 2


async def test_a_wrong_password_is_told_without_it(server: Cluster) -> None:
    wrong = WHO.replace("p%40ss", "p%40zz")
    told = await refusal(f"postgres://{wrong}@127.0.0.1:{server.port}/tocsin")
    assert "password authentication failed" in told


@pytest.mark.parametrize(
    ("parameter", "why"),
    [
        ("sslmode=require", "does not support SSL"),
        ("sslmode=verify-ca&sslrootcert=/dev/null", "does not support SSL"),
        ("sslmode=verify-full&sslrootcert=system", "does not support SSL"),
        ("channel_binding=require", "channel binding"),
        ("target_session_attrs=standby", "not in hot standby mode"),
        ("target_session_attrs=read-only", "not read-only"),
    ],
)
async def test_what_a_server_cannot_give_is_not_done_without(
    server: Cluster, parameter: str, why: str
) -> None:
    assert why in await refusal(f"postgres://{WHO}@127.0.0.1:{server.port}/tocsin?{parameter}")


# Several hosts, and a socket.


async def test_the_first_of_several_hosts_that_answers_is_used(server: Cluster) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{server.port}"
    assert await stores(f"postgres://{WHO}@{hosts}/tocsin")


async def test_several_hosts_keep_their_parameters(server: Cluster) -> None:
    hosts = f"[::1]:{free_port()},127.0.0.1:{server.port}"
    given = "sslmode=prefer&target_session_attrs=read-write"
    assert await stores(f"postgresql://{WHO}@{hosts}/tocsin?{given}")


async def test_no_host_of_several_is_told_as_unavailable() -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    assert "refused" in await refusal(f"postgres://{WHO}@{hosts}/tocsin")


async def test_a_socket_in_a_parameter_works(server: Cluster) -> None:
    folder = quote(str(server.folder.parent), safe="")
    assert await stores(f"postgres://{WHO}@/tocsin?host={folder}&port={server.port}")


async def test_a_socket_in_place_of_the_host_works(server: Cluster) -> None:
    folder = quote(str(server.folder.parent), safe="")
    assert await stores(f"postgres://{WHO}@{folder}:{server.port}/tocsin")


# TLS.


@pytest.mark.parametrize("mode", ["prefer", "require", "verify-ca", "verify-full"])
async def test_tls_is_used_where_there_is_some(server: Cluster, tmp_path: Path, mode: str) -> None:
    own = certificate(tmp_path, "localhost")
    with tls_front(server.port, own) as front:
        given = f"sslmode={mode}&sslrootcert={quote(str(own))}"
        assert await stores(f"postgres://{WHO}@localhost:{front.port}/tocsin?{given}")
        assert front.greeted == 2


async def test_require_alone_takes_any_certificate(server: Cluster, tmp_path: Path) -> None:
    with tls_front(server.port, certificate(tmp_path, "db.example.com")) as front:
        assert await stores(f"postgres://{WHO}@localhost:{front.port}/tocsin?sslmode=require")


async def test_verify_full_refuses_another_host_name(server: Cluster, tmp_path: Path) -> None:
    own = certificate(tmp_path, "db.example.com")
    with tls_front(server.port, own) as front:
        given = f"sslmode=verify-full&sslrootcert={quote(str(own))}"
        told = await refusal(f"postgres://{WHO}@localhost:{front.port}/tocsin?{given}")
    assert "does not match host name" in told


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
async def test_verifying_refuses_a_certificate_of_somebody_else(
    server: Cluster, tmp_path: Path, mode: str
) -> None:
    known = certificate(tmp_path, "known.example.com")
    with tls_front(server.port, certificate(tmp_path, "localhost")) as front:
        given = f"sslmode={mode}&sslrootcert={quote(str(known))}"
        told = await refusal(f"postgres://{WHO}@localhost:{front.port}/tocsin?{given}")
    assert "certificate verify failed" in told
