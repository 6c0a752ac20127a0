"""The Bolt app: it checks where requests come from, the same for HTTP and Socket Mode."""

import logging
from collections.abc import Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.doors.switchboard import Switchboard
from bot.slack.calls import Identity


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
    return bolt
