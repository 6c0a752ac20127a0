"""The App Home: published when its owner opens it, and again after whatever they do."""

import asyncio
from collections import OrderedDict

import structlog

from bot.clock import Clock
from bot.doors.requests import Answer, Pressed
from bot.doors.rows import Rows
from bot.doors.switchboard import Listeners
from bot.doors.visitor import Visitor
from bot.slack.calls import SlackCalls
from bot.slack.failures import SlackFailure
from bot.slack.home_view import REFRESH, Welcome, home_view
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work.home import home_of

log = structlog.get_logger()

MOST_REMEMBERED = 5_000  # people whose page is kept fresh; whoever opens it is one again


class HomeDoor:
    """Everybody's own page."""

    def __init__(
        self,
        database: Database,
        slack: SlackCalls,
        rows: Rows,
        *,
        console: str | None,
        clock: Clock,
    ) -> None:
        self._database = database
        self._views = slack.views
        self._rows = rows
        self._console = console
        self._clock = clock
        # A page on its way must not arrive after a newer one, so each waits for the one before.
        self._opened: OrderedDict[str, asyncio.Lock] = OrderedDict()

    def listen(self, listeners: Listeners) -> None:
        """The event, the button, and whatever somebody did."""
        listeners.home_opened = self.opened
        listeners.acted = self.acted
        listeners.presses[REFRESH] = self.refresh

    async def opened(self, visitor: Visitor) -> None:
        """Somebody looks at their page."""
        self._opened.setdefault(visitor.person.id, asyncio.Lock())
        self._opened.move_to_end(visitor.person.id)
        if len(self._opened) > MOST_REMEMBERED:
            self._opened.popitem(last=False)
        await self._publish(visitor)

    async def refresh(self, pressed: Pressed) -> Answer:
        """The button."""
        await self.opened(pressed.visitor)
        return None

    async def acted(self, visitor: Visitor) -> None:
        """Their page changes with what they do, if they ever look at it."""
        if visitor.person.id not in self._opened:
            return
        try:
            await self._publish(visitor)
        except SlackFailure as failure:
            log.info("home.not_published", word=failure.word)

    async def _publish(self, visitor: Visitor) -> None:
        turn = self._opened.get(visitor.person.id)
        if turn is None:  # so many others looked at theirs that this one was forgotten
            return
        async with turn:
            await self._publish_now(visitor)

    async def _publish_now(self, visitor: Visitor) -> None:
        now = self._clock()
        home = await home_of(self._database, visitor.person.id, now=now)
        welcome = Welcome(
            firing=self._rows.of(home.firing, visitor.language),
            firing_count=home.firing_count,
            mine=self._rows.of(home.mine, visitor.language),
            mine_count=home.mine_count,
            mutes=home.mutes,
            tz=visitor.tz,
            console=self._console,
        )
        view = home_view(welcome, Words.of(visitor.language), now)
        # Without a hash: the newest says what the database says, whatever stood there before.
        await self._views.publish(visitor.person.id, view)
