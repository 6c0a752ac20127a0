"""Opening modals: at once, because a trigger lives three seconds; what takes longer comes after.

Nothing here decides what a modal says.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.doors.visitor import Nonsense, Visitor
from bot.slack import blocks, forms
from bot.slack.calls import SlackCalls
from bot.slack.message import JsonObject
from bot.slack.text import Mrkdwn
from bot.slack.views import Shown, ViewLost
from bot.slack.words import Words

AT_ONCE = timedelta(milliseconds=400)  # what is there by then needs no empty modal before it


class Modals:
    """Shows views to people."""

    def __init__(self, slack: SlackCalls) -> None:
        self._views = slack.views

    async def open(
        self,
        visitor: Visitor,
        making: Awaitable[JsonObject | None],
        *,
        title: str,
        on_top: bool = False,
    ) -> Shown | Mrkdwn | None:
        """Open what `making` gives, with an empty modal before it if that takes a while.

        `on_top` of the modal that is open. Gives a word for the person if nothing was opened,
        and None if it was closed meanwhile.
        """
        words = Words.of(visitor.language)
        task = asyncio.ensure_future(making)
        await asyncio.wait({task}, timeout=AT_ONCE.total_seconds())
        if task.done():
            view = task.result()
            if view is None:
                return words.mark("answers.unknown_card")
            return _told(await self._show(visitor, view, on_top=on_top), words)
        waiting = message_view(title, words.mark("form.loading"), words)
        try:
            shown = await self._show(visitor, waiting, on_top=on_top)
        except BaseException:  # also a stop: nobody is left to wait for what is being made
            task.cancel()
            raise
        return await self._fill(shown, task, title, words)

    async def _fill(
        self,
        shown: Shown | ViewLost,
        task: "asyncio.Future[JsonObject | None]",
        title: str,
        words: Words,
    ) -> Shown | Mrkdwn | None:
        if isinstance(shown, ViewLost):
            task.cancel()
            return _told(shown, words)
        try:
            view = await task
        except Exception:  # whatever it was: an empty modal would say "one moment" for ever
            sorry = message_view(title, words.mark("answers.not_stored"), words)
            await self._views.update(shown.id, sorry)
            raise
        gone = message_view(title, words.mark("answers.unknown_card"), words)
        filled = await self._views.update(shown.id, view or gone, hash=shown.hash)
        return filled if view and isinstance(filled, Shown) else None

    async def _show(self, visitor: Visitor, view: JsonObject, *, on_top: bool) -> Shown | ViewLost:
        if visitor.trigger_id is None:
            raise Nonsense
        show: Callable[[str, JsonObject], Awaitable[Shown | ViewLost]]
        show = self._views.push if on_top else self._views.open
        return await show(visitor.trigger_id, view)

    async def change(self, view_id: str, view: JsonObject, *, hash: str | None) -> Shown | None:
        """Another state of a modal; None where it is closed, or newer than `hash` already."""
        shown = await self._views.update(view_id, view, hash=hash)
        return shown if isinstance(shown, Shown) else None


async def opened(
    modals: Modals, visitor: Visitor, making: Awaitable[JsonObject | None], *, title: str
) -> Mrkdwn | None:
    """Open a modal; the word for the person if that was not possible."""
    told = await modals.open(visitor, making, title=title)
    return told if isinstance(told, Mrkdwn) else None


def message_view(title: str, said: Mrkdwn, words: Words) -> JsonObject:
    """A modal that only says something."""
    body = [blocks.section(said, block_id="said")]
    return forms.modal(title, body, callback_id="said", close=words.say("form.close"))


def _told(shown: Shown | ViewLost, words: Words) -> Shown | Mrkdwn:
    return words.mark("form.too_late") if isinstance(shown, ViewLost) else shown
