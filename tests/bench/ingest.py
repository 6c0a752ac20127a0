"""Burst ingest: as many callbacks as each entrant answers with 200, in turns, round by round.

A ratio is made within one round, where the machine was the same for both; told is the median
over the rounds. What the bot has stored is counted against its answers.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.bench.entrants import FLOOR, NAIVE, Entrant, Field
from tests.bench.load import Generator, Payload, Result
from tests.bench.servers import PATIENCE, Server, posted
from tests.bench.table import Table

WARM = 1.0  # seconds before a run that count for nothing


class Run(NamedTuple):
    """One run of one entrant: cores it kept busy, MB at most, callbacks answered but missing."""

    result: Result
    cores: float
    peak: float
    missing: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often."""

    seconds: float
    rounds: int
    connections: tuple[int, ...]


Runs = dict[str, list[Run]]  # of each entrant, one a round


def compare(field: Field, plan: Plan) -> None:
    """Print a table for each number of connections."""
    generator = Generator(field.folder)
    for connections in plan.connections:
        runs = in_turns(field.all(), generator, plan, connections)
        tell(f"burst, {connections} connections", runs)


def in_turns(
    entrants: Sequence[Entrant], generator: Generator, plan: Plan, connections: int
) -> Runs:
    """Everybody once a round."""
    runs: Runs = {}
    for _ in range(plan.rounds):
        for one in entrants:
            run = _run(one, generator, connections, plan.seconds)
            runs.setdefault(one.name, []).append(run)
    return runs


def _run(one: Entrant, generator: Generator, connections: int, seconds: float) -> Run:
    with one.running() as server:
        warm = generator.hit(server.port, one.payload, connections=connections, seconds=WARM)
        _until_free(server, one.payload)
        before = server.cpu()
        result = generator.hit(server.port, one.payload, connections=connections, seconds=seconds)
        cores = (server.cpu() - before) / result.seconds
        peak = server.memory("VmHWM")
    stored = one.stored()
    missing = None if stored is None else max(0, warm.good + 1 + result.good - stored)
    return Run(result, cores, peak, missing)


def _until_free(server: Server, payload: Payload) -> None:
    """One more is answered: what the warm-up left behind in a slow server is over then."""
    with suppress(HTTPError):
        urlopen(posted(server.port, payload), timeout=PATIENCE).close()


def ratio(mine: list[Run], others: list[Run], of: Callable[[Result], float]) -> float:
    """Of a figure, within each round; the median."""
    return median(
        of(one.result) / of(other.result) for one, other in zip(mine, others, strict=True)
    )


def tell(title: str, runs: Runs) -> None:
    """Print a table, over the floor and the naive one."""
    columns = ("req/s", "x floor", "x naive", "p50 ms", "p99 ms", "cores", "peak MB", "bad", "lost")
    table = Table(title, columns)
    for name, mine in runs.items():
        table.row(
            name,
            f"{median(one.result.rate for one in mine):.0f}",
            f"{ratio(mine, runs[FLOOR], lambda result: result.rate):.2f}",
            f"{ratio(mine, runs[NAIVE], lambda result: result.rate):.1f}",
            f"{median(one.result.p50 for one in mine):.1f}",
            f"{median(one.result.p99 for one in mine):.1f}",
            f"{median(one.cores for one in mine):.2f}",
            f"{max(one.peak for one in mine):.0f}",
            str(sum(one.result.bad for one in mine)),
            "-" if mine[0].missing is None else str(sum(one.missing or 0 for one in mine)),
        )
    table.end()
