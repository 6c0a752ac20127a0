"""Questions about what happened. Nothing here changes a row."""

from dataclasses import dataclass, replace

from bot.rules.alarm import Alarm
from bot.rules.dependency import Family
from bot.rules.people import Deed, Remark
from bot.store import acts, alarms, callbacks, cards, family, inbox, lookups, remarks
from bot.store.callbacks import CallbackFilter, Judged
from bot.store.cards import Card
from bot.store.engine import Database
from bot.store.inbox import Waiting
from bot.store.lookups import Listed


@dataclass(frozen=True, slots=True)
class Told:
    """An incident with its alarm and its cards; its family is told of a single one only."""

    listed: Listed
    cards: tuple[Card, ...]
    family: Family | None = None

    @property
    def group_id(self) -> int | None:
        """The group that it is a member of, or was last, in the first channel where it is one."""
        return next((card.group_id for card in self.cards if card.group_id is not None), None)


async def incident(database: Database, number: int) -> Told | None:
    """One incident."""
    async with database.reading() as tx:
        found = await lookups.find(tx, number)
        shown = await cards.of_incidents(tx, [number]) if found else []
        kin = await family.of_incident(tx, found.incident) if found else None
    return replace(_told(found, shown), family=kin) if found else None


def _told(listed: Listed, shown: list[Card]) -> Told:
    number = listed.incident.id
    return Told(listed, tuple(card for card in shown if card.incident_id == number))


async def callback_page(
    database: Database, wanted: CallbackFilter, *, limit: int, before_id: str | None
) -> list[Judged]:
    """A page of callbacks that have been applied, newest first."""
    async with database.reading() as tx:
        return await callbacks.page(tx, wanted, limit=limit, before_id=before_id)


async def callback(database: Database, callback_id: str) -> Judged | Waiting | None:
    """One callback, applied or still waiting."""
    async with database.reading() as tx:
        judged = await callbacks.find(tx, callback_id)
        return judged or await inbox.find(tx, callback_id)


async def alarm_page(database: Database, *, limit: int, before_id: int | None) -> list[Alarm]:
    """A page of alarms, newest first."""
    async with database.reading() as tx:
        return await alarms.page(tx, limit=limit, before_id=before_id)


async def alarm(database: Database, number: int) -> Alarm | None:
    """One alarm."""
    async with database.reading() as tx:
        return await alarms.find(tx, number)


async def alarm_of_card(database: Database, card_id: str) -> Alarm | None:
    """The alarm whose incident a card shows."""
    async with database.reading() as tx:
        return await alarms.of_card(tx, card_id)


async def incident_of_card(database: Database, card_id: str) -> Told | None:
    """The incident that a card shows."""
    async with database.reading() as tx:
        found = await lookups.of_card(tx, card_id)
        shown = await cards.of_incidents(tx, [found.incident.id]) if found else []
    return _told(found, shown) if found else None


async def card_at(database: Database, channel_id: str, ts: str) -> str | None:
    """The card that stands at this place in Slack."""
    async with database.reading() as tx:
        return await lookups.card_at(tx, channel_id, ts)


async def people_of(database: Database, number: int) -> tuple[list[Remark], list[Deed]]:
    """What people wrote about an incident and did to it, oldest first."""
    async with database.reading() as tx:
        written = await remarks.of_incident(tx, number)
        done = await acts.of_incident(tx, number)
    return written, [Deed(one.verb, one.actor, one.at) for one in done]
