"""Search: which incidents a query finds, in its order, a page at a time.

Two steps: the alarms first, then their incidents. Alarms are few (thousands) and are looked
through whole; incidents are many, and how they are best found depends on how many alarms are
left. A few alarms: by the index on the alarm, whatever the order. Many: in the order of the
list, because then a page is full soon. The database cannot know which it is, we can ask.

Callbacks, of which there are millions, are not looked at at all: an incident holds what they
said. A time is turned into the numbers that incidents of that time have, so that the walk
ends where the time does.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Any  # a sort key's column of whatever type

import sqlalchemy as sa

from bot.rules.alarm import Alarm
from bot.rules.query_facts import DIMENSION
from bot.rules.query_place import Place
from bot.rules.query_terms import Fact, OneOf, Order, Query, Taken, Term, Text, Timed
from bot.rules.severity import Severity
from bot.store import alarms as alarm_rows
from bot.store import lookups
from bot.store.columns import OPEN, OPEN_STATES
from bot.store.engine import Reading
from bot.store.lookups import Listed
from bot.store.search_terms import Person, Sql, Terms, of_alarm
from bot.store.tables import alarm_facts, alarms, incidents

FEW = 300  # alarms that are looked up one by one
AT_ONCE = 500  # incidents read together where all are read
MOST_PEOPLE = 10_000

Found = tuple[list[Listed], Place | None]


@dataclass(frozen=True, slots=True)
class _Search:
    """A query on its way: conditions, and what it is ordered by."""

    conditions: tuple[Sql, ...]
    order: Order
    key: sa.ColumnElement[Any]

    def page(self, place: Place | None, limit: int) -> sa.Select[int, Any]:
        """Numbers and keys of the next page."""
        conditions = [*self.conditions, *(_beyond(place, self.key) if place else ())]
        query = sa.select(incidents.c.id, self.key.label("key")).where(*conditions)
        return query.order_by(*_ordering(self.order, self.key)).limit(limit)

    def count(self) -> sa.Select[int]:
        """How many there are."""
        return sa.select(sa.func.count()).select_from(incidents).where(*self.conditions)


async def page(tx: Reading, query: Query, *, limit: int, place: Place | None) -> Found:
    """The page after a place, and the place after it; None at the end of the list."""
    start = place or await _beginning(tx, query)
    if start.now is not None:
        query = replace(query, now=start.now)
    search = await _search(tx, query)
    if not query.order.is_settled:
        search = _until(search, start)
    rows = (await tx.connection.execute(search.page(place, limit + 1))).all()
    shown = [row.id for row in rows[:limit]]
    following = start.after(shown, _number(rows[limit - 1].key)) if len(rows) > limit else None
    return await _listed(tx, shown), following


async def everything(tx: Reading, query: Query, *, most: int) -> AsyncGenerator[list[Listed]]:
    """A list from its beginning, some at a time: in one transaction nothing changes places."""
    search = await _search(tx, query)
    place: Place | None = None
    while most > 0:
        rows = (await tx.connection.execute(search.page(place, min(AT_ONCE, most)))).all()
        if not rows:
            return
        yield await _listed(tx, [row.id for row in rows])
        place = Place(query.order, rows[-1].id, _number(rows[-1].key), forgot=True)
        most -= len(rows)


async def count(tx: Reading, query: Query) -> int:
    """How many incidents a query finds."""
    search = await _search(tx, query)
    return await tx.connection.scalar(search.count()) or 0


async def alarm_page(
    tx: Reading, terms: Sequence[Term], *, limit: int, before_id: int | None
) -> list[Alarm]:
    """Alarms for which all terms hold, newest first."""
    query = _matching(terms).order_by(alarms.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(alarms.c.id < before_id)
    numbers = list(await tx.connection.scalars(query))
    found = await alarm_rows.with_ids(tx, numbers)
    return [found[number] for number in numbers]


async def dimensions(tx: Reading) -> frozenset[str]:
    """The names of all dimensions that any alarm has, folded."""
    name = alarm_facts.c.name
    query = sa.select(name).where(name.like(f"{DIMENSION}%")).distinct()
    return frozenset(each.removeprefix(DIMENSION) for each in await tx.connection.scalars(query))


async def _beginning(tx: Reading, query: Query) -> Place:
    if query.order.is_settled:
        return Place(query.order, 0)
    newest = await tx.connection.scalar(sa.select(sa.func.max(incidents.c.id)))
    return Place(query.order, 0, newest=newest or 0, now=query.now)


def _until(search: _Search, place: Place) -> _Search:
    """Without what came after the first page."""
    known = incidents.c.id <= sa.literal(place.newest or 0, sa.BigInteger)
    return replace(search, conditions=(*search.conditions, known))


def _number(key: Any) -> float | None:
    return None if key is None else float(key)


async def _listed(tx: Reading, numbers: Sequence[int]) -> list[Listed]:
    found = await lookups.with_ids(tx, numbers)
    return [found[number] for number in numbers]


# Conditions


async def _search(tx: Reading, query: Query) -> _Search:
    terms = Terms(tx, query.now, await _people(tx, query))
    on_alarms = [term for term in query.terms if isinstance(term.condition, Fact | Text)]
    on_incidents = [term for term in query.terms if term not in on_alarms]
    conditions = [terms.of_incident(term) for term in on_incidents]
    conditions += [hint for term in on_incidents for hint in _hints(term)]
    if on_alarms:
        conditions.append(await _of_alarms(tx, on_alarms))
    return _Search(tuple(conditions), query.order, _key(query.order, terms))


async def _people(tx: Reading, query: Query) -> list[Person]:
    """Everybody who holds an incident, or held its end, if the query names anybody."""
    named = any(isinstance(term.condition, Taken) and term.condition.people for term in query.terms)
    if not named:
        return []
    by, name = incidents.c.acknowledged_by_id, incidents.c.acknowledged_by_name
    people = sa.select(by, name).where(by.is_not(None)).distinct().limit(MOST_PEOPLE)
    return [(row[0], row[1]) for row in await tx.connection.execute(people)]


async def _of_alarms(tx: Reading, terms: Sequence[Term]) -> Sql:
    matching = _matching(terms)
    few = list(await tx.connection.scalars(matching.limit(FEW + 1)))
    if len(few) <= FEW:
        return incidents.c.alarm_id.in_(few)
    return (incidents.c.alarm_id + 0).in_(matching)  # a sum, so that no index is tempting


def _matching(terms: Sequence[Term]) -> sa.Select[int]:
    return sa.select(alarms.c.id).where(*(of_alarm(term, alarms.c.id) for term in terms))


def _hints(term: Term) -> list[Sql]:
    """Conditions that follow from a term, in a form that an index answers."""
    if term.negated:
        return []
    match term.condition:
        case OneOf("state", options) if set(options) <= set(OPEN):
            # As the index on open incidents has it: letter by letter, or SQLite passes it by.
            return [incidents.c.state.in_(OPEN_STATES)]
        case Timed("opened", (only,)):
            return _numbers_opened(only.low, only.high)
        case _:
            return []


def _numbers_opened(low: Any, high: Any) -> list[Sql]:
    """The sum keeps both engines from walking the numbers to find the first of a time."""
    number, opened = incidents.c.id, incidents.c.opened_at
    hints: list[Sql] = []
    if low is not None:
        first = sa.select(sa.func.min(number + 0)).where(opened >= low)
        hints.append(number >= first.scalar_subquery())
    if high is not None:
        last = sa.select(sa.func.max(number + 0)).where(opened <= high)
        hints.append(number <= last.scalar_subquery())
    return hints


# Orders


def _key(order: Order, terms: Terms) -> sa.ColumnElement[Any]:
    match order:
        case Order.NEWEST | Order.OLDEST:
            return incidents.c.id
        case Order.SEVERITY:
            ranks = {severity.value: severity.rank for severity in Severity}
            return sa.case(ranks, value=incidents.c.severity, else_=0)
        case Order.DURATION:
            return terms.duration()
        case Order.WORST:
            return incidents.c.worst_value
        case Order.CALLBACKS:
            return incidents.c.callbacks


def _ordering(order: Order, key: sa.ColumnElement[Any]) -> Sequence[sa.ColumnElement[Any]]:
    if order is Order.OLDEST:
        return (incidents.c.id.asc(),)
    if order is Order.NEWEST:
        return (incidents.c.id.desc(),)
    return (key.is_(None), key.desc(), incidents.c.id.desc())


def _beyond(place: Place, key: sa.ColumnElement[Any]) -> list[Sql]:
    """What a place leaves to show."""
    number, last = incidents.c.id, sa.literal(place.number, sa.BigInteger)
    if place.order is Order.OLDEST:
        return [number > last]
    if place.order is Order.NEWEST:
        return [number < last]
    left: list[Sql] = [number.not_in(place.shown)] if place.shown else []
    if place.forgot:
        left.append(_lower(place, key, number < last))
    return left


def _lower(place: Place, key: sa.ColumnElement[Any], older: Sql) -> Sql:
    if place.key is None:
        return sa.and_(key.is_(None), older)
    worth: Any = sa.literal(
        place.key if place.order is Order.WORST else int(place.key),
        sa.Double if place.order is Order.WORST else sa.BigInteger,
    )
    return sa.or_(key < worth, sa.and_(key == worth, older), key.is_(None))
