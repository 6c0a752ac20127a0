"""`make storm`: many distinct alarms at an even pace into one channel, under Slack's real limits.

It tells whether all were answered 200 in the sender's five seconds, when the first CRITICAL card
and the true storm card stood in Slack, and how often Slack said "too fast". The bot is a process
of its own; Slack is the local one with its limits on.
"""

import argparse
import asyncio
import math
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from bot.demo_samples import CPU, DISK, FORM
from bot.local_slack import LocalSlack
from bot.local_slack import Settings as LocalSettings
from bot.local_slack.errors import NotPossibleError
from tests.bench.entrants import Field, Tocsin
from tests.bench.load import form
from tests.bench.servers import Server, aside, environment
from tests.support.town import CALLBACK_TOKEN

PATIENCE = 60.0  # seconds after the last callback
SENDER_GIVES_UP = 5.0
IN_STORM = re.compile(r"(\d+) received")
TOO_FAST = 429
CLICK_EVERY = 0.2  # seconds
BUTTONS = ("Acknowledge", "Unacknowledge", "Show all", "more")


def body(number: int) -> bytes:
    """One alarm of its own; one in a hundred is CRITICAL."""
    rule = CPU if number % 3 else DISK
    level = "WARN" if number % 100 else "CRITICAL"
    host = replace(rule, instance=f"i-storm{number:05d}", name=f"host-{number}/10.1.2.3")
    return host.says("ALERT", 90, datetime.now(UTC), now=level).body


class Storm:
    """The callbacks, and what is seen of them."""

    def __init__(self, slack: LocalSlack, server: Server, count: int, seconds: float) -> None:
        self._slack = slack
        self._server = server
        self._port = server.port
        self._count = count
        self._seconds = seconds
        self.latencies: list[float] = []
        self.clicks: list[float] = []
        self.refused = 0

    async def _send(self, number: int, begun: float) -> None:
        due = begun + number * self._seconds / self._count
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        text = body(number)
        head = (
            f"POST /callbacks/{CALLBACK_TOKEN} HTTP/1.1\r\nHost: storm\r\nConnection: close\r\n"
            f"Content-Type: {FORM}\r\nContent-Length: {len(text)}\r\n\r\n"
        )
        started = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(head.encode() + text)
        status = await reader.readline()
        await reader.read()
        writer.close()
        self.latencies.append(time.monotonic() - started)
        self.refused += b" 200 " not in status

    async def rage(self) -> None:
        """All of them, at an even pace; then look until the storm's card is true."""
        begun = time.monotonic()
        sending = asyncio.gather(*(self._send(n, begun) for n in range(self._count)))
        critical = asyncio.create_task(self._seen(lambda: self._critical_cards() > 0))
        clicking = asyncio.create_task(self._click())
        await sending
        over = time.monotonic()
        clicking.cancel()
        true_after = await self._seen(lambda: self._counted() >= self._count)
        self._tell(await critical - begun, true_after - over)

    async def _click(self) -> None:
        """Somebody works in the middle of it."""
        for button in cycle(BUTTONS):
            await asyncio.sleep(CLICK_EVERY)
            try:
                done = await self._slack.click(button, choice="Take over")
            except NotPossibleError:
                continue  # no such button is there now
            self.clicks.append(done.seconds if done.ok else math.inf)

    async def _seen(self, holds: Callable[[], bool]) -> float:
        try:
            await self._slack.until(holds, PATIENCE + self._seconds)
        except TimeoutError:
            return math.inf  # never seen
        return time.monotonic()

    def _texts(self) -> list[str]:
        return [str([m.blocks, m.attachments]) for m in self._slack.messages("alarms")]

    def _critical_cards(self) -> int:
        return sum("🔴" in text and "storm_show" not in text for text in self._texts())

    def _counted(self) -> int:
        """What the storm's card says it received, and the cards from before it."""
        storm = [text for text in self._texts() if "storm_show" in text]
        found = IN_STORM.search(storm[-1]) if storm else None
        before = sum("storm_show" not in text for text in self._texts()) if found else 0
        return int(found[1]) + min(before, 20) if found else 0

    def _tell(self, critical: float, true_after: float) -> None:
        slowest = max(self.latencies)
        late = sum(one > SENDER_GIVES_UP for one in self.latencies)
        too_fast = [one for one in self._slack.journal.entries if one.status == TOO_FAST]
        slow = max(self.clicks, default=math.nan)
        told = {
            "callbacks": f"{self._count} in {self._seconds:.0f} s",
            "not answered 200": f"{self.refused}",
            "slower than 5 s": f"{late} (slowest {slowest * 1000:.0f} ms)",
            "clicks meanwhile": f"{len(self.clicks)} (slowest acked in {slow * 1000:.0f} ms)",
            "first CRITICAL card": f"{critical:.1f} s after the first callback",
            "storm card true": f"{true_after:.1f} s after the last callback",
            "cards in the channel": f"{len(self._texts())}",
            "answers of 429": f"{len(too_fast)}",
            "memory at most": f"{self._server.memory('VmHWM'):.0f} MB",
        }
        for name, text in told.items():
            print(f"{name:24}{text}", flush=True)


async def rage(one: Tocsin, count: int, seconds: float) -> None:
    """One storm against a bot that has just started."""
    async with LocalSlack(LocalSettings(limits=True)) as slack:
        one.env = environment(slack.api_url, slack.settings)
        async with aside(one.started("readyz")) as server:
            slack.point_at(server.url)
            await asyncio.sleep(2)
            await Storm(slack, server, count, seconds).rage()


def compare(field: Field, *, count: int = 5_000, seconds: float = 10) -> None:
    """A storm on either engine."""
    for one in field.engines():
        one.renew()
        print(f"\na storm, {one.name}")
        asyncio.run(rage(one, count, seconds))


def main() -> None:
    """One storm by itself."""
    given = argparse.ArgumentParser(prog="make storm ARGS=...", description=__doc__)
    given.add_argument("--count", type=int, default=5_000)
    given.add_argument("--seconds", type=float, default=10)
    given.add_argument("--database", default="", help="its URL; a new SQLite file by itself")
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="tocsin-storm-") as folder:
        one = Tocsin("tocsin", form(), {}, Path(folder))
        one.renew()
        one.url = options.database or one.url
        asyncio.run(rage(one, options.count, options.seconds))


if __name__ == "__main__":
    main()
