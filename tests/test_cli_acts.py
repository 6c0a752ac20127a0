"""Acting from a shell: acts, mutes, the audit; what is printed, and how it fails."""

import asyncio
import csv
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.__main__ import main
from bot.cli import auditing
from bot.cli.muting import conditions
from bot.clock import utc_now
from bot.config import PartialSettings
from bot.rules.incident import Incident, Person, State
from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import Mute, NewMute
from bot.store.engine import Database
from bot.work import ask, mute
from bot.work.act import Click, Verb, act
from tests.support.rows import keep
from tests.support.values import ANN, alarm, incident, minute

pytestmark = pytest.mark.one_engine

ESCAPE = "\x1b[31mred\x1b[0m\n\u202egnp"
CPU = alarm(1, name="CPU 太高", rule_id="disk full, often", dimensions={"instanceId": "i-1"})
COMMANDS = [
    *("ack", "unack", "assign", "note", "resolve", "reopen"),
    *("mute", "mutes", "unmute", "extend", "audit"),
]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass
class Shell:
    """A terminal on the machine of the bot. Its user is called root, whoever runs the tests."""

    url: str
    run: Callable[..., Ran]

    def look(self, ask_for: Callable[[Database], Awaitable[Found]]) -> Found:
        """Ask the database."""
        return asyncio.run(self._look(ask_for))

    async def _look(self, ask_for: Callable[[Database], Awaitable[Found]]) -> Found:
        async with opened(self.url) as database:
            return await ask_for(database)

    def incident(self, number: int) -> Incident:
        """An incident as it is now."""
        told = self.look(lambda database: ask.incident(database, number))
        assert told is not None
        return told.listed.incident

    def mutes(self, *, ended: bool = False) -> list[Mute]:
        """Mutes as they are now."""
        return self.look(lambda database: mute.page(database, ended=ended, limit=10))


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[Database]:
    database = Database(url)
    yield database
    await database.close()


async def fill(url: str) -> None:
    """1 fires, 2 fires and li has it, 3 has recovered."""
    async with opened(url) as database:
        over = incident(3, alarm_id=1, state=State.RECOVERED, recovered_at=minute(5))
        taken = incident(2, alarm_id=1).acknowledged_by(Person("U2", f"li{ESCAPE}"), minute(1))
        await keep(database, incident(1), taken, over, watched=CPU)


@pytest.fixture
def shell(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    database_url: str,
) -> Shell:
    asyncio.run(fill(database_url))
    monkeypatch.chdir(tmp_path)
    for field in PartialSettings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    plain = database_url.replace("+aiosqlite", "").replace("+psycopg", "")
    monkeypatch.setenv("DATABASE_URL", plain)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("LOGNAME", "root")

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["tocsin", *arguments])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return Shell(database_url, run)


# Acts


def test_acknowledging_names_the_user_of_the_shell(shell: Shell) -> None:
    assert shell.run("ack", "1") == Ran(0, "#1 acknowledged\n", "")
    taken = shell.incident(1).acknowledged
    assert taken is not None
    assert taken.by == Person("cli:root", "root")


def test_each_incident_gets_its_line_and_one_that_cannot_be_fails_the_command(
    shell: Shell,
) -> None:
    ran = shell.run("ack", "1", "2", "3", "4711")
    assert ran.code == 1
    assert ran.out == "#1 acknowledged\n#2 was acknowledged already by li [31mred [0m gnp\n"
    assert ran.err == "#3 is over already (recovered)\nThere is no incident 4711.\n"
    assert shell.incident(1).acknowledged is not None


def test_what_is_over_is_as_good_as_resolved(shell: Shell) -> None:
    assert shell.run("resolve", "3") == Ran(0, "#3 is over already (recovered)\n", "")


def test_an_incident_is_noted_resolved_and_opened_again(shell: Shell) -> None:
    assert shell.run("note", "1", "log", "rotation").out == "#1 noted\n"
    assert shell.run("resolve", "1", "--reason", "the host is gone").out == "#1 resolved\n"
    told = shell.incident(1)
    assert told.remark is not None
    assert told.closed is not None
    assert (told.remark.text, told.closed.reason) == ("log rotation", "the host is gone")
    assert shell.run("reopen", "1").out == "#1 opened again\n"
    assert shell.incident(1).state is State.FIRING


def test_an_incident_changes_hands(shell: Shell) -> None:
    assert shell.run("assign", "1", "U0LI000001").out == "#1 assigned\n"
    taken = shell.incident(1).acknowledged
    assert taken is not None
    assert taken.by.id == "U0LI000001"
    assert shell.run("unack", "1").out == "#1 given back\n"
    assert shell.incident(1).acknowledged is None


@pytest.mark.parametrize("who", ["li", "@li", "WANG", "<!channel>", "u0li000001", " "])
def test_what_is_no_slack_user_is_refused_with_the_remedy(shell: Shell, who: str) -> None:
    ran = shell.run("assign", "1", who)
    assert ran.code == 2
    assert "USER: must be a Slack user's id, such as U012AB3CD" in ran.err
    assert shell.incident(1).acknowledged is None
    assert shell.run("assign", "1", "<@U0LI000001|li>").out == "#1 assigned\n"


def test_machines_read_what_came_of_it(shell: Shell) -> None:
    ran = shell.run("ack", "1", "4711", "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["items"] == [
        {"incident_id": 1, "effect": "done", "state": "firing", "acknowledged_by": "root"},
        {"incident_id": 4711, "effect": "unknown_card", "state": None, "acknowledged_by": None},
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        *(["ack"], ["ack", "0"], ["ack", "x"], ["ack", "9" * 30], ["note", "1"]),
        *(["note", "1", " "], ["assign", "1"], ["mute"], ["audit", "--limit", "0"]),
    ],
)
def test_wrong_usage_exits_with_two_and_changes_nothing(shell: Shell, arguments: list[str]) -> None:
    ran = shell.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert shell.run("audit").out == "Nobody has done anything yet.\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(shell: Shell, command: str) -> None:
    ran = shell.run(command, "--help")
    assert ran.code == 0
    assert f"Example: tocsin {command}" in ran.out
    assert "--json" in ran.out


@pytest.mark.parametrize("arguments", [["ack", "1"], ["mutes"], ["audit"]])
def test_without_a_database_none_is_made(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    ran = shell.run(*arguments)
    assert ran.code == 1
    assert "set DATABASE_URL" in ran.err
    assert not (tmp_path / "none.db").exists()


# Mutes


def test_a_mute_by_conditions_holds_what_fires_and_says_so(shell: Shell) -> None:
    ran = shell.run("mute", "instanceId=i-*", "--for", "4h", "--reason", "deploy")
    assert ran.code == 0, ran.err
    assert ran.out.startswith('#1  instanceid=~"i\\-.*"  until ')
    assert ran.out.endswith("  by root  keeps 2 quiet  deploy\n")
    (made,) = shell.mutes()
    assert made.length == timedelta(hours=4)
    assert shell.incident(1).mute_id == 1


def test_a_mute_of_an_incident_is_of_exactly_its_alarm(shell: Shell) -> None:
    made = shell.run("mute", "#1", "severity!=critical", "--json").json["items"][0]
    assert made["matchers"] == [
        'instanceid="i-1"', 'rule="disk full, often"', 'severity!="critical"',
    ]  # fmt: skip
    assert made["holding"] == 2
    assert made["created_by"] == {"id": "cli:root", "name": "root"}


def test_a_preview_says_what_would_be_hidden_and_mutes_nothing(shell: Shell) -> None:
    ran = shell.run("mute", "instanceId=i-1", "--preview")
    assert ran.out.startswith("2 alarms fire now and would go quiet.\n")
    assert "1 incidents" not in ran.out
    assert shell.run("mute", "nothing=here", "--preview").out == (
        "Nothing of it fires now.\nIn the last 30 days it would have hidden nothing.\n"
    )
    assert shell.run("mute", "instanceId=i-1", "--preview", "--json").json["firing"] == 2
    assert shell.mutes() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["severity!=critical"], "at least one condition"),
        (["instanceId"], "cannot read"),
        (["x=~("], "x=~("),
        (["x=1", "--for", "8d"], "7 days at most"),
        (["x=1", "--for", "999999w"], "7 days at most"),
        (["x=1", "--for", "soon"], "soon"),
    ],
)
def test_a_mute_that_may_not_be_says_why_in_one_line(
    shell: Shell, arguments: list[str], said: str
) -> None:
    ran = shell.run("mute", *arguments)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert said in ran.err or said == "x=~("
    assert shell.mutes() == []


@pytest.mark.parametrize("number", ["4711", "9" * 30])
def test_a_mute_of_an_incident_there_is_none_of_fails(shell: Shell, number: str) -> None:
    assert shell.run("mute", number) == Ran(1, "", f"There is no incident {number}.\n")


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("rule=disk full", [Matcher("rule", Operator.EQUAL, "disk full")]),
        ("rule=disk, full", [Matcher("rule", Operator.EQUAL, "disk, full")]),
        ('rule="disk full"', [Matcher("rule", Operator.EQUAL, "disk full")]),
        ('rule=say "hi" \\ all', [Matcher("rule", Operator.EQUAL, 'say "hi" \\ all')]),
        ("rule!~a b", [Matcher("rule", Operator.FITS_NOT, "a b")]),
        (
            "a=1,b!=2",
            [Matcher("a", Operator.EQUAL, "1"), Matcher("b", Operator.UNEQUAL, "2")],
        ),
    ],
)
def test_a_condition_needs_no_quotes_within_the_quotes_of_the_shell(
    argument: str, found: Sequence[Matcher]
) -> None:
    assert list(conditions(argument)) == found


def test_mutes_are_listed_extended_and_ended(shell: Shell) -> None:
    assert shell.run("mutes").out == "Nothing is muted.\n"
    assert shell.run("mutes", "--json").json == {"items": []}
    shell.run("mute", "instanceId=i-1", "--for", "1h")
    (before,) = shell.mutes()
    assert shell.run("extend", "1").code == 0
    assert shell.mutes()[0].ends_at == before.ends_at + timedelta(hours=1)
    assert "longer than that already" in shell.run("extend", "1", "--for", "5m").err
    assert shell.mutes()[0].ends_at == before.ends_at + timedelta(hours=1)
    assert shell.run("mutes").out.startswith("#1  instanceid=")
    assert "ended" in shell.run("unmute", "1").out
    assert shell.mutes() == []
    assert "(by_hand)" in shell.run("mutes", "--ended").out


def test_a_mute_is_extended_to_a_time_of_day_in_the_zone_of_the_terminal(shell: Shell) -> None:
    shell.run("mute", "instanceId=i-1", "--until", "tomorrow 9:00")
    (made,) = shell.mutes()
    assert (made.ends_at.hour, made.ends_at.minute) == (1, 0)  # nine in Shanghai
    assert "09:00" in shell.run("mutes").out
    assert shell.run("extend", "1", "--until", "2020-01-01").err == "The end must lie ahead.\n"
    assert shell.mutes() == [made]


@pytest.mark.parametrize("command", ["unmute", "extend"])
def test_a_mute_that_is_not_there_is_named(shell: Shell, command: str) -> None:
    assert shell.run(command, "4711") == Ran(1, "", "There is no mute 4711.\n")


def test_what_others_wrote_does_not_steer_the_terminal(shell: Shell) -> None:
    now = utc_now()
    new = NewMute((Matcher("x", Operator.EQUAL, ESCAPE),), ESCAPE, now + timedelta(hours=1))
    shell.look(
        lambda database: mute.create(
            database, new, by=Person("U1", ESCAPE), via="slack", now=now, poke=list
        )
    )
    for ran in (shell.run("mutes"), shell.run("audit")):
        assert len(ran.out.splitlines()) <= 2
        assert not any(char in ran.out for char in ("\x1b", "\u202e", "\r"))


# The audit


def test_the_audit_tells_who_did_what_from_where(shell: Shell) -> None:
    shell.run("ack", "1")
    shell.run("mute", "instanceId=i-1")
    head, last, first = shell.run("audit").out.splitlines()
    assert head.split() == [*("AT", "WHO", "VERB", "INCIDENT", "MUTE", "VIA", "BEFORE", "AFTER")]
    assert last.split()[2:6] == ["root", "mute", "#1", "cli"]
    assert first.split()[2:6] == ["root", "acknowledge", "#1", "cli"]
    (act_of_it,) = shell.run("audit", "--incident", "1", "--json").json["items"]
    assert act_of_it["actor"] == {"id": "cli:root", "name": "root"}
    assert act_of_it["before"] == {"acknowledged_by": None}
    assert act_of_it["after"] == {"acknowledged_by": "cli:root"}


def test_a_file_has_every_act_however_many(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(auditing, "A_PAGE", 3)
    shell.look(lambda database: write(database, [str(number) for number in range(8)]))
    assert shell.run("audit", "--csv", "audit.csv").out == "Wrote 8 acts to audit.csv.\n"
    told = rows(tmp_path / "audit.csv")
    assert [json.loads(row["after"])["remark"] for row in told] == [
        str(number) for number in reversed(range(8))
    ]
    shell.run("audit", "--csv", "audit.csv", "--limit", "4")
    assert len(rows(tmp_path / "audit.csv")) == 4


def test_a_spreadsheet_takes_nobodys_name_for_a_formula(shell: Shell, tmp_path: Path) -> None:
    shell.look(lambda database: write(database, ["=1"], by=Person("=cmd()", "+49 ann")))
    shell.run("audit", "--csv", "audit.csv")
    (row,) = rows(tmp_path / "audit.csv")
    assert (row["who"], row["name"]) == ("'=cmd()", "'+49 ann")


def test_a_file_that_cannot_be_written_is_named(shell: Shell) -> None:
    ran = shell.run("audit", "--csv", "no/such/folder/x.csv")
    assert ran.code == 1
    assert ran.err.startswith("no/such/folder/x.csv cannot be written")


async def write(database: Database, texts: Sequence[str], by: Person = ANN) -> None:
    """Notes on the first incident, all in the same moment or a second apart."""
    for place, text in enumerate(texts):
        at: datetime = minute(place // 3)
        click = Click(Verb.NOTE, None, by, "slack", incident_id=1, text=text)
        await act(database, click, now=at, poke=list)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as told:
        return list(csv.DictReader(told))
