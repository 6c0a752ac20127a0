"""The Bolt app: it checks where requests come from, the same for HTTP and Socket Mode."""

import logging
from collections.abc import Callable
from traceback import walk_tb
from typing import Any, cast  # Bolt's decorators have no types

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.doors.switchboard import Switchboard
from bot.slack.calls import Identity

log = structlog.get_logger()

OURS = "bot."


def build_bolt(
    switchboard: Switchboard,
    *,
    token: str,
    api_url: str,
    signing_secret: str | None,
    whoami: Callable[[], Identity | None],
) -> AsyncApp:
    """Bolt with every listener; `whoami` tells which workspace is ours, if known."""

    async def authorize() -> AuthorizeResult:
        """Bolt's own would call Slack inside the first click's three seconds."""
        us = whoami()
        return AuthorizeResult(
            enterprise_id=None,
            team_id=us.team_id if us else None,
            bot_token=token,
            bot_id=us.bot_id if us else None,
            bot_user_id=us.user_id if us else None,
        )

    bolt = AsyncApp(
        # Bolt's own loggers take the root's level, whatever that of `slack_bolt` is.
        logger=logging.getLogger("slack_bolt"),
        signing_secret=signing_secret or "",
        client=AsyncWebClient(base_url=api_url, retry_handlers=[]),
        authorize=authorize,
        # Socket Mode carries no signatures: the socket itself was opened with our token.
        request_verification_enabled=signing_secret is not None,
    )
    switchboard.listen(bolt)
    cast("Any", bolt).error(on_error)
    return bolt


async def on_error(error: Exception) -> BoltResponse | None:
    """What Bolt stumbles over is the caller's nonsense: a line, where Bolt's own handler writes
    a traceback and the request. What comes out of our own code is a fault of ours."""
    if is_ours(error):
        log.error("request.failed", exc_info=error)
        return None
    log.warning("slack.nonsense", error=type(error).__name__)
    return BoltResponse(status=400)


def is_ours(error: Exception) -> bool:
    """Whether any of our code was running when it happened."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(str(frame.f_globals.get("__name__", "")).startswith(OURS) for frame in frames)
