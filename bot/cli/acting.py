"""What people do from a shell: the same acts as in Slack, straight on the database.

The running bot sees the rows change and keeps the cards true; the audit names the shell's user.
"""

import getpass
import os
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.cli.opening import opened_for
from bot.clock import utc_now
from bot.errors import TocsinError
from bot.rules.incident import Person
from bot.rules.until import zone_of
from bot.slack.text import clean
from bot.store.engine import Database
from bot.work.act import Click, Done, Effect, Verb, act

__all__ = ["Deed", "Refused", "do", "me", "nobody", "run", "zone"]

run = opened_for
_DID = {
    Verb.ACKNOWLEDGE: "acknowledged",
    Verb.UNACKNOWLEDGE: "given back",
    Verb.ASSIGN: "assigned",
    Verb.NOTE: "noted",
    Verb.RESOLVE: "resolved",
    Verb.REOPEN: "opened again",
}


class Refused(TocsinError):
    """What was asked for cannot be done; the message says why."""


def me() -> Person:
    """Whoever runs the command."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = str(os.getuid())
    return Person(f"cli:{name}", name)


def zone() -> ZoneInfo:
    """The zone of times of day on this terminal."""
    return zone_of(os.environ.get("TZ", "UTC"))


def nobody() -> None:
    """Whom a change wakes: the running bot looks at the database by itself."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What came of an act on one incident."""

    number: int
    verb: Verb
    done: Done

    @property
    def failed(self) -> bool:
        """There is none such, or it is over. To resolve what is over is as well as done."""
        over = self.done.effect is Effect.OVER and self.verb is not Verb.RESOLVE
        return over or self.done.effect is Effect.UNKNOWN_CARD

    @property
    def text(self) -> str:
        """A line for people."""
        did, incident = _DID.get(self.verb, "done"), self.done.incident
        if incident is None:
            return f"There is no incident {self.number}."
        match self.done.effect:
            case Effect.DONE:
                return f"#{self.number} {did}"
            case Effect.OVER:
                return f"#{self.number} is over already ({incident.state.value})"
            case _:
                taken = incident.acknowledged if self.verb is Verb.ACKNOWLEDGE else None
                by = f" by {clean(taken.by.name)}" if taken else ""
                return f"#{self.number} was {did} already{by}"

    @property
    def json(self) -> dict[str, object]:
        """The same for machines."""
        incident = self.done.incident
        taken = incident.acknowledged if incident else None
        return {
            "incident_id": self.number,
            "effect": self.done.effect.value,
            "state": incident.state.value if incident else None,
            "acknowledged_by": taken.by.name if taken else None,
        }


async def do(
    database: Database,
    verb: Verb,
    numbers: Sequence[int],
    *,
    text: str = "",
    to: Person | None = None,
) -> list[Deed]:
    """One act on several incidents, each by itself."""
    deeds: list[Deed] = []
    for number in numbers:
        click = Click(verb, None, me(), "cli", incident_id=number, text=text, to=to)
        done = await act(database, click, now=utc_now(), poke=nobody)
        deeds.append(Deed(number, verb, done))
    return deeds
