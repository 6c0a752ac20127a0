"""Searching from a shell: tables, JSON, files, and how a wrong question ends."""

import asyncio
import csv
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cli.searching import text_of
from bot.cli.table import WIDEST, as_table, shown, width
from bot.config import PartialSettings
from bot.rules.incident import State
from bot.rules.severity import Severity
from bot.store.engine import Database
from bot.store.revision import head
from tests.support.rows import keep
from tests.support.values import ANN, alarm, incident, minute

ESCAPE = "\x1b[31mred\x1b[0m\r\n\u202egnp"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    sqlite_url: str,
) -> Run:
    """Runs `tocsin` on a database of three incidents of two alarms."""
    asyncio.run(fill(sqlite_url))
    monkeypatch.chdir(tmp_path)
    for field in PartialSettings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.setenv("DATABASE_URL", sqlite_url.replace("+aiosqlite", ""))
    monkeypatch.setenv("TZ", "Asia/Shanghai")

    def run(*arguments: str, **environ: str) -> Ran:
        with monkeypatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["tocsin", *arguments])
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


async def fill(url: str) -> None:
    database = Database(url)
    cpu = alarm(1, name="CPU 太高", metric="cpu_total", dimensions={"instanceId": "i-1"})
    where = {"dimensions": {"instanceId": "db-2"}, "instance_name": "db/10.0.0.2"}
    disk = alarm(2, name=f"disk {ESCAPE}", metric="disk", region_id="cn-hangzhou", **where)
    over = incident(1, state=State.RECOVERED, recovered_at=minute(5), last_value=91.5)
    worse = incident(3, alarm_id=1, severity=Severity.CRITICAL).acknowledged_by(ANN, minute(1))
    await keep(database, over, worse, watched=cpu)
    await keep(database, replace(incident(2), mute_id=7), watched=disk)
    await database.close()


def numbers(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.err
    return [line.split()[0] for line in ran.out.splitlines()[1:]]


@pytest.mark.parametrize("command", ["search", "incidents", "alarms"])
def test_each_command_has_help_with_an_example(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert f"Example: tocsin {command} " in ran.out


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["incidents"], ["3", "2", "1"]),
        (["incidents", "sort:oldest"], ["1", "2", "3"]),
        (["incidents", "--limit", "2"], ["3", "2"]),
        (["search", "state:open", "metric:cpu*"], ["3"]),
        (["search", "state:open metric:cpu*"], ["3"]),
        (["search", "-metric:cpu_total"], ["2"]),
        (["search", "not", "metric:cpu_total"], ["2"]),
        (["search", "-severity:critical", "-metric:nothing"], ["2", "1"]),
        (["search", "CPU 太高"], ["3", "1"]),
        (["search", "alarm:CPU 太高", "acked:@ann"], ["3"]),
        (["search", "opened:2026-11-23T20:00"], ["3", "2", "1"]),
        (["alarms"], ["2", "1"]),
        (["alarms", "instanceId:i-*"], ["1"]),
    ],
)
def test_a_table_has_a_line_for_each_that_is_found(
    run: Run, arguments: list[str], found: list[str]
) -> None:
    assert numbers(run(*arguments)) == found


def test_a_table_says_what_a_person_asks_first(run: Run) -> None:
    told = run("incidents")
    top, first, second, third = told.out.splitlines()
    assert top.split("  ")[0] == "#"
    assert first.startswith("3  firing          CRITICAL  2026-11-23 20:00")
    assert "  CPU 太高  " in first
    assert first.split()[-2:] == ["i-1", "ann"]
    assert "firing (muted)" in second
    assert second.endswith("  db (10.0.0.2, db-2)")
    assert "5 min" in third
    assert "91.5" in third


def test_a_table_of_alarms_names_instances_with_their_ids(run: Run) -> None:
    assert "  db (10.0.0.2, db-2)  " in run("alarms").out


def test_nothing_that_is_printed_steers_the_terminal(run: Run) -> None:
    ran = run("incidents")
    assert len(ran.out.splitlines()) == 4
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "\r" not in ran.out


def test_less_than_was_found_is_said_beside_the_table(run: Run) -> None:
    assert run("incidents", "--limit", "1").err == (
        "1 of 3 incidents; more with --limit or --csv.\n"
    )
    assert run("incidents").err == ""


def test_nothing_found_is_no_failure(run: Run) -> None:
    assert run("search", "nothing") == Ran(0, "There are no such incidents.\n", "")
    assert run("alarms", "nothing") == Ran(0, "There are no such alarms.\n", "")


def test_machines_read_the_shapes_of_the_api(run: Run) -> None:
    told = json.loads(run("search", "sort:oldest", "--json", "--limit", "2").out)
    assert [item["id"] for item in told["items"]] == [1, 2]
    assert told["total"] == 3
    assert told["items"][0]["alarm"]["dimensions"] == {"instanceId": "i-1"}
    assert [item["id"] for item in json.loads(run("alarms", "--json").out)["items"]] == [2, 1]


@pytest.mark.parametrize(("command", "lines"), [("incidents", 4), ("alarms", 3)])
def test_a_file_has_everything(run: Run, tmp_path: Path, command: str, lines: int) -> None:
    ran = run(command, "--csv", "found.csv")
    assert (ran.code, ran.out) == (0, "Wrote found.csv.\n")
    text = (tmp_path / "found.csv").read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(text.splitlines()))) >= lines


def test_a_file_that_cannot_be_written_is_one_line(run: Run) -> None:
    ran = run("incidents", "--csv", "no/such/folder.csv")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "no/such/folder.csv cannot be written (No such file or directory).\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search", "severty:critical"], "severity"),
        (["search", "frobnicate:x"], "quotes"),
        (["search", "severity=critical"], "severity:value"),
        (["search", "acked:me"], "Slack"),
        (["alarms", "state:firing"], "incidents"),
        (["incidents", "since:whenever"], "2026-11-01"),
    ],
)
def test_a_search_that_is_not_understood_is_wrong_usage_in_one_line(
    run: Run, arguments: list[str], says: str
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert says in ran.err


@pytest.mark.parametrize("arguments", [["search"], ["search", "x", "--limit", "0"]])
def test_a_command_that_is_not_whole_is_wrong_usage(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).code == 2


def test_without_a_database_none_is_made(run: Run, tmp_path: Path) -> None:
    ran = run("incidents", DATABASE_URL="sqlite:///none.db")
    assert ran.code == 1
    assert ran.err == "There is no database none.db; set DATABASE_URL as the bot has it.\n"
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_does_not_answer_is_told_with_the_remedy(run: Run) -> None:
    ran = run("incidents", DATABASE_URL="postgresql://a@127.0.0.1:1/x")
    assert ran.code == 1
    assert ran.err.startswith("The database does not answer (")
    assert ran.err.endswith("start it, or mend DATABASE_URL.\n")


@pytest.mark.parametrize("command", ["incidents", "migrate", "stats"])
def test_a_file_that_is_no_database_is_told_with_the_remedy(
    run: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ann, " * 200)
    ran = run(command, DATABASE_URL="sqlite:///letter.txt")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "file is not a database; mend DATABASE_URL, or let its user read\n"


def test_a_database_of_another_release_is_named_with_the_remedy(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    ran = run("incidents", DATABASE_URL="sqlite:///empty.db")
    assert ran.code == 1
    assert ran.err == (
        f"The database is at revision none, this release needs {head()}; run: tocsin migrate\n"
    )


def test_a_server_that_does_not_answer_is_one_line(run: Run) -> None:
    ran = run("search", "x", DATABASE_URL="postgresql://u:hunter2@127.0.0.1:9/x?connect_timeout=2")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "hunter2" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["a b"], "a b"),
        (["a b", "c"], '"a b" c'),
        (["alarm:a b", "c"], 'alarm:"a b" c'),
        (['"a b"', "c"], '"a b" c'),
        (["say: a b", "c"], 'say:" a b" c'),
        (["a b: c", "d"], '"a b: c" d'),
        ([], ""),
    ],
)
def test_the_quotes_that_the_shell_took_come_back(arguments: list[str], text: str) -> None:
    assert text_of(arguments) == text


def test_columns_are_aligned_by_the_cells_that_letters_take() -> None:
    table = as_table(("a", "b"), [("磁盘", "x"), ("é", "y"), ("e\u0301", "z")])
    assert table.splitlines() == ["a     b", "磁盘  x", "é     y", "e\u0301     z"]


def test_a_long_cell_is_cut_to_its_column() -> None:
    for text in ("x" * 100, "磁" * 100, "x" + "磁" * 100):
        assert width(shown(text)) <= WIDEST
        assert shown(text).endswith("…")
