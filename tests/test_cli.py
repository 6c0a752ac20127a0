"""The command line: what it prints, how it ends, and what `tocsin doctor` finds."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot import __version__
from bot.__main__ import main
from bot.config import PartialSettings
from bot.local_slack.server import LocalSlack
from bot.slack.manifest import SCOPES, manifest
from bot.store.revision import head

SECRET = "k3f9a7c1d5e8b2a4"
COMMANDS = ["serve", "demo", "migrate", "doctor", "manifest", "parse", "send"]
REQUEST = b"""X-Sample-Query: via=console
Content-Type: application/x-www-form-urlencoded; charset=UTF-8

alertName=CPU&alertState=ALERT&triggerLevel=WARN&ruleId=r1&userId=1&curValue=91&timestamp=1768199461207"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `tocsin` in this process: with these settings alone, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for field in PartialSettings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)

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


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert "Example: " in ran.out
    assert f"tocsin {command}" in ran.out


def test_the_first_help_lists_the_commands_and_the_exit_codes(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    assert all(f"\n  {command} " in ran.out for command in COMMANDS)
    assert "Exit codes: 0" in ran.out


def test_help_waits_for_no_heavy_library() -> None:
    heavy = ["sqlalchemy", "fastapi", "starlette", "slack_bolt", "slack_sdk", "pydantic", "aiohttp"]
    code = (
        "import sys; sys.argv = ['tocsin', '--help']\n"
        "from bot.__main__ import main\n"
        "try: main()\n"
        f"finally: print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_the_bot_holds_no_library_that_only_paints() -> None:
    code = (
        "import sys; sys.argv = ['tocsin', '--version']\n"
        "from bot.__main__ import main\n"
        "try: main()\n"
        "finally: import bot.server; print('structlog' in sys.modules, 'pygments' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-1] == "True False"


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version") == Ran(0, f"tocsin {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["parse"], ["parse", "no-such-file"], ["manifest", "--mode", "x"]]
)
def test_wrong_usage_exits_with_two(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Error" in ran.err
    assert ran.out == ""


def test_serve_without_settings_tells_each_on_a_line_and_exits_with_one(run: Run) -> None:
    ran = run("serve")
    assert ran.code == 1
    assert [line.split(":")[0] for line in ran.err.splitlines()] == [
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "TOCSIN_CALLBACK_TOKENS",
        "TOCSIN_CHANNEL",
    ]
    assert "Traceback" not in ran.err


def test_migrate_brings_a_database_to_the_newest_revision_twice(run: Run, tmp_path: Path) -> None:
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    for _ in range(2):
        ran = run("migrate", **environ)
        assert (ran.code, ran.out) == (0, f"The database is at revision {head()}.\n")
    with sqlite3.connect(tmp_path / "x.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(head(),)]
    database.close()


def test_migrate_says_in_one_line_that_the_database_does_not_answer(run: Run) -> None:
    ran = run("migrate", DATABASE_URL="postgresql://u:hunter2@127.0.0.1:9/x?connect_timeout=2")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "hunter2" not in ran.err


def test_manifest_is_for_socket_mode_unless_there_is_a_url(run: Run) -> None:
    url = "https://tocsin.example.com"
    assert json.loads(run("manifest").out) == manifest("socket", None)
    assert json.loads(run("manifest", "--url", url).out) == manifest("http", url)
    assert json.loads(run("manifest", TOCSIN_PUBLIC_URL=f"{url}/").out) == manifest("http", url)
    assert json.loads(run("manifest", "--mode", "socket", "--url", url).out) == manifest(
        "socket", None
    )


def test_manifest_for_http_without_a_url_says_what_to_replace(run: Run) -> None:
    ran = run("manifest", "--mode", "http")
    assert ran.code == 0
    assert "tocsin.example.com/slack/events" in ran.out
    assert "replace https://tocsin.example.com" in ran.err


def test_manifest_refuses_an_address_that_slack_cannot_call(run: Run) -> None:
    assert run("manifest", "--url", "tocsin.example.com").code == 2


def test_parse_prints_the_record_of_a_kept_request(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cpu.http").write_bytes(REQUEST)
    ran = run("parse", "cpu.http")
    record = json.loads(ran.out)
    assert (ran.code, record["kind"], record["state"]) == (0, "threshold", "ALERT")
    assert (record["alert_name"], record["value"]) == ("CPU", 91)
    assert record["timestamp"] == "2026-01-12T06:31:01.207Z"


class Bot(BaseHTTPRequestHandler):
    """Answers like the callback door, and remembers what it was asked."""

    seen: list[tuple[str, str, str | None, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.command, self.path, self.headers["Content-Type"], body))
        known = self.path.startswith(f"/callbacks/{SECRET}")
        answer = b'{"status": "accepted"}' if known else b'{"detail": "wrong token"}'
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def bot() -> Iterator[HTTPServer]:
    Bot.seen = []
    server = HTTPServer(("127.0.0.1", 0), Bot)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_send_posts_the_request_as_it_was_kept(run: Run, tmp_path: Path, bot: HTTPServer) -> None:
    (tmp_path / "cpu.http").write_bytes(REQUEST)
    url = f"http://127.0.0.1:{bot.server_port}/callbacks/{SECRET}"
    ran = run("send", "cpu.http", "--url", url)
    assert (ran.code, json.loads(ran.out)) == (0, {"status": "accepted"})
    body = REQUEST.partition(b"\n\n")[2]
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert Bot.seen == [("POST", f"/callbacks/{SECRET}?via=console", kind, body)]


def test_send_finds_the_running_bot_by_its_settings(
    run: Run, tmp_path: Path, bot: HTTPServer
) -> None:
    (tmp_path / "cpu.http").write_bytes(REQUEST)
    port = str(bot.server_port)
    assert run("send", "cpu.http", PORT=port, TOCSIN_CALLBACK_TOKENS=f"cms={SECRET}").code == 0


def test_send_fails_with_what_the_bot_said(run: Run, tmp_path: Path, bot: HTTPServer) -> None:
    (tmp_path / "cpu.http").write_bytes(REQUEST)
    ran = run("send", "cpu.http", "--url", f"http://127.0.0.1:{bot.server_port}/callbacks/no")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == 'The bot answered 401 Unauthorized: {"detail": "wrong token"}\n'


def test_send_says_so_when_nobody_is_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cpu.http").write_bytes(REQUEST)
    ran = run("send", "cpu.http", "--url", f"http://127.0.0.1:9/callbacks/{SECRET}")
    assert ran.code == 1
    assert "is the bot running?" in ran.err
    assert run("send", "cpu.http").code == 2
    assert run("send", "cpu.http", "--url", "file:///etc/passwd").code == 2


# tocsin doctor


def checks_of(ran: Ran) -> dict[str, dict[str, object]]:
    return {check["check"]: check for check in json.loads(ran.out)["checks"]}


def all_well(slack: LocalSlack, **more: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.settings.bot_token,
        "SLACK_APP_TOKEN": slack.settings.app_token,
        "SLACK_API_URL": slack.api_url,
        "TOCSIN_CALLBACK_TOKENS": SECRET,
        "TOCSIN_CHANNEL": "#alarms",
        **more,
    }


async def examined(run: Run, environ: dict[str, str]) -> Ran:
    return await asyncio.to_thread(run, "doctor", "--json", **environ)


async def test_doctor_finds_nothing_where_all_is_well(run: Run, bot: HTTPServer) -> None:
    run("migrate")
    async with LocalSlack() as slack:
        url = f"http://127.0.0.1:{bot.server_port}"
        ran = await examined(run, all_well(slack, TOCSIN_PUBLIC_URL=url))
        text = await asyncio.to_thread(run, "doctor", **all_well(slack))
    assert (ran.code, json.loads(ran.out)["ok"]) == (0, True), ran.out
    assert list(checks_of(ran)) == [
        "settings",
        "database",
        "SLACK_APP_TOKEN",
        "SLACK_BOT_TOKEN",
        "scopes",
        "channel alarms",
        "TOCSIN_PUBLIC_URL",
    ]
    assert text.code == 0
    assert all(line.startswith("ok ") for line in text.out.splitlines())


async def test_doctor_says_how_to_mend_a_refused_token(run: Run) -> None:
    async with LocalSlack() as slack:
        wrong = {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-wrong"}
        ran = await examined(run, all_well(slack) | wrong)
    assert ran.code == 1
    for name, value in wrong.items():
        assert checks_of(ran)[name]["says"] == "Slack says invalid_auth"
        assert checks_of(ran)[name]["remedy"]
        assert value not in ran.out


async def test_doctor_names_each_channel_that_the_bot_cannot_use(run: Run, tmp_path: Path) -> None:
    names = ["general", "war-room", "nowhere", "db-alarms"]
    routes = "".join(f"  - {{channel: {name}, match: {{kind: x}}}}\n" for name in names)
    (tmp_path / "routes.yaml").write_text(f"routes:\n{routes}")
    async with LocalSlack() as slack:
        channel = next(c for c in slack.space.channels.values() if c.name == "db-alarms")
        channel.archived = True
        ran = await examined(run, all_well(slack, TOCSIN_ROUTES="routes.yaml"))
    checks = checks_of(ran)
    assert ran.code == 1
    assert checks["channel alarms"]["ok"]
    assert checks["channel general"]["says"] == "the bot is not in it"
    assert checks["channel general"]["remedy"] == "in #general: /invite @Tocsin"
    for hidden in ("channel war-room", "channel nowhere"):
        assert checks[hidden]["says"] == "Slack shows the bot no such channel"
    assert checks["channel db-alarms"]["says"] == "is archived"


async def test_doctor_goes_on_when_settings_are_missing(run: Run) -> None:
    async with LocalSlack() as slack:
        environ = all_well(slack)
        del environ["TOCSIN_CHANNEL"], environ["TOCSIN_CALLBACK_TOKENS"]
        ran = await examined(run, environ)
    checks = checks_of(ran)
    assert ran.code == 1
    assert [name for name, check in checks.items() if not check["ok"]] == [
        "TOCSIN_CALLBACK_TOKENS",
        "TOCSIN_CHANNEL",
    ]
    assert checks["SLACK_BOT_TOKEN"]["ok"]


def test_doctor_stops_at_settings_that_cannot_be_read(run: Run) -> None:
    ran = run("doctor", "--json", PORT="x", TOCSIN_ROUTES="none.yaml")
    assert ran.code == 1
    assert checks_of(ran)["PORT"] == {
        "ok": False,
        "check": "PORT",
        "says": "is wrong",
        "remedy": "must be a number from 0 to 65535, such as 8080",
    }
    assert "database" not in checks_of(ran)


def test_doctor_looks_at_the_database_without_making_one(run: Run, tmp_path: Path) -> None:
    assert checks_of(run("doctor", "--json"))["database"]["ok"]
    nowhere = run("doctor", "--json", DATABASE_URL="sqlite:///no/such/folder/x.db")
    assert checks_of(nowhere)["database"]["remedy"] == "mkdir -p no/such/folder"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "letter.txt").write_text("Dear Ann, " * 200)
    letter = checks_of(run("doctor", "--json", DATABASE_URL="sqlite:///letter.txt"))["database"]
    assert letter["says"] == "cannot be read (file is not a database)"
    (tmp_path / "letter.txt").unlink()
    away = run("doctor", "--json", DATABASE_URL="postgresql://u:hunter2@127.0.0.1:9/x")
    assert checks_of(away)["database"]["remedy"] == "start it, or mend DATABASE_URL"
    assert "hunter2" not in away.out


def test_doctor_wants_an_old_database_upgraded_only_if_serve_will_not(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "tocsin.db").touch()
    assert checks_of(run("doctor", "--json"))["database"]["ok"]
    off = checks_of(run("doctor", "--json", TOCSIN_MIGRATE="off"))
    assert off["database"]["remedy"] == "run: tocsin migrate"


def test_doctor_warns_of_tokens_that_can_be_guessed(run: Run) -> None:
    ran = run("doctor", "--json", TOCSIN_CALLBACK_TOKENS="cms=short")
    says = [check["says"] for check in json.loads(ran.out)["checks"]]
    assert "cms is shorter than 16 characters and can be guessed" in says


def test_doctor_tries_the_public_address(run: Run, bot: HTTPServer) -> None:
    wrong = run("doctor", "--json", TOCSIN_PUBLIC_URL="http://127.0.0.1:9")
    assert not checks_of(wrong)["TOCSIN_PUBLIC_URL"]["ok"]
    elsewhere = f"http://127.0.0.1:{bot.server_port}/elsewhere"
    assert not checks_of(run("doctor", "--json", TOCSIN_PUBLIC_URL=elsewhere))["TOCSIN_PUBLIC_URL"][
        "ok"
    ]


def test_doctor_reads_the_routes_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text("routes:\n  - channel: a\n    languge: zh\n")
    ran = run("doctor", "--json", TOCSIN_ROUTES="routes.yaml")
    assert "did you mean 'language'?" in str(checks_of(ran)["routes"]["remedy"])


def test_doctor_reads_the_permissions_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "who.yaml").write_text("mutes: {users: [U0ANN00001]}\n")
    ran = run("doctor", "--json", TOCSIN_PERMISSIONS="who.yaml")
    assert "mutes: is no action" in str(checks_of(ran)["permissions"]["remedy"])
    (tmp_path / "who.yaml").write_text("mute: {users: [U0ANN00001]}\n")
    ran = run("doctor", "--json", TOCSIN_PERMISSIONS="who.yaml")
    assert checks_of(ran)["permissions"]["says"] == "who.yaml has rules for mute"


def test_python_dash_m_bot_is_the_same_program() -> None:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=environ,
    )
    assert ran.stdout == f"tocsin {__version__}\n"


def test_the_scopes_that_doctor_wants_are_those_of_the_manifest() -> None:
    assert manifest("socket", None)["oauth_config"] == {"scopes": {"bot": list(SCOPES)}}
