"""The request log: every request in both directions, with time, method, arguments and answer.

It must never keep a token or a secret in clear, because the page shows it.
"""

import copy
import re
from collections import deque
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Literal

from bot.local_slack.bus import Bus
from bot.local_slack.jsons import Json

KEPT = 5000  # enough for a storm test; older entries fall out
SECRETS = re.compile(r"(xox[a-z]|xapp)-[\w-]+")
NAMES_OF_SECRETS = frozenset({"token", "client_secret", "code", "refresh_token"})

Direction = Literal["in", "out"]


@dataclass
class Entry:
    """One request. `in` = the app called Slack, `out` = Slack called the app.

    `status` is 0 when there was no answer; `error` is Slack's word or what went wrong.
    """

    id: int
    at: float
    direction: Direction
    method: str
    args: Json = field(default_factory=dict[str, object])
    status: int = 0
    seconds: float = 0.0
    error: str | None = None
    via: str = "http"
    fault: str | None = None
    late: bool = False

    @property
    def bad(self) -> bool:
        # A socket ack has no status; then the error alone says it.
        return self.error is not None or self.late or self.status >= HTTPStatus.BAD_REQUEST

    def as_json(self) -> Json:
        return {**asdict(self), "bad": self.bad}


class Journal:
    """The log, newest last; each entry is told to the page once it is complete."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._last_id = 0
        self.entries: deque[Entry] = deque(maxlen=KEPT)

    def begin(self, at: float, direction: Direction, method: str, args: Json) -> Entry:
        self._last_id += 1
        entry = Entry(self._last_id, at, direction, method, without_secrets(args))
        self.entries.append(entry)
        return entry

    def end(self, entry: Entry) -> None:
        self._bus.tell("request", entry.as_json())

    def clear(self) -> None:
        self.entries.clear()


def without_secrets(args: Json) -> Json:
    """The arguments with tokens masked, as they were at this moment."""
    return {key: _masked(key, value) for key, value in copy.deepcopy(args).items()}


def _masked(key: str, value: object) -> object:
    if key in NAMES_OF_SECRETS and value:
        return "***"
    return SECRETS.sub(r"\1-***", value) if isinstance(value, str) else value
