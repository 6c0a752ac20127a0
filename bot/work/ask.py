"""Questions about what happened. Nothing here changes a row."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.rules.alarm import Alarm
from bot.store import alarms, callbacks, cards, inbox, lookups
from bot.store.callbacks import CallbackFilter, Judged
from bot.store.cards import Card
from bot.store.engine import Database
from bot.store.inbox import Waiting
from bot.store.lookups import Listed


@dataclass(frozen=True, slots=True)
class Told:
    """An incident with its alarm and its cards."""

    listed: Listed
    cards: tuple[Card, ...]


async def incidents(
    database: Database, wanted: Mapping[str, str], *, limit: int, before_id: int | None
) -> list[Told]:
    """A page of incidents, newest first."""
    async with database.reading() as tx:
        page = await lookups.page(tx, wanted, limit=limit, before_id=before_id)
        shown = await cards.of_incidents(tx, [one.incident.id for one in page])
    return [_told(one, shown) for one in page]


async def incident(database: Database, number: int) -> Told | None:
    """One incident."""
    async with database.reading() as tx:
        found = await lookups.find(tx, number)
        shown = await cards.of_incidents(tx, [number]) if found else []
    return _told(found, shown) if found else None


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
