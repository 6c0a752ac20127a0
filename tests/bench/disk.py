"""The same burst on a slow disk: every sync of the bot, and of the naive one, takes 3 ms more.

A library with an `fsync` and an `fdatasync` of its own is made with `cc` and preloaded into these
two only: the floor syncs nothing, and the load comes as it always does.
"""

import shutil
import subprocess
from pathlib import Path

from tests.bench import load
from tests.bench.entrants import Field
from tests.bench.ingest import Plan, in_turns, tell
from tests.bench.load import Generator

SOURCE = Path(__file__).with_name("slow_sync.c")
EXTRA_MS = 3


def compare(field: Field, plan: Plan) -> None:
    """Print a table for each number of connections."""
    library = slow_sync(field.folder, EXTRA_MS)
    if library is None:
        print("NO slow disk: cc makes none. On Debian: apt-get install gcc libc6-dev")
        return
    naive, tocsin = field.naive, field.tocsin("SQLite", load.form())
    for one in (naive, tocsin):
        one.env = one.env | {"LD_PRELOAD": str(library)}
    generator = Generator(field.folder)
    for connections in plan.connections:
        runs = in_turns((field.floor, naive, tocsin), generator, plan, connections)
        tell(f"burst, {connections} connections, each sync takes {EXTRA_MS} ms more", runs)


def slow_sync(folder: Path, extra_ms: int) -> Path | None:
    """The library to preload; None where there is no compiler, or it says why not."""
    if shutil.which("cc") is None:
        return None
    library = folder / "slow_sync.so"
    flags = ["-O2", "-shared", "-fPIC", f"-DEXTRA_MS={extra_ms}"]
    made = subprocess.run(["cc", *flags, "-o", library, SOURCE, "-ldl"], check=False)
    return library if made.returncode == 0 else None
