"""The real program in a process of its own, that a test may kill."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.local_slack import LocalSlack
from tests.support.town import API_TOKEN, CALLBACK_TOKEN, environment, eventually

ROOT = Path(__file__).parent.parent.parent
PORTS = range(12_000, 30_000)
STARTS_WITHIN = 90.0  # seconds, on a busy machine
STOPS_WITHIN = 60.0


def free_port() -> int:
    """A port that nobody listens on now; a restarted bot must come back to the same one.

    Below those that a system gives to whoever asks for any: of those, the next connection
    may get the one that was free a moment ago.
    """
    for port in random.sample(PORTS, len(PORTS)):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no free port")


@dataclass(slots=True)
class BotProcess:
    """`python -m bot serve`; everything that it says is in `log`."""

    environ: dict[str, str]
    url: str
    log: Path
    http: aiohttp.ClientSession
    _process: asyncio.subprocess.Process | None = None

    @property
    def callback_url(self) -> str:
        """Where CloudMonitor calls."""
        return f"{self.url}/callbacks/{CALLBACK_TOKEN}"

    @property
    def alive(self) -> bool:
        """Whether it runs, as far as we know."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        """Its log, of all its lives."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", cwd=ROOT, env=self.environ, stderr=log
            )
        await eventually(self._listens, patience=STARTS_WITHIN)

    async def kill(self) -> None:
        """`kill -9`: no last word."""
        await self._end(signal.SIGKILL)

    def strike(self) -> None:
        """`kill -9` at this very moment; `kill` or `start` later takes note of the death."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP: it is there and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def died(self) -> None:
        """Wait for a death that was dealt by somebody else."""
        assert self._process is not None
        async with asyncio.timeout(STOPS_WITHIN):
            await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        return await self._end(signal.SIGINT)

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        async with asyncio.timeout(STOPS_WITHIN):
            return await process.wait()

    async def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, self.log.read_text(encoding="utf-8")
        try:
            async with self.http.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def has_read(self) -> None:
        """Its loop answers, so it has read what came before."""
        for _ in range(3):
            async with self.http.get(f"{self.url}/healthz") as answer:
                assert answer.status == 200

    async def ask(self, path: str) -> Any:
        """GET from the JSON API."""
        headers = {"Authorization": f"Bearer {API_TOKEN}"}
        async with self.http.get(f"{self.url}/api/v1/{path}", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@asynccontextmanager
async def bot_process(
    slack: LocalSlack,
    database_url: str,
    folder: Path,
    *,
    name: str = "bot",
    extra: dict[str, str] | None = None,
) -> AsyncGenerator[BotProcess]:
    """A bot that is not started yet; killed at the end if need be. Its log is NAME.log."""
    port = free_port()
    plain = database_url.replace("+aiosqlite", "").replace("+psycopg", "")
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environ |= environment(slack, plain, socket_mode=False)
    environ |= {"PORT": str(port), "HOST": "127.0.0.1", "TOCSIN_LOG": "json"}
    environ |= extra or {}
    url = f"http://127.0.0.1:{port}"
    slack.point_at(url)
    async with aiohttp.ClientSession() as http:
        made = BotProcess(environ, url, folder / f"{name}.log", http)
        try:
            yield made
        finally:
            await made.kill()
