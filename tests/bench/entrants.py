"""Who takes part: the yardsticks, and the bot on either engine with either kind of body."""

import dataclasses
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from tests.bench import load
from tests.bench.load import Payload
from tests.bench.servers import (
    Server,
    alertmanager,
    asked,
    bot,
    count_stored,
    local_slack,
    new_database,
    posted,
    postgres,
    running,
    yardstick,
)
from tests.support.process import free_port

FLOOR = "FastAPI, stores nothing"
NAIVE = "a commit a request"


class Entrant(Protocol):
    """One that takes callbacks; a fresh one each time it runs."""

    name: str
    payload: Payload

    def running(self) -> AbstractContextManager[Server]:
        """From its first 200 to its end."""
        ...

    def stored(self) -> int | None:
        """How many callbacks the last run left on disk; None if it keeps none."""
        ...


@dataclass(slots=True)
class Yardstick:
    """The floor, or one commit a request."""

    name: str
    which: str
    payload: Payload
    folder: Path
    env: dict[str, str] = dataclasses.field(default_factory=dict)

    @contextmanager
    def running(self) -> Generator[Server]:
        port = free_port()
        file = self.folder / f"{uuid4().hex}.db" if self.which == "naive" else None
        probe = posted(port, self.payload)
        command = yardstick(self.which, port, file)
        with running(command, env=self.env, port=port, probe=probe) as server:
            yield server

    def stored(self) -> int | None:
        return None


@dataclass(slots=True)
class Tocsin:
    """The bot as it runs in production, in a new database; `server` is PostgreSQL's, if any."""

    name: str
    payload: Payload
    env: dict[str, str]
    folder: Path
    server: str | None = None
    url: str = ""

    def renew(self) -> None:
        """A new, empty database for the next run."""
        file = self.folder / f"{uuid4().hex}.db"
        self.url = new_database(self.server) if self.server else f"sqlite:///{file}"

    @contextmanager
    def running(self) -> Generator[Server]:
        self.renew()
        with self.started("readyz") as server:
            yield server

    @contextmanager
    def started(self, path: str | None = None) -> Generator[Server]:
        """In the database it has, until `path` or else a callback is answered 200."""
        port = free_port()
        callback = posted(port, self.payload)
        probe = asked(port, path) if path else callback
        env = self.env | {"DATABASE_URL": self.url}
        with running(bot(), env=env, port=port, probe=probe) as server:
            yield server

    def stored(self) -> int | None:
        return count_stored(self.url)


@dataclass(slots=True)
class Alertmanager:
    """Alerts kept in memory, and told to nobody."""

    name: str
    payload: Payload
    folder: Path

    @contextmanager
    def running(self) -> Generator[Server]:
        port = free_port()
        command = alertmanager(self.folder, port)
        assert command, "not installed"
        with running(command, env={}, port=port, probe=asked(port, "-/ready")) as server:
            yield server

    def stored(self) -> int | None:
        return None


@dataclass(frozen=True, slots=True)
class Field:
    """All that a benchmark needs around the entrants."""

    folder: Path
    slack: dict[str, str]
    server: str

    @property
    def floor(self) -> Yardstick:
        return Yardstick(FLOOR, "floor", load.form(), self.folder)

    @property
    def naive(self) -> Yardstick:
        return Yardstick(NAIVE, "naive", load.form(), self.folder)

    def tocsin(self, engine: str, payload: Payload, *, says: str = "") -> Tocsin:
        """The bot on `SQLite` or `PostgreSQL`."""
        server = self.server if engine == "PostgreSQL" else None
        return Tocsin(f"tocsin, {engine}{says}", payload, self.slack, self.folder, server)

    def engines(self) -> list[Tocsin]:
        """The bot on both, with threshold callbacks."""
        return [self.tocsin(engine, load.form()) for engine in ("SQLite", "PostgreSQL")]

    def all(self) -> list[Entrant]:
        """Everybody, the floor first."""
        found: list[Entrant] = [
            self.floor,
            self.naive,
            *(
                self.tocsin(engine, payload, says=f", {kind}")
                for engine in ("SQLite", "PostgreSQL")
                for kind, payload in (("form", load.form()), ("JSON", load.json()))
            ),
        ]
        return found + self.alertmanagers()

    def alertmanagers(self) -> list[Entrant]:
        """None where it is not installed."""
        if alertmanager(self.folder, 0) is None:
            return []
        return [
            Alertmanager("Alertmanager, distinct", load.alerts(distinct=True), self.folder),
            Alertmanager("Alertmanager, repeated", load.alerts(distinct=False), self.folder),
        ]


@contextmanager
def field(folder: Path) -> Generator[Field]:
    """A local Slack with Slack's limits, and a PostgreSQL server."""
    with ExitStack() as open_ones:
        slack = open_ones.enter_context(local_slack("--limits"))
        server = open_ones.enter_context(postgres(folder / "postgres"))
        yield Field(folder, slack, server)
