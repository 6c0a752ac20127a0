"""Who we are in Slack: asked once, and asked again until Slack has answered."""

from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.slack.calls import Identity, SlackCalls
from bot.slack.failures import SlackFailure

log = structlog.get_logger()

PAUSE = timedelta(seconds=30)  # between tries, so that clicks do not wait for a dead Slack


class Whoami:
    """Remembers the answer. None as long as Slack has given none."""

    def __init__(self, slack: SlackCalls, *, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        self._known: Identity | None = None
        self._next_try: datetime | None = None

    async def __call__(self) -> Identity | None:
        """Our identity, from memory if it is there."""
        now = self._clock()
        if self._known is None and (self._next_try is None or now >= self._next_try):
            self._next_try = now + PAUSE
            await self._ask()
        return self._known

    async def _ask(self) -> None:
        try:
            self._known = await self._slack.whoami()
        except SlackFailure as failure:
            log.warning("slack.not_reached", word=failure.word)
        else:
            log.info("slack.reached", team=self._known.team_id, bot=self._known.bot_id)
