"""Exit codes: 2 where the arguments cannot be read, 1 where what they ask for cannot be done.

Both in words, without a traceback. Every command has its lines here.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import cli, main
from bot.config import PartialSettings
from bot.store.migrate import upgrade

BIG = "9" * 30  # fits no column
NO_TEXT = "\udcff"  # how Python has a byte that is no UTF-8
UNREADABLE = (
    "stats foo", "stats 2026-13", "stats 2026-11-05..2026-11-01", "stats 0d", "stats now",
    f"stats {BIG}d", "stats 7d 8d", "history", "history x", "history 0", f"history {BIG}",
    "history 1 --span 8d", f"history 1 --before {BIG}", "search", "search severity:foo",
    "search a --limit 0", f"search id:{BIG}", "search --jsn", "incidents sort:x",
    "incidents --limt=3", "alarms severity:foo", "alarms --cvs", "ack", "ack x", f"ack {BIG}",
    "unack x", "note 1", "note x y", "assign 1", "assign 1 li", "resolve x",
    "resolve 1 --reason", "reopen x", "mute", "mute foo", "mute a=b --for foo",
    "mute a=b --for 8d", "mute a=b --until 2020-01-01", "mute severity!=critical", "mute a=~(",
    f"mute a=b{NO_TEXT}", f"mute a=b --reason {NO_TEXT}", "mutes --limit 0", f"mutes --limit {BIG}",
    "unmute x", f"unmute {BIG}", "extend", "extend 1 --for foo", "extend 1 --until 2020-01-01",
    "extend 1 --for=", "audit --limit 0", f"audit --incident {BIG}", "prune",
    "prune --older-than foo", "prune --keep 0", f"prune --keep {BIG}", "manifest --url foo",
    "manifest --mode x", "parse", "parse none.http", "send none.http", "send kept.http",
    "send kept.http --url foo", "send kept.http --url http://[", "send kept.http --url http://h:x/",
    "send kept.http --url http://h:99999/", "send kept.http --url http://a..b/",
    "send kept.http --url http://h/\u00e4", "send kept.http --url http://h/\x7f",
    "demo --port x", "demo --port 70000", "serve x", "migrate x", "doctor x", "frobnicate",
)  # fmt: skip
IMPOSSIBLE = (
    "history 4711", "ack 4711", "unack 4711", "note 4711 x", "assign 4711 U012AB3CD",
    "resolve 4711", "reopen 4711", "mute 4711", f"mute {BIG}", "unmute 4711", "extend 4711",
    "search a --csv no/such/folder.csv", "alarms --csv no/such/folder.csv",
    "audit --csv no/such/folder.csv", "parse other.txt", "send other.txt --url http://127.0.0.1:9/",
    "send kept.http --url http://127.0.0.1:9/", "demo --host a..b", "demo --host nowhere.invalid",
    "serve",
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[[str], Ran]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing in it."""
    file = tmp_path_factory.mktemp("empty") / "tocsin.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, empty: Path
) -> Run:
    """Runs `tocsin` beside a database with nothing in it, and without settings."""
    monkeypatch.chdir(tmp_path)
    for field in PartialSettings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    shutil.copy(empty, tmp_path)
    (tmp_path / "kept.http").write_bytes(b"Content-Type: application/json\n\n{}")
    (tmp_path / "other.txt").write_bytes(b"\xff")

    def run(line: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["tocsin", *line.split(" ")])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ran(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize("line", UNREADABLE)
def test_arguments_that_cannot_be_read_are_wrong_usage(run: Run, line: str) -> None:
    ran = run(line)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip()


@pytest.mark.parametrize("line", IMPOSSIBLE)
def test_what_cannot_be_done_fails(run: Run, line: str) -> None:
    ran = run(line)
    assert ran.code == 1
    assert ran.err.strip()


def test_every_command_has_its_lines_here() -> None:
    known = {command.callback.__name__ for command in cli.registered_commands if command.callback}
    tried = {line.split(" ")[0] for line in (*UNREADABLE, *IMPOSSIBLE)}
    assert known <= tried


def test_what_is_kept_for_longer_than_computers_have_clocks_is_kept(run: Run) -> None:
    """`prune` exits by itself, with 0: nothing is that old."""
    assert run("prune --older-than 36500d").out.startswith("Removed 0 incidents")
