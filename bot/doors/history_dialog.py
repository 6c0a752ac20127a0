"""History: a modal at once, a better picture in it when that is drawn, and older pages."""

import structlog

from bot.clock import Clock
from bot.doors.modals import Modals
from bot.doors.requests import Answer, Pressed
from bot.doors.switchboard import Listeners
from bot.doors.visitor import Visitor
from bot.rules.history import History
from bot.slack.calls import SlackCalls
from bot.slack.chart_png import Painter
from bot.slack.failures import SlackFailure
from bot.slack.history_view import NEWER, OLDER, SCOPE, SPAN, Page, history_view, page_of
from bot.slack.message import JsonObject
from bot.slack.text import Mrkdwn
from bot.slack.views import Shown
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import history

log = structlog.get_logger()


class HistoryDialog:
    """The modal, from a card and from its own menus."""

    def __init__(
        self, database: Database, modals: Modals, slack: SlackCalls, *, clock: Clock
    ) -> None:
        self._database = database
        self._modals = modals
        self._files = slack.files
        self._painter = Painter()
        self._clock = clock

    def listen(self, listeners: Listeners) -> None:
        """Which payloads come here."""
        listeners.presses["history"] = self.open
        listeners.presses |= dict.fromkeys((SPAN, SCOPE, OLDER, NEWER), self.turn)

    async def open(self, pressed: Pressed) -> Answer:
        """History on a card."""
        return await self.show(pressed.visitor, pressed.value)

    async def show(self, visitor: Visitor, card_id: str) -> Answer:
        """The last week of the card's alarm."""
        words, page = Words.of(visitor.language), Page(card_id)
        told = await self._modals.open(
            visitor, self._view(page, visitor), title=words.say("history.title")
        )
        if isinstance(told, Mrkdwn):
            return told
        if told is not None:
            await self._draw(page, visitor, told)
        return None

    async def turn(self, pressed: Pressed) -> Answer:
        """Another time, another page, the whole rule."""
        before = page_of(pressed.view) if pressed.view else None
        if pressed.view is None or before is None:
            return None
        page = before.pressed(pressed.action_id, pressed.value)
        view = await self._view(page, pressed.visitor)
        if view is None:
            return Words.of(pressed.visitor.language).mark("form.gone")
        shown = await self._modals.change(pressed.view.id, view, hash=pressed.view.hash)
        if shown:
            await self._draw(page, pressed.visitor, shown)
        return None

    async def _past(self, page: Page, visitor: Visitor) -> History | None:
        return await history.of_card(
            self._database,
            page.card_id,
            span=page.span,
            whole_rule=page.whole_rule,
            before_id=page.before_id,
            now=self._clock(),
            language=visitor.language,
        )

    async def _view(
        self, page: Page, visitor: Visitor, *, picture: str | None = None
    ) -> JsonObject | None:
        past = await self._past(page, visitor)
        if past is None:
            return None
        return history_view(
            past,
            language=visitor.language,
            tz=visitor.tz,
            card_id=page.card_id,
            picture=picture,
            trail=page.trail,
        )

    async def _draw(self, page: Page, visitor: Visitor, shown: Shown) -> None:
        """Put the drawn picture where the plain one is, if the person still looks at this page."""
        past = await self._past(page, visitor)
        drawn = await self._painter.draw(past, tz=visitor.tz) if past else None
        if past is None or drawn is None:
            return
        try:
            picture = await self._files.upload(
                "history.png", drawn, title=past.alarm.name, channel_id=None, thread_ts=None
            )
            if await self._files.is_ready(picture):
                view = await self._view(page, visitor, picture=picture)
                if view is not None:
                    await self._modals.change(shown.id, view, hash=shown.hash)
        except SlackFailure as failure:
            log.info("history.no_picture", word=failure.word)
