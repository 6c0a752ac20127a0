"""Dependencies in the routes file, and what somebody is told of one with a fault."""

from pathlib import Path

import pytest

from bot.errors import SettingsRefused
from bot.relations import read_dependencies
from bot.routes import read_routes
from bot.rules.dependency import Dependency

GOOD = """
dependencies:
  - name: host
    parent: {alarm: Host Down*}
    child:
      project: [acs_rds, acs_kvstore]
    equal: [instanceId, Group]
  - parent: {rule: a}
    child: {rule: b}
    equal: region
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "routes.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, entry: str) -> list[str]:
    with pytest.raises(SettingsRefused) as refused:
        read_dependencies(written(folder, f"routes: []\ndependencies:\n  - {entry}\n"))
    return [fault.remedy for fault in refused.value.faults]


def test_dependencies_are_read_in_their_order(tmp_path: Path) -> None:
    host, nameless = read_dependencies(written(tmp_path, GOOD))
    assert host == Dependency(
        "host",
        parent={"alarm": ("host down*",)},
        child={"project": ("acs_rds", "acs_kvstore")},
        equal=("instanceid", "group"),
    )
    assert (nameless.name, nameless.equal) == ("dependency 2", ("region",))


def test_a_file_may_have_routes_or_dependencies_or_both(tmp_path: Path) -> None:
    assert read_routes(written(tmp_path, GOOD)) == ()
    assert read_dependencies(written(tmp_path, "routes: []")) == ()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{parent: {alarm: a}}", "'dependency 1': child must name what it matches"),
        ("{child: {alarm: a}}", "'dependency 1': parent must name what it matches"),
        ("{parent: {}, child: {alarm: a}}", "parent must name what it matches"),
        ("{parent: {kind: a}, child: {alarm: a}}", "parent cannot match kind"),
        ("{parent: {regio: a}, child: {alarm: a}}", "did you mean 'region'?"),
        ("{parent: {alarm: a}, child: {alarm: b}, equals: [x]}", "did you mean 'equal'?"),
        ("{parent: {alarm: a}, child: {alarm: b}, equal: [1]}", "equal must be a field"),
        ("{parent: {alarm: a}, child: {alarm: b}, equal: [sevrity]}", "did you mean 'severity'?"),
        ("x", "dependency 1 must have the keys parent and child"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, entry: str, says: str) -> None:
    (fault,) = faults_of(tmp_path, entry)
    assert fault.startswith("routes.yaml, line 3: ")
    assert says in fault


@pytest.mark.parametrize(
    ("wrong", "line"),
    [("parent: {kind: a}", 3), ("child: {regio: b}", 4), ("equal: [sevrity]", 5), ("equals: x", 5)],
)
def test_a_fault_stands_in_the_line_of_its_key(tmp_path: Path, wrong: str, line: int) -> None:
    lines = ["parent: {alarm: a}", "child: {alarm: b}", "equal: [group]"]
    lines[line - 3] = wrong
    (fault,) = faults_of(tmp_path, "\n    ".join(lines))
    assert fault.startswith(f"routes.yaml, line {line}: ")
