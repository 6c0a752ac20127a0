"""Memory: at rest, at most in a burst, and after it when all is applied."""

import time

from tests.bench.entrants import Entrant, Field, Tocsin
from tests.bench.load import Generator
from tests.bench.sustain import until_applied
from tests.bench.table import Table

REST = 3.0  # seconds after the first answer
BURST = 5.0
CONNECTIONS = 128


def compare(field: Field) -> None:
    """Print a table; ratios are over what the floor has at most."""
    generator = Generator(field.folder)
    columns = ("at rest", "at most", "after", "rest x", "most x")
    table = Table("memory in MB; x over the floor at most", columns)
    floor = 0.0
    for one in (field.floor, *field.engines(), *field.alertmanagers()):
        rest, most, after = _run(one, generator)
        floor = floor or most
        cells = (f"{rest:.0f}", f"{most:.0f}", f"{after:.0f}")
        table.row(one.name, *cells, f"{rest / floor:.2f}", f"{most / floor:.2f}")
    table.end()


def _run(one: Entrant, generator: Generator) -> tuple[float, float, float]:
    with one.running() as server:
        time.sleep(REST)
        rest = server.memory()
        generator.hit(server.port, one.payload, connections=CONNECTIONS, seconds=BURST)
        if isinstance(one, Tocsin):
            until_applied(server)
        return rest, server.memory("VmHWM"), server.memory()
