"""Sustained ingest: ten seconds of burst, and then until the last callback is applied.

The rate is what was stored, parsed, judged and indexed, over the whole time that took.
"""

import json
import time
import urllib.error
import urllib.request
from statistics import median

from tests.bench.entrants import Field, Tocsin
from tests.bench.ingest import Plan
from tests.bench.load import Generator
from tests.bench.servers import Server, asked
from tests.bench.table import Table

SECONDS = 10.0
LOOK = 0.1
PATIENCE = 300.0


def compare(field: Field, plan: Plan) -> None:
    """Print a table."""
    columns = ("conns", "x floor", "stored/s", "applied/s", "behind s", "x floor all")
    table = Table("sustained, ten seconds and until all is applied", columns)
    generator = Generator(field.folder)
    for connections in plan.connections:
        with field.floor.running() as server:
            floor = generator.hit(
                server.port, field.floor.payload, connections=connections, seconds=plan.seconds
            )
        for one in field.engines():
            stored, applied, behind = _run(one, generator, connections)
            table.row(
                one.name,
                str(connections),
                f"{stored / floor.rate:.2f}",
                f"{stored:.0f}",
                f"{applied:.0f}",
                f"{behind:.1f}",
                f"{applied / floor.rate:.2f}",
            )
    table.end()


def _run(one: Tocsin, generator: Generator, connections: int) -> tuple[float, float, float]:
    with one.running() as server:
        result = generator.hit(server.port, one.payload, connections=connections, seconds=SECONDS)
        ended = time.perf_counter()
        until_applied(server)
        behind = time.perf_counter() - ended
    return result.rate, result.good / (result.seconds + behind), behind


def until_applied(server: Server) -> None:
    """Wait until nothing is in the inbox."""
    until = time.monotonic() + PATIENCE
    while waiting(server):
        if time.monotonic() > until:
            raise SystemExit("the inbox was not worked off in five minutes")
        time.sleep(LOOK)


def waiting(server: Server) -> int:
    """Callbacks in the inbox, by `/readyz`."""
    try:
        answer = urllib.request.urlopen(asked(server.port, "readyz"), timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        checks = json.load(answer)["checks"]
    return int(checks["inbox"]["detail"].split()[0])


def spread(numbers: list[float]) -> str:
    """The middle one, and how far they reach."""
    return f"{median(numbers):.1f} ({min(numbers):.1f} to {max(numbers):.1f})"
