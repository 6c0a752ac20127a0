"""What goes back to the person who asked: along with the ack, or after it."""

from typing import Any  # what Bolt's ack takes

import structlog

from bot.doors.requests import Answer, Drawn, Instead, Outcome, Public, Wrong
from bot.doors.visitor import Visitor
from bot.slack.calls import SlackCalls
from bot.slack.failures import SlackFailure
from bot.slack.message import JsonObject, Message
from bot.slack.tell import Ear, Said, as_message, private, public, tell
from bot.slack.text import joined

log = structlog.get_logger()


def goes_with_ack(answer: Answer) -> bool:
    """Slack does not say whether it took what came with an ack: no pictures there."""
    said = answer.said if isinstance(answer, Public | Instead) else answer
    return not isinstance(said, Drawn)


def of_command(answer: Answer) -> JsonObject:
    """A slash command's answer, as it goes along with the ack."""
    if answer is None:
        return {}
    (said, *_) = _ways(answer)
    return public(said) if isinstance(answer, Public) else private(said)


def of_submission(outcome: Outcome) -> dict[str, Any]:
    """What Slack does with the modal: by default it closes."""
    if isinstance(outcome, Wrong):
        return {"response_action": "errors", "errors": dict(outcome.blocks)}
    if isinstance(outcome, dict):
        return {"response_action": "update", "view": outcome}
    return {}


def after_submission(outcome: Outcome, *, in_time: bool) -> Answer:
    """What is left to be said. A modal that is closed already can show no fault: say it."""
    if isinstance(outcome, dict):
        return None
    if isinstance(outcome, Wrong):
        return None if in_time else joined("\n", outcome.blocks.values())
    return outcome


class Replies:
    """Tells people what came of it, after the ack."""

    def __init__(self, slack: SlackCalls) -> None:
        self._slack = slack

    async def deliver(self, visitor: Visitor | None, answer: Answer, *, url: str | None) -> None:
        """`url` is the address that came with the request. What is not heard is let go."""
        if answer is None:
            return
        for said in _ways(answer):
            if await self._say(visitor, answer, said, url):
                return
        log.info("request.answer_not_heard")

    async def _say(
        self, visitor: Visitor | None, answer: Answer, said: Message, url: str | None
    ) -> bool:
        if url and isinstance(answer, Public):
            return await self._respond(url, public(said))
        if url and isinstance(answer, Instead | Drawn):
            replacing = isinstance(answer, Instead)
            return await self._respond(url, private(said, replacing=replacing))
        return await self._tell(visitor, said, url)

    async def _respond(self, url: str, body: JsonObject) -> bool:
        try:
            await self._slack.respond(url, body)
        except SlackFailure:
            return False
        return True

    async def _tell(self, visitor: Visitor | None, said: Message, url: str | None) -> bool:
        if visitor is not None:
            ear = Ear(visitor.person.id, visitor.channel_id, url)
            return await tell(self._slack, ear, said)
        return url is not None and await self._respond(url, private(said))


def _ways(answer: Said | Drawn | Public | Instead) -> tuple[Message, ...]:
    """The answer, and what to say where Slack does not take it."""
    said = answer.said if isinstance(answer, Public | Instead) else answer
    if isinstance(said, Drawn):
        return said.best, said.plain
    return (as_message(said),)
