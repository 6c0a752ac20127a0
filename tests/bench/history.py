"""A history that grows: what questions of the past cost, through the API, at one size and a larger.

For each engine and size a database is filled with a past, the whole bot is started on it, and
the questions are asked one after the other, each many times about different alarms. What is
flat has the same figures in both columns.
"""

import asyncio
import http.client
import itertools
import json
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from bot.clock import utc_now
from bot.store.engine import Database
from bot.work.sum_up import SumUp
from tests.bench import load
from tests.bench.entrants import Field, Tocsin
from tests.bench.load import Generator
from tests.bench.past import ALARMS, fill, with_driver
from tests.bench.servers import Server
from tests.bench.sinks import Sink, sink
from tests.bench.sustain import until_applied
from tests.bench.table import Table
from tests.support.town import API_TOKEN

SIZES = (100_000, 1_000_000)  # callbacks, unless others are named
TIMES = 60  # each question, of which the first few are not counted
WARM = 5
DEPTHS = (1, 50, 99)  # per cent of a list that has been read
INGEST_S = 8.0  # of each burst; the middle one of three counts
BURSTS = 3
CONNECTIONS = 32
ROOM = 1_500  # bytes of disk a callback may want while it is filled in

Asked = tuple[str, str, bytes | None]  # method, path, body
Figures = dict[str, tuple[float, float]]  # question -> p50, p99 in ms


@dataclass(frozen=True, slots=True)
class Measured:
    """One database: the figures of each question, bytes a callback, callbacks applied a second."""

    asked: Figures
    bytes_each: float
    applied: float


def compare(field: Field, sizes: tuple[int, ...]) -> None:
    """Print a table for each engine."""
    for engine in ("SQLite", "PostgreSQL"):
        told: dict[int, Measured] = {}
        for size in sizes:
            if shutil.disk_usage(field.folder).free < size * ROOM:
                print(f"no room on the disk for {size:,} callbacks: left out")
                continue
            told[size] = _measured(field, engine, size)
        if told:
            _print(engine, told)


def _print(engine: str, told: dict[int, Measured]) -> None:
    sizes = list(told)
    columns = tuple(f"{what} {_short(size)}" for what in ("p50", "p99") for size in sizes)
    table = Table(
        f"history, {engine}, ms through the API, one after the other", (*columns, "ratio")
    )
    small, large = told[sizes[0]], told[sizes[-1]]
    for question, (least, _) in small.asked.items():
        cells = [f"{told[size].asked[question][which]:.1f}" for which in (0, 1) for size in sizes]
        table.row(question, *cells, f"{large.asked[question][0] / least:.2f}")
    blank = ("",) * (len(columns) - len(sizes))
    shown = [f"{told[size].bytes_each:.0f}" for size in sizes]
    table.row("bytes a callback, all in all", *shown, *blank, "")
    shown = [f"{told[size].applied:.0f}" for size in sizes]
    table.row("taken and applied a second", *shown, *blank, f"{large.applied / small.applied:.2f}")
    table.end()


def _short(size: int) -> str:
    return f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1_000}k"


def _measured(field: Field, engine: str, size: int) -> Measured:
    one = field.tocsin(engine, load.form())
    one.renew()
    there, begun = sink(one.url), time.perf_counter()
    fill(one.url, there, size, until=datetime.now(UTC))
    filled = time.perf_counter()
    asyncio.run(_sum_up(one.url))
    took = f"filled in in {filled - begun:.0f} s, summed in {time.perf_counter() - filled:.0f} s"
    print(f"{engine}: {size:,} callbacks {took}", flush=True)
    there.settle()
    bytes_each = there.size() / size
    with one.started("readyz") as server:
        asked = {name: _times(server, ask) for name, ask in questions(there).items()}
        applied = _applied(field.folder, server, one)
    _forget(there, one)
    return Measured(asked, bytes_each, applied)


async def _sum_up(url: str) -> None:
    """As the bot does in its background."""
    database = Database(with_driver(url))
    await SumUp(database, owner="bench", clock=utc_now, pause=0).once()
    await database.close()


def _forget(there: Sink, one: Tocsin) -> None:
    """The next one needs the disk."""
    if one.server is None:
        there.close()
        for file in Path(one.url.partition("///")[2]).parent.glob(f"{Path(one.url).name}*"):
            file.unlink()
        return
    for (table,) in there.do("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        there.do(f"TRUNCATE {table} CASCADE")
    there.close()


def _times(server: Server, ask: Callable[[], Asked]) -> tuple[float, float]:
    """Half and nearly all of the answers were there within so many ms."""
    link = http.client.HTTPConnection("127.0.0.1", server.port)
    head = {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/json"}
    took: list[float] = []
    for _ in range(TIMES):
        method, path, body = ask()
        begun = time.perf_counter()
        link.request(method, f"/api/v1/{path}", body, head)
        answer = link.getresponse()
        told = answer.read()
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path}: {answer.status} {told[:300]!r}")
        if took[0] > SLOW_MS and len(took) >= WARM + 3:
            break  # nobody learns more from asking on
    link.close()
    counted = sorted(took[WARM:])
    return statistics.median(counted), counted[min(int(len(counted) * 0.99), len(counted) - 1)]


SLOW_MS = 1_000


def questions(there: Sink) -> dict[str, Callable[[], Asked]]:
    """What is asked, by name; each time about another alarm where it is about one."""
    dice = random.Random(3)  # noqa: S311 - dice, not secrets
    busy = there.do(
        "SELECT alarm_id, max(id) FROM incidents GROUP BY alarm_id ORDER BY count(*) DESC LIMIT 200"
    )
    last = there.do("SELECT max(id) FROM incidents")[0][0]
    incidents = itertools.cycle([number for _, number in busy])
    hot = itertools.cycle([alarm for alarm, _ in busy])
    made: dict[str, Callable[[], Asked]] = {
        "incidents, newest 20": lambda: _get("incidents?limit=20"),
        "callbacks, newest 20": lambda: _get("callbacks?limit=20"),
        "incidents of a busy alarm": lambda: _get(f"incidents?limit=20&alarm_id={next(hot)}"),
        "callbacks of a busy alarm": lambda: _get(f"callbacks?limit=20&alarm_id={next(hot)}"),
        "callbacks of any alarm": lambda: _get(
            f"callbacks?limit=20&alarm_id={dice.randint(1, ALARMS)}"
        ),
        "callbacks, unreadable ones": lambda: _get("callbacks?limit=20&outcome=unreadable"),
    }
    for depth in DEPTHS:
        made[f"incidents, 50 at {depth} %"] = _at_depth(last, depth, dice)
    for depth, ids in ((depth, _ids(there, last, depth)) for depth in DEPTHS):
        made[f"callbacks, 50 at {depth} %"] = _cursors(ids)
    for said in SEARCHES:
        made[f"search {said[:28]}"] = lambda said=said: _get(f"incidents?limit=20&q={quote(said)}")
    for span in ("24h", "7d", "90d"):
        made[f"history of an alarm, {span}"] = lambda span=span: _get(
            f"incidents/{next(incidents)}/history?span={span}"
        )
    for since in ("24h", "7d", "30d", "90d"):
        made[f"statistics, {since}"] = lambda since=since: _get(f"stats?since={since}")
    made["mute preview, one instance"] = lambda: _preview(
        [f"instanceId=i-bp1{dice.randint(1, 2000):017d}"]
    )
    made["mute preview, a rule"] = lambda: _preview(
        [f"rule=alarmRule_uuid_{dice.randint(0, 199):017d}"]
    )
    return made


SEARCHES = (
    "severity:critical state:open since:7d acked:no",
    "severity:critical instance:web-0001* since:7d -group:team-3 acked:no",
    'metric:CPU* region:cn-hangzhou duration:>20m "payment"',
)


def _get(path: str) -> Asked:
    return "GET", path, None


def _preview(matchers: list[str]) -> Asked:
    return "POST", "mutes/preview", json.dumps({"matchers": matchers}).encode()


def _at_depth(last: int, depth: int, dice: random.Random) -> Callable[[], Asked]:
    def ask() -> Asked:
        number = max(int(last * (100 - depth) / 100) - dice.randint(0, last // 200), 60)
        return _get(f"incidents?limit=50&cursor=newest~{number}")

    return ask


def _ids(there: Sink, last: int, depth: int) -> list[str]:
    """Some callbacks that lie so deep."""
    around = max(int(last * (100 - depth) / 100), 20)
    low, high = around - min(around, last // 200 + 1), around
    found = there.do(
        f"SELECT id FROM callbacks WHERE incident_id BETWEEN {low} AND {high} LIMIT 200"  # noqa: S608
    )
    return [str(row[0]) for row in found]


def _cursors(ids: list[str]) -> Callable[[], Asked]:
    endless: Iterator[str] = itertools.cycle(ids)
    return lambda: _get(f"callbacks?limit=50&cursor={next(endless)}")


def _applied(folder: Path, server: Server, one: Tocsin) -> float:
    """Callbacks a second, from the first request of a burst until all of it is applied."""
    rates: list[float] = []
    for _ in range(BURSTS):
        begun = time.perf_counter()
        result = Generator(folder).hit(
            server.port, one.payload, connections=CONNECTIONS, seconds=INGEST_S
        )
        until_applied(server)
        rates.append(result.good / (time.perf_counter() - begun))
    return statistics.median(rates)
