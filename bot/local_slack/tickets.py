"""What Slack hands out for a short time: triggers, response URLs, OAuth codes, socket tickets.

It must never let one be used twice where Slack does not, nor after its time.
"""

import secrets
from dataclasses import dataclass

from bot.local_slack.clock import Clock
from bot.local_slack.errors import SlackError

TRIGGER_LIFE = 3.0
RESPONSE_LIFE = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """The right to open a modal for a user; `in_modal` when it came from inside a modal."""

    user: str
    until: float
    in_modal: bool = False
    used: bool = False


@dataclass
class ResponseTicket:
    """The right to answer an interaction; `ts` is the message it came from, if any."""

    channel: str
    user: str
    until: float
    ts: str | None = None
    ephemeral_source: bool = False
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Everything that was handed out and not yet forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self.responses: dict[str, ResponseTicket] = {}
        self.codes: set[str] = set()
        self.sockets: set[str] = set()

    def trigger(self, user: str, *, in_modal: bool = False) -> str:
        """A new trigger id in Slack's shape `132456.7890123.abcdef`."""
        numbers = (str(secrets.randbelow(10**12)), str(secrets.randbelow(10**10)))
        value = ".".join((*numbers, secrets.token_hex(16)))
        self._triggers[value] = Trigger(user, self._clock.now() + TRIGGER_LIFE, in_modal)
        return value

    def exchange(self, value: str) -> Trigger:
        """Use a trigger up."""
        trigger = self._triggers.get(value)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > trigger.until:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response(self, ticket: ResponseTicket) -> str:
        """The path of a new response URL."""
        value = secrets.token_urlsafe(18)
        self.responses[value] = ticket
        return f"/hooks/{value}"

    def response_until(self) -> float:
        return self._clock.now() + RESPONSE_LIFE

    def use_response(self, value: str) -> ResponseTicket | None:
        """The ticket, counted as used once more; None when it is unknown, spent or too old."""
        ticket = self.responses.get(value)
        if ticket is None or ticket.uses >= RESPONSE_USES or self._clock.now() > ticket.until:
            return None
        ticket.uses += 1
        return ticket

    def code(self) -> str:
        value = secrets.token_hex(12)
        self.codes.add(value)
        return value

    def socket(self) -> str:
        value = secrets.token_urlsafe(12)
        self.sockets.add(value)
        return value
