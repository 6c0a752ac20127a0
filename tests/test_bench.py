"""The benchmark's own tools: a figure of theirs is believed, so they must do what they say."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import load
from tests.bench.alerta import WANTED, installed
from tests.bench.disk import slow_sync
from tests.bench.ingest import Run, ratio
from tests.bench.load import Link, Result
from tests.support.outside_world import receiver

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


def wanted(folder: Path, text: str) -> Path:
    file = folder / "wanted.txt"
    file.write_text(text)
    return file


def test_an_environment_that_has_what_is_wanted_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "has.txt").write_text("a==1\n")
    assert installed(home, wanted(tmp_path, "a==1\n")) == home
    assert list(home.iterdir()) == [home / "has.txt"]


def test_what_pip_cannot_install_is_tried_again_the_next_time(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "has.txt").write_text("a==1\n")
    assert installed(home, wanted(tmp_path, f"{tmp_path}/nowhere\n")) is None
    assert not (home / "has.txt").exists()


def test_all_that_alerta_is_installed_from_is_pinned() -> None:
    lines = [one for one in WANTED.read_text().splitlines() if not one.startswith("#")]
    assert [one for one in lines if "==" not in one] == []


@pytest.mark.parametrize(("status", "good"), [(200, True), (201, True), (202, False), (503, False)])
async def test_an_answer_is_good_that_says_it_is_stored(status: int, good: bool) -> None:
    async with receiver() as one:
        one.status = status
        link = await Link.opened(int(one.url.split(":")[2].partition("/")[0]))
        assert await link.post(load.alerta(distinct=True), 1) is good
        link.close()


def test_each_distinct_alert_of_alerta_has_a_resource_of_its_own() -> None:
    distinct, repeated = load.alerta(distinct=True), load.alerta(distinct=False)
    numbers = range(3 * load.ALARMS)
    assert len({json.loads(distinct.body(n))["resource"] for n in numbers}) == 3 * load.ALARMS
    assert len({json.loads(repeated.body(n))["resource"] for n in numbers}) == load.ALARMS


def test_a_ratio_is_made_within_a_round_and_the_middle_one_counts() -> None:
    mine = [ran(rate) for rate in (100, 10, 30)]
    others = [ran(rate) for rate in (10, 10, 10)]
    assert ratio(mine, others, lambda result: result.rate) == 3


def ran(rate: int) -> Run:
    return Run(Result(good=rate, bad=0, seconds=1, p50=1, p99=1), cores=1, peak=1, missing=None)
