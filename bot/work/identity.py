"""Who we are in Slack: asked until Slack has answered, and remembered.

Asked by a loop of its own, never by a click: Slack waits three seconds for the answer to one.
"""

import asyncio
from datetime import timedelta

import structlog

from bot.slack.calls import Identity, SlackCalls
from bot.slack.failures import Remedy, SlackFailure

log = structlog.get_logger()

PAUSE = timedelta(seconds=30)  # between tries


class Whoami:
    """Our identity, None as long as Slack has told none; `refused` is Slack's word for why."""

    def __init__(self, slack: SlackCalls) -> None:
        self._slack = slack
        self._known: Identity | None = None
        self.refused: str | None = None

    def __call__(self) -> Identity | None:
        """From memory."""
        return self._known

    async def run(self) -> None:
        """Ask until there is an answer."""
        while self._known is None:
            try:
                self._known = await self._slack.whoami()
            except SlackFailure as failure:
                log.warning("slack.not_reached", word=failure.word)
                self.refused = failure.word if failure.remedy is Remedy.STOP_ALL else None
                await asyncio.sleep(PAUSE.total_seconds())
        self.refused = None
        log.info("slack.reached", team=self._known.team_id, bot=self._known.bot_id)
