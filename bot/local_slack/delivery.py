"""Slack calls the app: signed over HTTP, or as an envelope when the app has a socket open.

Each delivery has three real seconds; what comes later is a failure that the page shows. It
must never repeat an interaction; only events are tried again, on Slack's schedule.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp

from bot.local_slack.clock import Clock
from bot.local_slack.hub import Hub
from bot.local_slack.journal import Entry, Journal
from bot.local_slack.jsons import Json, decoded
from bot.local_slack.signing import signed_headers

ACK_DEADLINE = 3.0
EVENT_RETRIES = (0.0, 60.0, 300.0)  # at once, after one minute, after five
PATH = "/slack/events"

INTERACTIVE, COMMAND, EVENT = "interactive", "slash_commands", "events_api"


@dataclass(frozen=True)
class Delivery:
    """What became of one delivery. `error` is None when the app acknowledged in time."""

    kind: str
    status: int = 0
    body: object = None
    seconds: float = 0.0
    via: str = "http"
    error: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def ok(self) -> bool:
        return self.error is None

    def as_json(self) -> Json:
        return {
            "ok": self.ok,
            "kind": self.kind,
            "status": self.status,
            "body": self.body,
            "seconds": round(self.seconds, 4),
            "via": self.via,
            "error": self.error,
        }


class Courier:
    """Carries payloads to the app. `retry_scale` shortens the minutes between retries."""

    def __init__(self, clock: Clock, hub: Hub, journal: Journal) -> None:
        self._clock, self._hub, self._journal = clock, hub, journal
        self._http: aiohttp.ClientSession | None = None
        self._retries: set[asyncio.Task[None]] = set()
        self.app_url: str | None = None
        self.signing_secret = ""
        self.deadline = ACK_DEADLINE
        self.retry_scale = 1.0

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(trust_env=False)

    async def stop(self) -> None:
        for task in list(self._retries):
            task.cancel()
        await asyncio.gather(*self._retries, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def deliver(self, kind: str, payload: Json) -> Delivery:
        """An interaction or a command, once."""
        return await self._attempt(kind, payload, retry=0, reason="")

    async def deliver_event(self, payload: Json) -> Delivery:
        """An event; when the first try fails, the retries go on in the background."""
        first = await self._attempt(EVENT, payload, retry=0, reason="")
        if _worth_retrying(first):
            task = asyncio.create_task(self._try_again(payload, first))
            self._retries.add(task)
            task.add_done_callback(self._retries.discard)
        return first

    async def settle(self) -> None:
        """Until no retry is left."""
        while self._retries:
            await asyncio.gather(*self._retries, return_exceptions=True)

    async def _try_again(self, payload: Json, last: Delivery) -> None:
        for number, delay in enumerate(EVENT_RETRIES, start=1):
            await asyncio.sleep(delay * self.retry_scale)
            reason = _reason(last)
            last = await self._attempt(EVENT, payload, retry=number, reason=reason)
            if not _worth_retrying(last):
                return

    async def _attempt(self, kind: str, payload: Json, *, retry: int, reason: str) -> Delivery:
        by_socket = self._hub.connected or self.app_url is None
        entry = self._journal.begin(self._clock.now(), "out", _title(kind, payload), payload)
        entry.via = "socket" if by_socket else "http"
        began = time.monotonic()
        if by_socket:
            found = await self._by_socket(kind, payload, retry=retry, reason=reason)
        else:
            found = await self._by_http(kind, payload, retry=retry, reason=reason)
        return self._noted(entry, found, time.monotonic() - began)

    def _noted(self, entry: Entry, found: Delivery, seconds: float) -> Delivery:
        entry.status, entry.seconds, entry.error = found.status, seconds, found.error
        entry.late = found.error == "operation_timeout"
        self._journal.end(entry)
        return Delivery(
            found.kind, found.status, found.body, seconds, entry.via, found.error, found.headers
        )

    async def _by_socket(self, kind: str, payload: Json, *, retry: int, reason: str) -> Delivery:
        envelope: Json = {
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != EVENT,
        }
        if kind == EVENT:
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        try:
            answer = await self._hub.deliver(envelope, self.deadline)
        except TimeoutError:
            word = "operation_timeout" if self._hub.connected else "app_not_connected"
            return Delivery(kind, error=word)
        return Delivery(kind, HTTPStatus.OK, answer)

    async def _by_http(self, kind: str, payload: Json, *, retry: int, reason: str) -> Delivery:
        # For the type checker, and for a test that forgot to start it.
        assert self._http is not None, "the courier was not started"  # noqa: S101
        body, headers = self._letter(kind, payload)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        timeout = aiohttp.ClientTimeout(total=self.deadline)
        url = f"{(self.app_url or '').rstrip('/')}{PATH}"
        try:
            async with self._http.post(url, data=body, headers=headers, timeout=timeout) as got:
                return _answer(kind, got.status, await got.text(), got.headers)
        except TimeoutError:
            return Delivery(kind, error="operation_timeout")
        except aiohttp.ClientError as error:
            return Delivery(kind, error=f"connection_failed: {error}")

    def _letter(self, kind: str, payload: Json) -> tuple[bytes, dict[str, str]]:
        if kind == EVENT:
            body, content_type = json.dumps(payload).encode(), "application/json"
        else:
            fields = payload if kind == COMMAND else {"payload": json.dumps(payload)}
            body = urlencode(fields).encode()
            content_type = "application/x-www-form-urlencoded"
        headers = signed_headers(self.signing_secret, self._clock.now(), body)
        return body, {**headers, "Content-Type": content_type}


def _answer(kind: str, status: int, text: str, headers: Mapping[str, str]) -> Delivery:
    body = decoded(text) if text else None
    good = status == HTTPStatus.OK or (
        kind == EVENT and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    )
    error = None if good else f"http_{status}"
    return Delivery(kind, status, body, error=error, headers=dict(headers))


def _worth_retrying(last: Delivery) -> bool:
    lowered = {name.lower(): value for name, value in last.headers.items()}
    return not last.ok and lowered.get("x-slack-no-retry") != "1"


def _reason(last: Delivery) -> str:
    if last.error == "operation_timeout":
        return "http_timeout"
    return "http_error" if last.status else "connection_failed"


def _title(kind: str, payload: Json) -> str:
    """The name of a delivery in the log: the command, the event's type, the payload's type."""
    if kind == COMMAND:
        return str(payload.get("command"))
    event: Json = payload.get("event") or {}
    return str(event.get("type") or payload.get("type") or kind)
