"""Who we are in Slack: asked until Slack has answered, and remembered.

Asked by a loop of its own, never by a click: Slack waits three seconds for the answer to one.
The loop goes on asking, so that a refused token and a Slack that cannot be reached are noticed
while there is nothing to post.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.slack.calls import Identity, SlackCalls
from bot.slack.failures import Remedy, SlackFailure

log = structlog.get_logger()

PAUSE = timedelta(seconds=30)  # between tries
PROBE = timedelta(seconds=60)  # between questions while Slack answers


class Whoami:
    """Our identity, None as long as Slack has told none; `refused` is Slack's word for why.

    `away_since`: since when Slack cannot be reached; None while it answers.
    """

    def __init__(self, slack: SlackCalls, *, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        self._known: Identity | None = None
        self.refused: str | None = None
        self.away_since: datetime | None = None

    def __call__(self) -> Identity | None:
        """From memory."""
        return self._known

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            well = await self.ask()
            await asyncio.sleep((PROBE if well else PAUSE).total_seconds())

    async def ask(self) -> bool:
        """Ask once; whether Slack takes our token."""
        was_well = self._known and not self.refused and not self.away_since
        try:
            self._known = await self._slack.whoami()
        except SlackFailure as failure:
            log.warning("slack.not_reached", word=failure.word)
            stopped = failure.remedy is Remedy.STOP_ALL
            reached = stopped or failure.remedy is Remedy.WAIT
            self.refused = failure.word if stopped else None
            self.away_since = None if reached else self.away_since or self._clock()
            return False
        self.refused = self.away_since = None
        if not was_well:
            log.info("slack.reached", team=self._known.team_id, bot=self._known.bot_id)
        return True
