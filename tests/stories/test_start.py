"""Starting the program where something stands in its way."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-for-tests",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "TOCSIN_CALLBACK_TOKENS": "callback-token-for-tests",
    "TOCSIN_CHANNEL": "alarms",
}
ENDS_WITHIN = 60.0  # seconds


async def started_where_the_port_is_taken(
    command: str, tmp_path: Path, **more: str
) -> tuple[int | None, bytes, str]:
    """Its exit code, what it said, and the port that it asked for."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        database = {"DATABASE_URL": f"sqlite:///{tmp_path}/tocsin.db"}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", command),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": port}
            | SETTINGS
            | database
            | more,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(ENDS_WITHIN):
            _, said = await process.communicate()
    return process.returncode, said, port


@pytest.mark.parametrize("command", ["serve", "demo"])
async def test_a_port_that_is_taken_is_named_with_the_remedy(command: str, tmp_path: Path) -> None:
    code, said, _ = await started_where_the_port_is_taken(command, tmp_path)
    assert code == 1
    assert said.decode().strip().splitlines()[-1].startswith("PORT: cannot listen on 127.0.0.1")
    assert b"Traceback" not in said


@pytest.mark.parametrize(
    ("command", "host"),
    [
        ("serve", "nowhere.invalid"),
        ("serve", "a..b"),
        ("serve", "x" * 99),
        ("serve", "192.0.2.1"),
        ("demo", "a..b"),
    ],
)
async def test_a_host_that_is_none_is_named_with_the_remedy(
    command: str, host: str, tmp_path: Path
) -> None:
    code, said, _ = await started_where_the_port_is_taken(command, tmp_path, HOST=host)
    assert code == 1
    assert said.decode().strip().splitlines()[-1].startswith("HOST: is no address of this machine")
    assert b"Traceback" not in said


async def test_what_is_set_in_vain_is_named_at_the_start_and_stops_nothing(tmp_path: Path) -> None:
    in_vain = {"TOCSIN_CANARI": "hunter2", "TOCSIN_ELSE": "hunter2", "TZ": "Europe/Berlim"}
    _, said, port = await started_where_the_port_is_taken("serve", tmp_path, **in_vain)
    *lines, last = said.decode().strip().splitlines()
    told = {line["setting"]: line for line in map(json.loads, lines)}
    assert {name: line["level"] for name, line in told.items()} == dict.fromkeys(in_vain, "warning")
    assert "did you mean TOCSIN_CANARY?" in told["TOCSIN_CANARI"]["remedy"]
    assert port in last  # it went on, up to the port
    assert b"hunter2" not in said
