"""The local Slack alone: `python -m bot.local_slack --port 8079 --app http://127.0.0.1:8080`."""

import argparse
import asyncio
import contextlib
import sys

from bot.local_slack.model import Command
from bot.local_slack.parts import Settings
from bot.local_slack.server import LocalSlack


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.local_slack", description=__doc__)
    parser.add_argument("--port", type=int, default=8079)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--app", help="URL of the app for HTTP mode; without it, Socket Mode")
    parser.add_argument("--signing-secret", default=Settings.signing_secret)
    parser.add_argument("--bot-token", default=Settings.bot_token)
    parser.add_argument("--app-token", default=Settings.app_token)
    parser.add_argument("--limits", action="store_true", help="enforce Slack's rate limits")
    parser.add_argument("--command", action="append", default=[], help="a slash command, /name")
    return parser.parse_args()


async def _serve(given: argparse.Namespace) -> None:
    settings = Settings(
        bot_token=given.bot_token,
        app_token=given.app_token,
        signing_secret=given.signing_secret,
        commands=[Command(name) for name in given.command],
        limits=given.limits,
    )
    slack = LocalSlack(settings)
    await slack.start(given.port, given.host)
    slack.point_at(given.app)
    sys.stdout.write(f"Local Slack: {slack.url}   Web API: {slack.api_url}\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await slack.stop()


def main() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_arguments()))


if __name__ == "__main__":
    main()
