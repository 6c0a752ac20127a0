"""Searching the history: pages, counts and a file of what a query finds. Changes nothing.

A list that one reads page by page neither repeats nor leaves out an incident while new
callbacks come in; see `rules.query_place` for how, and for the limit that long lists have.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.rules.alarm import Alarm
from bot.rules.query import alarm_terms, parse
from bot.rules.query_place import place_of
from bot.rules.query_terms import Query, QueryRefused
from bot.store import cards
from bot.store import search as found_in
from bot.store.cards import Card
from bot.store.engine import Database
from bot.store.lookups import Listed
from bot.work.ask import Told
from bot.work.spreadsheet import Spreadsheet


@dataclass(frozen=True, slots=True)
class Found:
    """One page; `next_cursor` is None on the last one."""

    items: tuple[Told, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AlarmsFound:
    """One page of alarms."""

    items: tuple[Alarm, ...]
    next_cursor: str | None


async def dimensions(database: Database) -> frozenset[str]:
    """The names of dimensions that any alarm has: fields of the search language."""
    async with database.reading() as tx:
        return await found_in.dimensions(tx)


async def understood(
    database: Database,
    text: str,
    parameters: Sequence[tuple[str, str]] = (),
    *,
    now: datetime,
    zone: tzinfo = UTC,
    me: str | None = None,
) -> Query:
    """A text as a query, with the names that this database knows. Raises QueryRefused.

    The names are asked for only when one is used that is no field everywhere.
    """
    try:
        return parse(text, parameters, now=now, zone=zone, dimensions=(), me=me)
    except QueryRefused:
        known = await dimensions(database)
    return parse(text, parameters, now=now, zone=zone, dimensions=known, me=me)


async def search(database: Database, query: Query, *, limit: int, cursor: str | None) -> Found:
    """The page after a cursor, or the first. Raises QueryRefused for a cursor not of ours."""
    place = None if cursor is None else place_of(cursor, query.order)
    async with database.reading() as tx:
        listed, following = await found_in.page(tx, query, limit=limit, place=place)
        shown = await cards.of_incidents(tx, [one.incident.id for one in listed])
    return Found(_told(listed, shown), str(following) if following else None)


async def count(database: Database, query: Query) -> int:
    """How many incidents a query finds."""
    async with database.reading() as tx:
        return await found_in.count(tx, query)


async def alarms(
    database: Database, query: Query, *, limit: int, cursor: str | None
) -> AlarmsFound:
    """A page of alarms, newest first. Raises QueryRefused for what only incidents have."""
    terms = alarm_terms(query)
    place = None if cursor is None else place_of(cursor, query.order)
    async with database.reading() as tx:
        before = place.number if place else None
        found = await found_in.alarm_page(tx, terms, limit=limit + 1, before_id=before)
    shown = tuple(found[:limit])
    return AlarmsFound(shown, f"newest~{shown[-1].id}" if len(found) > limit else None)


async def to_csv(database: Database, query: Query, *, most: int) -> bytes:
    """The first `most` incidents as a file for spreadsheets, all of one moment."""
    sheet = Spreadsheet(now=query.now)
    async with database.reading() as tx:
        async for listed in found_in.everything(tx, query, most=most):
            sheet.add(listed)
    return sheet.content()


def _told(listed: Collection[Listed], shown: Collection[Card]) -> tuple[Told, ...]:
    return tuple(
        Told(one, tuple(card for card in shown if card.incident_id == one.incident.id))
        for one in listed
    )
