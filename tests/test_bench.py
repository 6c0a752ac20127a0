"""The benchmark's own tools: a figure of theirs is believed, so they must do what they say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.disk import slow_sync
from tests.bench.ingest import Run, ratio
from tests.bench.load import Result

EXTRA_MS = 100  # far more than a sync takes by itself
COMMITS = "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE t (a)"
SYNCS = {
    "fsync": "os.fsync(file.fileno())",
    "fdatasync": "os.fdatasync(file.fileno())",
    "commit": "link.execute('INSERT INTO t VALUES (1)')",
}
TIMED = f"""
import os, sqlite3, sys, time
file = open(sys.argv[1] + ".txt", "w")
link = sqlite3.connect(sys.argv[1] + ".db", isolation_level=None)
for one in {COMMITS!r}:
    link.execute(one)
begun = time.perf_counter()
%s
print(time.perf_counter() - begun)
"""

needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


@needs_cc
@pytest.mark.parametrize("sync", SYNCS)
def test_every_kind_of_sync_waits_on_the_slow_disk(tmp_path: Path, sync: str) -> None:
    library = slow_sync(tmp_path, EXTRA_MS)
    ran = subprocess.run(
        [sys.executable, "-c", TIMED % SYNCS[sync], tmp_path / "a"],
        env=os.environ | {"LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""  # a library that cannot be preloaded is only warned of
    assert float(ran.stdout) * 1000 >= EXTRA_MS


def test_without_a_compiler_there_is_no_slow_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert slow_sync(tmp_path, EXTRA_MS) is None


def test_a_ratio_is_made_within_a_round_and_the_middle_one_counts() -> None:
    mine = [ran(rate) for rate in (100, 10, 30)]
    others = [ran(rate) for rate in (10, 10, 10)]
    assert ratio(mine, others, lambda result: result.rate) == 3


def ran(rate: int) -> Run:
    return Run(Result(good=rate, bad=0, seconds=1, p50=1, p99=1), cores=1, peak=1, missing=None)
