"""CloudMonitor as a sender: five seconds for an answer, three tries, then silence for a day.

What it heard is kept as ok (2xx), fail (any other answer) or info (nobody knows): the checker
judges by it.
"""

import asyncio
import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import aiohttp

from bot.clock import utc_now
from bot.demo_samples import CPU, Sample

PATIENCE = 5.0  # seconds
TRIES = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What one callback says: of which rule, when, and how it is there."""

    rule: str
    at: datetime
    value: float
    over: bool

    @property
    def sample(self) -> Sample:
        """As it is sent."""
        rule = replace(CPU, rule=self.rule, name=self.rule)
        if self.over:
            return rule.says("OK", self.value, self.at, now="OK")
        return rule.says("ALERT", self.value, self.at)


@dataclass(frozen=True, slots=True)
class Try:
    """One request: `status` 0 when nobody knows what became of it."""

    said: Said
    status: int
    seconds: float
    callback_id: str | None = None


@dataclass(slots=True)
class Sender:
    """Calls a URL; `pause` is between the tries, `tries` how many there are."""

    url: str
    pause: float = 0.5
    tries: int = TRIES
    heard: list[Try] = field(default_factory=list[Try])
    given_up: list[Said] = field(default_factory=list[Said])

    @property
    def answered(self) -> list[Try]:
        """Those that were promised to be kept."""
        return [one for one in self.heard if one.callback_id]

    async def send(self, said: Said) -> bool:
        """One callback with all its tries; whether it was taken."""
        for number in range(self.tries):
            if number:
                await asyncio.sleep(self.pause)
            told = await self._once(said)
            self.heard.append(told)
            if told.callback_id:
                return True
        self.given_up.append(said)
        return False

    async def _once(self, said: Said) -> Try:
        sample, began = said.sample, time.monotonic()
        headers = {"Content-Type": sample.content_type}
        limit = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            # A connection for each request, as a sender on another continent makes them.
            async with (
                aiohttp.ClientSession(timeout=limit) as http,
                http.post(self.url, data=sample.body, headers=headers) as answer,
            ):
                told = await answer.json() if answer.status == 200 else {}
                status, callback_id = answer.status, told.get("callback_id")
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            status, callback_id = 0, None
        return Try(said, status, time.monotonic() - began, callback_id)

    async def send_all(self, all_said: Iterable[Said], *, every: float) -> None:
        """One after the other starts, `every` so many seconds; ends when all have ended."""
        async with asyncio.TaskGroup() as group:
            for one in all_said:
                group.create_task(self.send(one))
                await asyncio.sleep(every)


def stories(*, alarms: int, steps: int, name: str = "alarm") -> list[Said]:
    """Alarms that get worse step by step; every second one is over in the end."""
    began = utc_now() - timedelta(minutes=30)
    return [
        Said(f"{name}-{alarm:03}", began + timedelta(seconds=step), value, over)
        for step, alarm in itertools.product(range(steps), range(alarms))
        for over in (step == steps - 1 and step > 0 and alarm % 2 == 1,)
        for value in (41.5 if over else 70.0 + step,)
    ]


def last_of_each(all_said: Sequence[Said]) -> dict[str, Said]:
    """The newest of each rule, by what the callbacks say of their times."""
    return {one.rule: one for one in sorted(all_said, key=lambda one: one.at)}
