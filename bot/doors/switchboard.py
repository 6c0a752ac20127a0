"""Slack's requests: Bolt checks where they come from; here each finds who handles it, in time.

Commit, then ack, then poke. Slack shows a fault after three seconds of silence, so a handler
that takes longer than `ACK_WITHIN` is waited for after the ack, and the person is told the
end of it. A listener never lets an error out: Bolt would answer Slack with an error although
the act counted.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast  # Bolt hands over payloads of any shape

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.doors.refusals import told
from bot.doors.replies import Replies, after_submission, goes_with_ack, of_command, of_submission
from bot.doors.requests import (
    Answer,
    Called,
    Outcome,
    Pressed,
    Shortcut,
    Submitted,
    called,
    pressed,
    shortcut,
    submitted,
)
from bot.doors.visitor import Nonsense, Payload, Visitor, response_url_of, visitor_of
from bot.errors import StorageUnavailable
from bot.rules.card import Language
from bot.slack.calls import Identity, SlackCalls
from bot.slack.failures import SlackFailure
from bot.slack.text import Mrkdwn
from bot.slack.words import Words
from bot.work.people import People

log = structlog.get_logger()

ANY = re.compile(".+", re.DOTALL)
ACK_WITHIN = timedelta(milliseconds=700)  # a click must feel answered within a second

Press = Callable[[Pressed], Awaitable[Answer]]
Submission = Callable[[Submitted], Awaitable[Outcome]]
Use = Callable[[Shortcut], Awaitable[Answer]]
Call = Callable[[Called], Awaitable[Answer]]
Opened = Callable[[Visitor], Awaitable[None]]
Request = TypeVar("Request", Pressed, Submitted, Shortcut, Called)
Result = TypeVar("Result")


@dataclass(slots=True)
class Listeners:
    """Who handles what, by the ids in Slack's payloads; `call` handles every slash command.

    `acted` is told of everybody who did something, after they were answered.
    """

    presses: dict[str, Press] = field(default_factory=dict[str, Press])
    submissions: dict[str, Submission] = field(default_factory=dict[str, Submission])
    shortcuts: dict[str, Use] = field(default_factory=dict[str, Use])
    call: Call | None = None
    home_opened: Opened | None = None
    acted: Opened | None = None


class Switchboard:
    """All of Slack's requests. `whoami` tells which workspace is ours, if known."""

    def __init__(
        self,
        listeners: Listeners,
        slack: SlackCalls,
        people: People,
        *,
        whoami: Callable[[], Identity | None],
        language: Language,
    ) -> None:
        self._listeners = listeners
        self._replies = Replies(slack)
        self._people = people
        self._whoami = whoami
        self._language = language

    def listen(self, bolt: AsyncApp) -> None:
        """Register with Bolt. Everything of a kind, also what another release of ours sent:
        yesterday's button must be safe to press."""
        register = cast("Any", bolt)  # Bolt's decorators have no types
        register.action(ANY)(self.press)
        register.view(ANY)(self.submit)
        register.view_closed(ANY)(self.ignore)
        register.shortcut(ANY)(self.use)
        register.command(ANY)(self.call)
        register.event("app_home_opened")(self.home)

    async def ignore(self, ack: AsyncAck) -> None:
        """Somebody closed a modal: there is nothing to keep."""
        await ack()

    async def press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A button or a menu."""

        async def handle(visitor: Visitor) -> Answer:
            request = pressed(body, visitor)
            return await _handled_by(self._listeners.presses.get(request.action_id), request)

        await self._answer_after(ack, body, handle)

    async def use(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A message shortcut."""

        async def handle(visitor: Visitor) -> Answer:
            request = shortcut(body, visitor)
            return await _handled_by(self._listeners.shortcuts.get(request.callback_id), request)

        await self._answer_after(ack, body, handle)

    async def _answer_after(
        self, ack: AsyncAck, body: Payload, handle: Callable[[Visitor], Awaitable[Answer]]
    ) -> None:
        working = self._start(body, handle)
        await _in_time(working)
        await ack()
        visitor, answer = await working
        await self._replies.deliver(visitor, answer, url=response_url_of(body))
        await self._after(visitor)

    async def _after(self, visitor: Visitor | None) -> None:
        if visitor is None or self._listeners.acted is None:
            return
        try:
            await self._listeners.acted(visitor)
        except Exception:  # what was asked for is done; see above: nothing may escape to Bolt
            log.exception("request.aftermath_failed")

    async def call(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A slash command; its answer goes along with the ack if it is there in time."""

        async def handle(visitor: Visitor) -> Answer:
            return await _handled_by(self._listeners.call, called(body, visitor))

        working = self._start(body, handle)
        if await _in_time(working) and goes_with_ack(working.result()[1]):
            visitor, answer = working.result()
            await ack(cast("Any", of_command(answer) or None))
        else:
            await ack()
            visitor, answer = await working
            await self._replies.deliver(visitor, answer, url=response_url_of(body))
        await self._after(visitor)

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A modal that was filled in: it closes, says what is wrong, or shows something else."""

        async def handle(visitor: Visitor) -> Outcome:
            request = submitted(body, visitor)
            handler = self._listeners.submissions.get(request.view.callback_id)
            return await _handled_by(handler, request)

        working = self._start(body, handle)
        in_time = await _in_time(working)
        if not in_time:
            await ack()
        visitor, outcome = await working
        if in_time:
            await ack(**of_submission(outcome))
        answer = after_submission(outcome, in_time=in_time)
        await self._replies.deliver(visitor, answer, url=None)
        await self._after(visitor)

    async def home(self, body: dict[str, Any]) -> None:
        """Somebody opened the app's own tab. Bolt has answered Slack already."""
        event = cast("Mapping[str, Any]", body.get("event") or {})
        opened = self._listeners.home_opened
        if opened is None or event.get("tab") not in (None, "home"):
            return

        async def handle(visitor: Visitor) -> None:
            await opened(visitor)

        await self._start(
            {"user": {"id": event.get("user")}, "team_id": body.get("team_id")}, handle
        )

    def _start(
        self, body: Payload, handle: Callable[[Visitor], Awaitable[Result]]
    ) -> asyncio.Task[tuple[Visitor | None, Result | Mrkdwn | None]]:
        return asyncio.create_task(self._handled(body, handle))

    async def _handled(
        self, body: Payload, handle: Callable[[Visitor], Awaitable[Result]]
    ) -> tuple[Visitor | None, Result | Mrkdwn | None]:
        """What came of it; a fault becomes a sentence in the person's language."""
        visitor: Visitor | None = None
        try:
            visitor = await visitor_of(body, self._people)
            if self._is_stranger(visitor):
                log.warning("request.of_another_workspace", team=visitor.team_id)
                return visitor, Words.of(visitor.language).mark("answers.unknown_card")
            return visitor, await handle(visitor)
        except Exception as error:  # noqa: BLE001 - see above: nothing may escape to Bolt
            return visitor, self._sorry(error, visitor)

    def _sorry(self, error: Exception, visitor: Visitor | None) -> Mrkdwn:
        words = Words.of(visitor.language if visitor else self._language)
        refused = told(error, words)
        if refused is not None:
            return refused
        match error:
            case Nonsense():
                return words.mark("answers.unknown_action")
            case StorageUnavailable():
                log.warning("request.not_stored")
                return words.mark("answers.not_stored")
            case SlackFailure():
                log.info("request.slack_failed", word=error.word)
                return words.mark("answers.slack_failed")
            case _:
                log.error("request.failed", exc_info=error)
                return words.mark("answers.not_stored")

    def _is_stranger(self, visitor: Visitor) -> bool:
        us = self._whoami()
        return bool(us and visitor.team_id and visitor.team_id != us.team_id)


async def _in_time(working: asyncio.Task[Any]) -> bool:
    done, _ = await asyncio.wait({working}, timeout=ACK_WITHIN.total_seconds())
    return bool(done)


async def _handled_by(
    handler: Callable[[Request], Awaitable[Result]] | None, request: Request
) -> Result | Mrkdwn:
    """What no handler knows is of another release of ours."""
    if handler is None:
        return Words.of(request.visitor.language).mark("answers.unknown_action")
    return await handler(request)
