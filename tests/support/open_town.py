"""A town in a thread of its own, for tests that try thousands of requests one after the other."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.support.town import API_TOKEN, Town, town

Found = TypeVar("Found")

STOPS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class OpenTown:
    """The address of a running bot, and what plain blocking requests to it give."""

    town: Town
    loop: asyncio.AbstractEventLoop

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request, as it is given."""
        connection = http.client.HTTPConnection(
            self.town.url.removeprefix("http://"), timeout=STOPS_WITHIN
        )
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def shout(self, bytes_: bytes) -> bytes:
        """What a connection answers to any bytes."""
        host, _, port = self.town.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=STOPS_WITHIN) as connection:
            connection.sendall(bytes_)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(65_536)

    def ask_api(self, path: str) -> Answer:
        """GET from the JSON API."""
        headers = {"Authorization": f"Bearer {API_TOKEN}"}
        return self.ask("GET", f"/api/v1/{path}", headers=headers)

    def run(self, doing: Coroutine[Any, Any, Found]) -> Found:
        """Let something happen on the town's own loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(STOPS_WITHIN)


@contextmanager
def open_town(database_url: str) -> Generator[OpenTown]:
    """A bot beside a local Slack, on a loop of its own."""
    made: list[Town] = []
    up, done = threading.Event(), asyncio.Event()

    async def live() -> None:
        async with town(database_url) as one:
            made.append(one)
            up.set()
            await done.wait()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(live(),), daemon=True)
    thread.start()
    try:
        assert up.wait(STOPS_WITHIN), "the town did not open"
        yield OpenTown(made[0], loop)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(STOPS_WITHIN)
        loop.close()
