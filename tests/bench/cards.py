"""From a callback to its card: how long until Slack, or Alertmanager's webhook, was told."""

import asyncio
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.demo_samples import CPU, FORM
from bot.local_slack import LocalSlack
from bot.local_slack.model import Channel
from tests.bench import load
from tests.bench.entrants import Field
from tests.bench.load import Payload
from tests.bench.paced import BEGIN, COLUMNS, at_pace, cells
from tests.bench.servers import (
    Server,
    alertmanager,
    aside,
    asked,
    environment,
    running,
)
from tests.bench.table import Table
from tests.support.process import free_port

RATE = 20  # alarms a second, each of its own
SECONDS = 15
CHANNELS = 50  # so that no channel has more than Slack's one post a second
WARM = CHANNELS  # alarms that count for nothing, one in each channel: none is new in production
SETTLE = 5.0  # seconds for the last cards
INSTANCE = re.compile(r"i-\d\d-\d{5}")
ROUTE = "  - match:\n      instanceId: i-{0:02d}-*\n    channel: bench-{0:02d}\n"

Arrivals = dict[str, float]  # instance -> when it was told, seconds since 1970


def compare(field: Field) -> None:
    """Print a table."""
    title = f"{RATE} new alarms a second in {CHANNELS} channels, ms from the callback to its card"
    table = Table(title, COLUMNS)
    for engine in ("SQLite", "PostgreSQL"):
        table.row(f"tocsin, {engine}", *cells(asyncio.run(_bot(field, engine))))
    if field.alertmanagers():
        table.row("Alertmanager, a webhook", *cells(asyncio.run(_alertmanager(field))))
    table.end()


def _instances() -> list[str]:
    return [f"i-{n % CHANNELS:02d}-{n:05d}" for n in range(WARM + RATE * SECONDS)]


async def _sent(server: Server, payload: Payload) -> float:
    """Send all at an even pace; when the first was due, seconds since 1970."""
    await asyncio.sleep(BEGIN)
    begun = time.perf_counter() + 0.1
    since_1970 = time.time() + 0.1
    seconds = WARM / RATE + SECONDS
    await at_pace(server.port, payload, begun=begun, rate=RATE, seconds=seconds)
    await asyncio.sleep(SETTLE)
    return since_1970


def _delays(begun: float, arrived: Arrivals) -> list[float]:
    """What has not arrived is late for ever."""
    never = float("inf")
    delays = [
        arrived.get(one, never) - (begun + number / RATE) for number, one in enumerate(_instances())
    ]
    return delays[WARM:]


async def _bot(field: Field, engine: str) -> list[float]:
    at = datetime.now(UTC)
    told = [replace(CPU, instance=one).says("ALERT", 91, at).body for one in _instances()]
    payload = Payload(load.PATH, FORM, tuple(one.decode() for one in told))
    async with LocalSlack() as slack:
        one = field.tocsin(engine, payload)
        one.env = environment(slack.api_url, slack.settings) | {
            "TOCSIN_ROUTES": str(_routes(field.folder)),
            "TOCSIN_STORM": "0",
        }
        names = [f"bench-{number:02d}" for number in range(CHANNELS)]
        for number, name in enumerate(names):
            channel = Channel(f"C0BENCH{number:03d}", name)
            channel.members = {slack.space.bot.id}
            slack.space.add_channel(channel)
        async with aside(one.running()) as server:
            begun = await _sent(server, payload)
        return _delays(begun, _arrivals(slack, names))


def _routes(folder: Path) -> Path:
    file = folder / "routes.yaml"
    file.write_text("routes:\n" + "".join(ROUTE.format(n) for n in range(CHANNELS)))
    return file


def _arrivals(slack: LocalSlack, channels: Iterable[str]) -> Arrivals:
    found: Arrivals = {}
    for name in channels:
        for message in slack.messages(name):
            match = INSTANCE.search(str([message.text, message.blocks, message.attachments]))
            if match:
                found.setdefault(match[0], float(message.ts))
    return found


async def _alertmanager(field: Field) -> list[float]:
    body = load.alerts(distinct=True).bodies[0]
    bodies = tuple(body.replace(f'"i-{load.HOLE}"', f'"{one}"') for one in _instances())
    payload = Payload(load.ALERTS, "application/json", bodies)
    arrived: Arrivals = {}

    async def hear(request: web.Request) -> web.Response:
        for alert in (await request.json())["alerts"]:
            arrived.setdefault(alert["labels"]["instance"], time.time())
        return web.Response()

    app = web.Application()
    app.router.add_post("/", hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = free_port()
    sink = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    command = alertmanager(field.folder, port, sink=sink) or []
    async with aside(running(command, env={}, port=port, probe=asked(port, "-/ready"))) as server:
        begun = await _sent(server, payload)
    await runner.cleanup()
    return _delays(begun, arrived)
