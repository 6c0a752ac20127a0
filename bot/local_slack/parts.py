"""The parts of the stand-in, built once and wired together.

It must never start anything: no socket is opened and no task made before `start`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.local_slack import payloads
from bot.local_slack.api import Api
from bot.local_slack.bus import Bus
from bot.local_slack.clock import Clock
from bot.local_slack.delivery import Courier, Delivery
from bot.local_slack.faults import FaultPlan
from bot.local_slack.hub import Hub
from bot.local_slack.journal import Journal
from bot.local_slack.jsons import Json
from bot.local_slack.limits import Limits
from bot.local_slack.methods import Desk
from bot.local_slack.model import Command, Shortcut, User
from bot.local_slack.screens import Screens
from bot.local_slack.seed import furnish
from bot.local_slack.tickets import Tickets
from bot.local_slack.tokens import Tokens
from bot.local_slack.workspace import Workspace

Sample = tuple[str, str, Callable[[], Awaitable[Any]]]  # what it returns is not looked at


@dataclass(frozen=True)
class Settings:
    """How a local Slack is set up. `events` are the bot events that the app subscribed to."""

    bot_token: str = "xoxb-local-slack"  # noqa: S105 - a stand-in's token opens nothing
    app_token: str = "xapp-local-slack"  # noqa: S105 - nor does this
    signing_secret: str = "local-slack-signing-secret"  # noqa: S105 - nor this
    workspace: str = "Tocsin Demo"
    bot_name: str = "Tocsin"
    commands: Sequence[Command] = ()
    shortcuts: Sequence[Shortcut] = ()
    samples: Sequence[Sample] = ()
    events: frozenset[str] = frozenset({"app_home_opened"})
    limits: bool = False
    seed: int = 0


class Parts:
    """Everything the stand-in is made of; `notices` are the failures that people were shown."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings = settings or Settings()
        self.clock, self.bus, self.closing = Clock(), Bus(), asyncio.Event()
        self.space = Workspace(
            self.clock, self.bus, name=settings.workspace, bot_name=settings.bot_name
        )
        furnish(self.space)
        self.screens, self.tickets = Screens(self.space), Tickets(self.clock)
        self.limits, self.faults = Limits(on=settings.limits), FaultPlan(settings.seed)
        self.tokens = Tokens(settings.bot_token, settings.app_token)
        self.journal = Journal(self.bus)
        self.desk = Desk(self.space, self.screens, self.tickets, self.limits, settings.bot_token)
        self.api = Api(self.desk, self.tokens, self.faults, self.journal, self.closing)
        self.hub = Hub(self.tickets, self.bus)
        self.courier = Courier(self.clock, self.hub, self.journal)
        self.courier.signing_secret = settings.signing_secret
        self.notices: list[Json] = []

    def point_at(self, app_url: str | None, signing_secret: str | None = None) -> None:
        """Where the app listens (its root; `/slack/events` is added); None = Socket Mode only."""
        self.courier.app_url = app_url
        if signing_secret is not None:
            self.courier.signing_secret = signing_secret

    async def send_event(self, event: Json) -> Delivery:
        """Deliver a bot event, whatever its type; its retries go on in the background."""
        return await self.courier.deliver_event(payloads.event(self.space, event))

    async def _subscribed_event(self, event: Json) -> Delivery | None:
        if event["type"] not in self.settings.events:
            return None
        return await self.send_event(event)

    def _notice(self, user: User, delivery: Delivery, words: str) -> None:
        """Show a person that the app did not answer in time, as Slack does."""
        if delivery.ok:
            return
        notice: Json = {"user": user.id, "text": words, "error": delivery.error}
        self.notices.append(notice)
        self.bus.tell("notice", notice)
