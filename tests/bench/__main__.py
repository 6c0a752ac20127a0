"""`make bench ARGS="ingest start --rounds 5"`: all parts, or those that are named."""

import argparse
import platform
import tempfile
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

from tests.bench import alerta, cards, disk, history, ingest, memory, paced, start, storm, sustain
from tests.bench.entrants import Field, field
from tests.bench.ingest import Plan
from tests.bench.load import has_wrk
from tests.bench.servers import ALERTMANAGER, alertmanager

PARTS = (
    "ingest",
    "sustained",
    "paced",
    "cards",
    "storm",
    "start",
    "memory",
    "history",
    "disk",
    "alerta",
)


def main() -> None:
    """Run parts, each printing a table as it goes."""
    given = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    given.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    given.add_argument("--seconds", type=float, default=5, help="of one run of a burst")
    given.add_argument("--rounds", type=int, help="of a burst, in turns; 3, of disk and alerta 1")
    given.add_argument("--connections", type=int, nargs="+", default=[32, 128])
    given.add_argument(
        "--rows", type=int, nargs="+", default=history.SIZES, help="callbacks of the histories"
    )
    options = given.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        given.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        _tell_machine(Path(folder))
        with field(Path(folder)) as ground:
            _run(options, ground)


def _run(options: argparse.Namespace, ground: Field) -> None:
    connections = tuple(options.connections)
    plan = Plan(options.seconds, options.rounds or 3, connections)
    short = Plan(options.seconds, options.rounds or 1, connections)
    for part in options.parts or PARTS:
        match part:
            case "ingest":
                ingest.compare(ground, plan)
            case "sustained":
                sustain.compare(ground, plan)
            case "paced":
                paced.compare(ground)
            case "cards":
                cards.compare(ground)
            case "storm":
                storm.compare(ground)
            case "start":
                start.compare(ground)
            case "memory":
                memory.compare(ground)
            case "disk":
                disk.compare(ground, short)
            case "alerta":
                alerta.compare(ground, short)
            case _:
                history.compare(ground, tuple(options.rows))


def _tell_machine(folder: Path) -> None:
    """What the figures are of; and plainly what is missing."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cpu_count()} cores, {python}, {platform.system()}")
    if not has_wrk():
        print("NO wrk: the load comes from Python, which is slower than what it measures. Ratios")
        print("of quick servers come out too near to 1. On Debian: apt-get install wrk")
    if alertmanager(folder, 0) is None:
        print(f"NO Alertmanager: left out. On Debian: apt-get install {ALERTMANAGER}")


if __name__ == "__main__":
    main()
