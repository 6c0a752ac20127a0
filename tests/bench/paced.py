"""A steady pace: how long one callback waits for its 200 when nothing is at its limit."""

import asyncio
import statistics
import time

from tests.bench.entrants import Field
from tests.bench.load import Link, Payload
from tests.bench.table import Table

RATE = 500  # callbacks a second
SECONDS = 10
CLIENTS = 32
BEGIN = 2.0  # seconds after the start, before a warm-up that counts for nothing:
WARM = 1.0  # what is warm in production is warm here
COLUMNS = ("p50", "p99", "most", "n")


def compare(field: Field) -> None:
    """Print how long an answer takes at an even pace."""
    table = Table(f"paced, {RATE} a second for {SECONDS} s, ms until the answer", COLUMNS)
    for one in (field.floor, *field.engines(), *field.alertmanagers()):
        with one.running() as server:
            time.sleep(BEGIN)
            begun = time.perf_counter() + 0.1
            pace = at_pace(server.port, one.payload, begun=begun, rate=RATE, seconds=WARM + SECONDS)
            took = asyncio.run(pace)[int(RATE * WARM) :]
        table.row(one.name, *cells(took))
    table.end()


def cells(took: list[float]) -> tuple[str, ...]:
    """Seconds as milliseconds."""
    cuts = statistics.quantiles(took, n=100)
    shown = [f"{1000 * one:.1f}" for one in (cuts[49], cuts[98], max(took))]
    return (*shown, str(len(took)))


async def at_pace(
    port: int, payload: Payload, *, begun: float, rate: float, seconds: float
) -> list[float]:
    """Seconds from when each was due to its answer; what is not answered 200 waits for ever.

    `begun` is a reading of `time.perf_counter`, soon.
    """
    took: list[float] = []

    async def client(place: int) -> None:
        link = await Link.opened(port)
        for number in range(place, int(rate * seconds), CLIENTS):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            good = await link.post(payload, number)
            took.append(time.perf_counter() - due if good else float("inf"))
        link.close()

    await asyncio.gather(*(client(place) for place in range(CLIENTS)))
    return took
