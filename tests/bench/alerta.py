"""Burst ingest into PostgreSQL beside alerta, which takes one alert a POST and commits it.

It has two workers, of four threads each so that connections are kept, and a virtual environment
of its own: none of its packages may come near ours.
"""

import shutil
import subprocess
import sys
from collections.abc import Generator as Yields
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import load
from tests.bench.entrants import Field
from tests.bench.ingest import Plan, Runs, in_turns, ratio
from tests.bench.load import Generator, Payload
from tests.bench.servers import Server, new_database, posted, running
from tests.bench.table import Table
from tests.support.process import ROOT, free_port

WANTED = ROOT / "tests/setup/alerta.txt"
HOME = ROOT / "build/.alerta"  # hidden: no file of its is looked at as one of ours
WORKERS = 2
THREADS = 4
# Preloaded: two workers that make its tables at once are in each other's way, and one gives up.
SERVE = ["--preload", "--no-control-socket", "alerta:create_app()"]
DISTINCT, REPEATED = "alerta, distinct", "alerta, repeated"


@dataclass(slots=True)
class Alerta:
    """The alerta of `home`, in a new database of a PostgreSQL server."""

    name: str
    payload: Payload
    server: str
    home: Path

    @contextmanager
    def running(self) -> Yields[Server]:
        """As `Entrant.running`."""
        port = free_port()
        env = {"DATABASE_URL": new_database(self.server)}
        probe = posted(port, self.payload)
        with running(command(self.home, port), env=env, port=port, probe=probe) as server:
            yield server

    def stored(self) -> int | None:
        """As `Entrant.stored`."""
        return None


def compare(field: Field, plan: Plan) -> None:
    """Print a table for each number of connections."""
    home = installed(HOME, WANTED)
    if home is None:
        print("NO alerta: left out, for pip could not install it")
        return
    entrants = (
        Alerta(DISTINCT, load.alerta(distinct=True), field.server, home),
        Alerta(REPEATED, load.alerta(distinct=False), field.server, home),
        field.tocsin("PostgreSQL", load.form()),
    )
    generator = Generator(field.folder)
    for connections in plan.connections:
        runs = in_turns(entrants, generator, plan, connections)
        _tell(f"burst into PostgreSQL, {connections} connections, x over alerta, distinct", runs)


def installed(home: Path, wanted: Path) -> Path | None:
    """A virtual environment that has what is wanted, made anew where it has something else."""
    has = home / "has.txt"
    if has.exists() and has.read_text() == wanted.read_text():
        return home
    print(f"Installing alerta into {home} (once) ...", flush=True)
    shutil.rmtree(home, ignore_errors=True)
    there = [f"--python={home / 'bin/python'}", "--disable-pip-version-check", "--no-input", "-q"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
        subprocess.run([sys.executable, "-m", "pip", *there, "install", "-r", wanted], check=True)
    except subprocess.CalledProcessError:
        return None
    shutil.copy(wanted, has)  # the last step: half of it is none of it
    return home


def command(home: Path, port: int) -> list[str]:
    """Its command line."""
    size = [f"--workers={WORKERS}", f"--threads={THREADS}", f"--bind=127.0.0.1:{port}"]
    return [str(home / "bin/gunicorn"), *size, *SERVE]


def _tell(title: str, runs: Runs) -> None:
    table = Table(title, ("req/s", "x rate", "p50 ms", "p99 ms", "x p99", "bad"))
    for name, mine in runs.items():
        table.row(
            name,
            f"{median(one.result.rate for one in mine):.0f}",
            f"{ratio(mine, runs[DISTINCT], lambda result: result.rate):.1f}",
            f"{median(one.result.p50 for one in mine):.1f}",
            f"{median(one.result.p99 for one in mine):.1f}",
            f"{ratio(mine, runs[DISTINCT], lambda result: result.p99):.3f}",
            str(sum(one.result.bad for one in mine)),
        )
    table.end()
