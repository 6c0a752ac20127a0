"""Slack's clicks: Bolt checks where they come from, we store them, and only then say yes.

Commit, then ack, then poke. A listener never lets an error out: Bolt would answer Slack with
an error although the click counted, or after three seconds of silence.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any  # Bolt hands over payloads of any shape

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.doors.clicks import Clicked, Nonsense, answer_to, clicked, response_url_of
from bot.errors import StorageUnavailable
from bot.rules.card import Language
from bot.slack.calls import Identity, SlackCalls
from bot.slack.failures import SlackFailure
from bot.slack.text import Mrkdwn
from bot.slack.words import Words
from bot.work.act import Click, Done, Effect

log = structlog.get_logger()

ANY = re.compile(".+")
ACK_WITHIN = timedelta(seconds=2)  # Slack waits three, its way here and back included

Act = Callable[[Click], Awaitable[Done]]
WhoAmI = Callable[[], Identity | None]


class ClickDoor:
    """Handles every button of a card; `whoami` tells which workspace is ours, if known."""

    def __init__(
        self, act: Act, slack: SlackCalls, *, whoami: WhoAmI, language: Language, clock: Clock
    ) -> None:
        self._act = act
        self._slack = slack
        self._whoami = whoami
        self._language = language
        self._clock = clock

    async def __call__(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Carry out one click and tell the person what came of it.

        Slack shows a fault after three seconds of silence. A database that is slower than
        that is waited for after the ack, and then the person is told the end of it.
        """
        handling = asyncio.create_task(self._handle(body))
        await asyncio.wait({handling}, timeout=ACK_WITHIN.total_seconds())
        await ack()
        await self._whisper(response_url_of(body), await handling)

    async def _handle(self, body: dict[str, Any]) -> Mrkdwn | None:
        words = Words.of(self._language)
        try:
            return await self._answer(clicked(body, via="slack"), self._clock())
        except Nonsense:
            return words.mark("answers.unknown_action")
        except StorageUnavailable:
            log.warning("click.not_stored")
            return words.mark("answers.not_stored")
        except Exception:  # see above: nothing may escape to Bolt
            log.exception("click.failed")
            return words.mark("answers.not_stored")

    async def _answer(self, click: Clicked, now: datetime) -> Mrkdwn | None:
        us = self._whoami()
        if us and click.team and click.team != us.team_id:
            log.warning("click.of_another_workspace", team=click.team)
            return Words.of(self._language).mark("answers.unknown_card")
        done = await self._act(click.click)
        log.info("click.handled", verb=click.click.verb, effect=done.effect)
        # The card itself shows what was done; a word is due only when it does not change.
        if done.effect is Effect.DONE:
            return None
        return answer_to(click.click, done, language=self._language, now=now)

    async def _whisper(self, url: str | None, answer: Mrkdwn | None) -> None:
        if url is None or answer is None:
            return
        try:
            await self._slack.whisper(url, answer)
        except SlackFailure as failure:
            log.info("click.answer_not_heard", word=failure.word)


def build_bolt(
    door: ClickDoor,
    *,
    token: str,
    api_url: str,
    signing_secret: str | None,
    whoami: WhoAmI,
) -> AsyncApp:
    """The Bolt app with its listeners, the same for HTTP and Socket Mode."""

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
        signing_secret=signing_secret or "",
        client=AsyncWebClient(base_url=api_url, retry_handlers=[]),
        authorize=authorize,
        # Socket Mode carries no signatures: the socket itself was opened with our token.
        request_verification_enabled=signing_secret is not None,
    )
    # Every button, also one of another release of ours: yesterday's must be safe to press.
    bolt.action(ANY)(door.__call__)  # pyright: ignore[reportUnknownMemberType]
    return bolt
