"""Every fault of the model has its test, and a guard without which that test fails."""

import re
from pathlib import Path

from tests.faults.guards import guards

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
    for one in guards():
        file, _, name = one.test.partition("::")
        text = (TESTS.parent / file).read_text(encoding="utf-8")
        assert f"def {name.partition('[')[0]}(" in text, one.test
