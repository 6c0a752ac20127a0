"""Every fault of the model has its test, and a guard without which that test fails."""

import re
import subprocess
import sys
from pathlib import Path

from tests.faults.guards import ROOT, guards

TESTS = Path(__file__).parents[1]
FAULTS = {f"F{number}" for number in range(1, 51)}
MARK = re.compile(r"mark\.fault\(([^)]*)\)")


def marked() -> set[str]:
    """The faults that some test is marked with."""
    texts = (file.read_text(encoding="utf-8") for file in TESTS.rglob("test_*.py"))
    marks = (mark for text in texts for mark in MARK.findall(text))
    return {number for mark in marks for number in re.findall(r"F\d+", mark)}


def test_every_fault_has_a_test() -> None:
    assert marked() == FAULTS


def test_every_fault_has_a_guard_that_is_there() -> None:
    assert {one.fault for one in guards()} == FAULTS
    assert [f"{one.fault}: {one.file}" for one in guards() if not one.is_there()] == []


def test_every_guard_is_proved_by_a_test_that_is_there() -> None:
    """As pytest finds it: a name that it does not know runs nothing, and proves nothing."""
    tests = [one.test for one in guards()]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *tests], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
