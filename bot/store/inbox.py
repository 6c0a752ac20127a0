"""The inbox: raw requests between their 200 and their judgement. Append, read in order, drop."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any  # a row's columns, of whatever type

import sqlalchemy as sa

from bot.rules import canary
from bot.rules.record import RawRequest
from bot.store.among import among
from bot.store.append import Row
from bot.store.engine import Append, Reading, Writing
from bot.store.tables import inbox

COUNTED = 1_000  # callbacks; where more wait, nobody needs to know it to the last one
BYTES = 4 * 1024 * 1024  # of callbacks that are looked at together; 1,000 real ones have a quarter


@dataclass(frozen=True, slots=True)
class Taken:
    """A callback as it was taken: `source` is the name of the token it came with."""

    id: str
    received_at: datetime
    source: str
    request: RawRequest


@dataclass(frozen=True, slots=True)
class Waiting:
    """A taken callback in the inbox; `seq` is its place."""

    seq: int
    taken: Taken


_COLUMNS = [
    inbox.c[name]
    for name in ("seq", "id", "received_at", "source", "method", "query", "headers", "body")
]
_first_ones = (
    sa.select(
        inbox.c.seq, (sa.func.length(inbox.c.body) + sa.func.length(inbox.c.query)).label("size")
    )
    .order_by(inbox.c.seq)
    .limit(sa.bindparam("most"))
    .subquery()
)
_with_it = sa.func.sum(_first_ones.c.size).over(order_by=_first_ones.c.seq)
_so_far = sa.select(_first_ones.c.seq, (_with_it - _first_ones.c.size).label("before")).subquery()
_last = sa.select(sa.func.max(_so_far.c.seq)).where(_so_far.c.before < BYTES).scalar_subquery()
_OLDEST = sa.select(*_COLUMNS).where(inbox.c.seq <= _last).order_by(inbox.c.seq)
# SQLite begins its numbers anew once all have gone: one more look, or another callback goes.
_is_still_it = sa.or_(inbox.c.seq != sa.bindparam("first"), inbox.c.id == sa.bindparam("callback"))
_DROP = sa.delete(inbox).where(among(inbox.c.seq, "places"), _is_still_it)

_COUNT = sa.select(sa.func.count()).where(inbox.c.source != canary.SOURCE)
# Each by itself: SQLite looks through all for both.
_ENDS = sa.select(
    sa.select(sa.func.min(inbox.c.seq)).scalar_subquery(),
    sa.select(sa.func.max(inbox.c.seq)).scalar_subquery(),
)

_APPENDED = tuple(column for column in inbox.columns if column is not inbox.c.seq)


def _row(taken: Taken) -> Row:
    """Values of `_APPENDED`."""
    request = taken.request
    headers = headers_to_text(request.headers)
    head = (taken.id, taken.received_at, taken.source, request.method, request.query)
    return (*head, headers, request.body)


@lru_cache(256)  # a sender says the same with each callback
def headers_to_text(headers: tuple[tuple[str, str], ...]) -> str:
    """Headers as one JSON text: order and repetition are kept."""
    return json.dumps(headers, ensure_ascii=False)


@lru_cache(256)
def headers_from_text(text: str) -> tuple[tuple[str, str], ...]:
    """The inverse of `headers_to_text`."""
    return tuple((name, value) for name, value in json.loads(text))


async def append(to: Append, callbacks: Sequence[Taken]) -> None:
    """Add callbacks at the end, in their order, in one transaction. Raises StorageUnavailable."""
    await to(_APPENDED, [_row(taken) for taken in callbacks])


def _waiting(row: sa.Row[*tuple[Any, ...]]) -> Waiting:
    number, callback_id, received_at, source, method, query, headers, body = row
    request = RawRequest(method, query, headers_from_text(headers), bytes(body))
    return Waiting(number, Taken(callback_id, received_at, source, request))


async def oldest(tx: Reading, limit: int) -> list[Waiting]:
    """The callbacks that have waited longest, one at least: of large ones fewer than `limit`."""
    found = await tx.connection.execute(_OLDEST, {"most": limit})
    return [_waiting(row) for row in found.all()]


def are_all(waiting: Sequence[Waiting], limit: int) -> bool:
    """Whether these, the `oldest` with this limit, are all that waited when they were read."""
    requests = (one.taken.request for one in waiting)
    size = sum(len(request.body) + len(request.query) for request in requests)
    return len(waiting) < limit and size < BYTES


async def find(tx: Reading, callback_id: str) -> Waiting | None:
    """A callback that is still waiting; the inbox is short, so it is looked through."""
    query = sa.select(*_COLUMNS).where(inbox.c.id == callback_id)
    row = (await tx.connection.execute(query)).first()
    return _waiting(row) if row else None


async def drop(tx: Writing, waiting: Sequence[Waiting]) -> bool:
    """Remove the oldest callbacks, in the transaction that judges them.

    False where one was not there any more: then somebody else has judged it, the first before
    all others, and this transaction must be given up.
    """
    places = [one.seq for one in waiting]
    first = {"first": waiting[0].seq, "callback": waiting[0].taken.id}
    gone = await tx.connection.execute(_DROP, first | {"places": places})
    return gone.rowcount == len(places)


async def oldest_at(tx: Reading) -> datetime | None:
    """When the callback that waits longest was received; None when nothing waits."""
    query = sa.select(inbox.c.received_at).order_by(inbox.c.seq).limit(1)
    return await tx.connection.scalar(query)


async def length(tx: Reading) -> int:
    """How many callbacks wait; our own canary is none.

    Counting reads them all, bodies too. Of many it is the numbers from the first to the last, of
    which some may be missing.
    """
    first, last = (await tx.connection.execute(_ENDS)).one()
    if first is None or last is None:
        return 0
    if last - first >= COUNTED:
        return last - first + 1
    return await tx.connection.scalar(_COUNT) or 0
