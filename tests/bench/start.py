"""How long until there is something: the help, and the first callback that is answered 200."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.bench.entrants import Entrant, Field, Tocsin
from tests.bench.table import Table

TIMES = 7


def compare(field: Field) -> None:
    """Print a table: in turns, the medians."""
    engines = field.engines()
    starts: dict[str, Callable[[], float]] = {
        "FastAPI, stores nothing": lambda: _first(field.floor),
        **{f"{one.name}, a new database": _new(one) for one in engines},
        **{f"{one.name}, again": _again(one) for one in engines},
        "tocsin --help": _help,
    }
    took: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(TIMES):
        for name, start in starts.items():
            took[name].append(start())
    floor = median(took["FastAPI, stores nothing"])
    table = Table("start: seconds to the first 200", ("median", "worst", "x floor"))
    for name, seconds in took.items():
        middle = median(seconds)
        table.row(name, f"{middle:.2f}", f"{max(seconds):.2f}", f"{middle / floor:.1f}")
    table.end()


def _first(one: Entrant) -> float:
    with one.running() as server:
        return server.took


def _new(one: Tocsin) -> Callable[[], float]:
    def start() -> float:
        one.renew()
        return _again(one)()

    return start


def _again(one: Tocsin) -> Callable[[], float]:
    def start() -> float:
        with one.started() as server:
            return server.took

    return start


def _help() -> float:
    program = Path(sys.executable).with_name("tocsin")
    begun = time.perf_counter()
    subprocess.run([program, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun
