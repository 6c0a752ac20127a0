"""What people do to an incident from its card: load, change, save, write down, commit.

The answer names what happened, so that the door can say a private word. Nothing is sent
from here: the card follows the row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.rules.delivery import Urgency
from bot.rules.incident import Incident, Person
from bot.store import acts, incidents
from bot.store.engine import Database, Writing
from bot.store.incidents import Change


class Verb(StrEnum):
    """What a person can do."""

    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"


class Effect(StrEnum):
    """What came of it."""

    DONE = "done"
    NOTHING_NEW = "nothing_new"  # a second click, or somebody was faster
    OVER = "over"  # the incident has ended
    UNKNOWN_CARD = "unknown_card"  # a card of another database, or pruned


@dataclass(frozen=True, slots=True)
class Done:
    """The effect, and the incident as it is now."""

    effect: Effect
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class Click:
    """A person's act on a card, as the door understood it."""

    verb: Verb
    card_id: str
    person: Person
    via: str


def changed(incident: Incident, click: Click, now: datetime) -> Incident:
    """The incident after a click; equal when there is nothing to change."""
    match click.verb:
        case Verb.ACKNOWLEDGE:
            return incident.acknowledged_by(click.person, now)
        case Verb.UNACKNOWLEDGE:
            return incident.unacknowledged()


async def act(database: Database, click: Click, *, now: datetime, poke: Callable[[], None]) -> Done:
    """Carry out one click. Raises StorageUnavailable; then nothing was changed."""
    async with database.writing() as tx:
        done = await _act(tx, click, now)
    if done.effect is Effect.DONE:
        poke()
    return done


async def _act(tx: Writing, click: Click, now: datetime) -> Done:
    before = await incidents.of_card(tx, click.card_id)
    if before is None:
        return Done(Effect.UNKNOWN_CARD)
    after = changed(before, click, now)
    if after == before:
        over = not before.can_be_acknowledged
        return Done(Effect.OVER if over else Effect.NOTHING_NEW, before)
    await incidents.save(tx, [Change(before, after, Urgency.CLICK)], now=now)
    await acts.add(
        tx, click.verb.value, click.person, before=before, after=after, via=click.via, now=now
    )
    return Done(Effect.DONE, after)
