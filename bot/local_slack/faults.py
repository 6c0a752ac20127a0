"""The fault plan: which method misbehaves, how, and how often.

A fault is written as a word, so that tests, the control API and the page say it alike:
`error(channel_not_found)`, `429(30)`, `500`, `500-after-post`, `drop-before`,
`drop-after-post`, `hang-after-post(5)`, `slow(2)`, `html200`, `badjson`, `503`, `empty200`,
`text200`. The last two answer 200 after the method has done its work: nothing at all, or the
right JSON under another type.
It must never depend on real chance: a random fault needs a seed and repeats exactly.
"""

import random
import re
from dataclasses import dataclass
from enum import StrEnum

SPELLING = re.compile(r"^([a-z0-9-]+)(?:\(([^()]*)\))?$")
EVERY_METHOD = "*"


class Kind(StrEnum):
    """How a method misbehaves."""

    ERROR = "error"
    TOO_MANY = "429"
    SERVER_ERROR = "500"
    SERVER_ERROR_AFTER = "500-after-post"
    DROP_BEFORE = "drop-before"
    DROP_AFTER = "drop-after-post"
    HANG_AFTER = "hang-after-post"
    SLOW = "slow"
    HTML = "html200"
    BAD_JSON = "badjson"
    UNAVAILABLE = "503"
    EMPTY = "empty200"
    TEXT = "text200"


NEEDS_WORD = {Kind.ERROR}
NEEDS_SECONDS = {Kind.TOO_MANY, Kind.HANG_AFTER, Kind.SLOW}
AFTER_THE_METHOD = {
    Kind.SERVER_ERROR_AFTER,
    Kind.DROP_AFTER,
    Kind.HANG_AFTER,
    Kind.EMPTY,
    Kind.TEXT,
}


class FaultSpellingError(ValueError):
    """A fault is error(word), 429(s), 500, 503, drop-before, slow(s), html200 or badjson, or,
    after the method has done its work, 500-after-post, drop-after-post, hang-after-post(s),
    empty200 or text200."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


@dataclass
class Fault:
    """One planned misbehaviour. `times` None = for ever; `chance` is of each matching call.

    `channels` are the names of one channel, as calls may spell it; empty = wherever.
    """

    method: str
    kind: Kind
    word: str = ""
    seconds: float = 0.0
    times: int | None = 1
    chance: float = 1.0
    channels: frozenset[str] = frozenset()

    def __str__(self) -> str:
        detail = self.word or (f"{self.seconds:g}" if self.kind in NEEDS_SECONDS else "")
        return f"{self.kind}({detail})" if detail else str(self.kind)


def read_fault(method: str, spelling: str, *, times: int | None, chance: float) -> Fault:
    """A fault from its spelling; raises `FaultSpellingError`."""
    match = SPELLING.match(spelling.strip())
    if match is None or match[1] not in set(Kind):
        raise FaultSpellingError
    kind, detail = Kind(match[1]), match[2] or ""
    fault = Fault(method, kind, times=times, chance=chance)
    if kind in NEEDS_WORD:
        fault.word = detail or "fatal_error"
    if kind in NEEDS_SECONDS:
        fault.seconds = _seconds(detail)
    return fault


def _seconds(detail: str) -> float:
    try:
        return float(detail or 1)
    except ValueError:
        raise FaultSpellingError from None


class FaultPlan:
    """The planned faults, asked once per call; the first that matches and is lucky is used."""

    def __init__(self, seed: int = 0) -> None:
        self.planned: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311 - repeatable faults, not secrets

    def add(self, fault: Fault) -> None:
        self.planned.append(fault)

    def seed(self, seed: int) -> None:
        self._dice.seed(seed)

    def clear(self, method: str | None = None) -> None:
        self.planned = [fault for fault in self.planned if method not in (None, fault.method)]

    def next_for(self, method: str, channel: str = "") -> Fault | None:
        for fault in self.planned:
            if fault.method not in (method, EVERY_METHOD):
                continue
            if fault.channels and channel not in fault.channels:
                continue
            if self._strikes(fault):
                return self._used(fault)
        return None

    def _strikes(self, fault: Fault) -> bool:
        return fault.chance >= 1 or self._dice.random() < fault.chance

    def _used(self, fault: Fault) -> Fault:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.planned.remove(fault)
        return fault
