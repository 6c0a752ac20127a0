"""Shows that each fault's test can fail: takes the guard out of a copy and runs the test.

`make guards` (ARGS="F19 F36" for some of them). guards.toml lists, for each fault, the file of the
product that holds a guard, the text that is the guard, what stands there without it, and the test
that must then fail. A guard without which its test is still green proves nothing, and the run
ends with 1.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("guards.toml")
COPIED = ("bot", "migrations", "tests", "pyproject.toml", "README.md", "app.json", "Makefile")
LIMIT = 240  # seconds for one test without its guard


@dataclass(frozen=True, slots=True)
class Guard:
    """One entry of guards.toml."""

    fault: str
    what: str
    file: str
    guard: str
    without: str
    test: str

    def is_there(self, root: Path = ROOT) -> bool:
        """Whether the guard's text stands in its file exactly once."""
        return (root / self.file).read_text(encoding="utf-8").count(self.guard) == 1


def guards() -> list[Guard]:
    """All entries, in the order of the file."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))["guard"]
    return [Guard(**entry) for entry in listed]


def fails_without(guard: Guard, copy: Path) -> bool:
    """Whether the test fails in a copy of the project that lacks the guard. pytest answers 1 then:
    any other number (2 to 5: nothing collected, a wrong name) is no proof.
    """
    file = copy / guard.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace(guard.guard, guard.without), encoding="utf-8")
    environment = dict(os.environ, PYTHONPATH=str(copy), PYTHONDONTWRITEBYTECODE="1")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, guard.test],
            cwd=copy, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    finally:
        file.write_text(whole, encoding="utf-8")
    if done.returncode not in (0, 1):
        print(done.stdout[-2000:])
    return done.returncode == 1


def main(wanted: list[str]) -> int:
    """0 when every test that was asked about fails without its guard."""
    chosen = [one for one in guards() if not wanted or one.fault in wanted]
    copy = Path(tempfile.mkdtemp(prefix="tocsin-guards-"))
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    unproved = 0
    for one in chosen:
        proved = one.is_there() and fails_without(one, copy)
        unproved += not proved
        print(f"{one.fault:4} {'fails, as it must' if proved else 'STILL GREEN'}  {one.what}")
        sys.stdout.flush()
    shutil.rmtree(copy)
    print(f"{len(chosen) - unproved} proved, {unproved} not")
    return 1 if unproved or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
