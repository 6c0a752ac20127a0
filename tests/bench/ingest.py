"""Burst ingest: as many callbacks as each entrant answers with 200, in turns, round by round.

A ratio is made within one round, where the machine was the same for both; told is the median
over the rounds. What the bot has stored is counted against its answers.
"""

from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from tests.bench.entrants import FLOOR, NAIVE, Entrant, Field
from tests.bench.load import Generator, Result
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


def compare(field: Field, plan: Plan) -> None:
    """Print a table for each number of connections."""
    generator = Generator(field.folder)
    for connections in plan.connections:
        runs: dict[str, list[Run]] = {}
        for _ in range(plan.rounds):
            for one in field.all():
                run = _run(one, generator, connections, plan.seconds)
                runs.setdefault(one.name, []).append(run)
        _print(runs, connections)


def _run(one: Entrant, generator: Generator, connections: int, seconds: float) -> Run:
    with one.running() as server:
        warm = generator.hit(server.port, one.payload, connections=connections, seconds=WARM)
        before = server.cpu()
        result = generator.hit(server.port, one.payload, connections=connections, seconds=seconds)
        cores = (server.cpu() - before) / result.seconds
        peak = server.memory("VmHWM")
    stored = one.stored()
    missing = None if stored is None else max(0, warm.good + result.good - stored)
    return Run(result, cores, peak, missing)


def _ratios(mine: list[Run], others: list[Run]) -> float:
    return median(
        one.result.rate / other.result.rate for one, other in zip(mine, others, strict=True)
    )


def _print(runs: dict[str, list[Run]], connections: int) -> None:
    columns = ("req/s", "x floor", "x naive", "p50 ms", "p99 ms", "cores", "peak MB", "bad", "lost")
    table = Table(f"burst, {connections} connections", columns)
    for name, mine in runs.items():
        table.row(
            name,
            f"{median(one.result.rate for one in mine):.0f}",
            f"{_ratios(mine, runs[FLOOR]):.2f}",
            f"{_ratios(mine, runs[NAIVE]):.1f}",
            f"{median(one.result.p50 for one in mine):.1f}",
            f"{median(one.result.p99 for one in mine):.1f}",
            f"{median(one.cores for one in mine):.2f}",
            f"{max(one.peak for one in mine):.0f}",
            str(sum(one.result.bad for one in mine)),
            "-" if mine[0].missing is None else str(sum(one.missing or 0 for one in mine)),
        )
    table.end()
