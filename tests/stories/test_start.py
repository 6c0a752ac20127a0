"""Starting the program where something stands in its way."""

import asyncio
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


@pytest.mark.parametrize("command", ["serve", "demo"])
async def test_a_port_that_is_taken_is_named_with_the_remedy(command: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        database = {"DATABASE_URL": f"sqlite:///{tmp_path}/tocsin.db"}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", command),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": port}
            | SETTINGS
            | database,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(ENDS_WITHIN):
            _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().strip().splitlines()[-1].startswith("PORT: cannot listen on 127.0.0.1")
    assert b"Traceback" not in said
