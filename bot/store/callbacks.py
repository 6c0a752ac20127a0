"""Callbacks that have been judged: the raw request, its record, and what became of it."""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # columns of any type

import sqlalchemy as sa

from bot.ids import first_id_at, time_of
from bot.rules.judge import Outcome
from bot.rules.record import Json, RawRequest
from bot.store import samples
from bot.store.among import among
from bot.store.append import Row
from bot.store.bulk import Bulk
from bot.store.engine import Reading, Writing
from bot.store.inbox import Taken, headers_from_text, headers_to_text
from bot.store.packing import Parts, UnknownPacking, has_sample, unpacked
from bot.store.tables import RARE, callbacks, deliveries, inbox

MOST_PROOFS = 10_000
Headers = tuple[tuple[str, str], ...]
_PACKED = ("[]", b"")  # headers and body of a row that has them, and its record, packed
_NO_RECORD: dict[str, Json] = {}
_TO_TEXT = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Judged:
    """A callback with its outcome. `record` is the normalised record as JSON."""

    taken: Taken
    kind: str
    outcome: Outcome
    record: dict[str, Json]
    at: datetime
    reason: str | None = None
    alarm_id: int | None = None
    incident_id: int | None = None
    mute_id: int | None = None


_KNOWN = sa.select(deliveries.c.key).where(among(deliveries.c.key, "keys"))
_DELIVERIES = Bulk(deliveries.c.key, deliveries.c.callback_id)
_CALLBACKS = Bulk(*callbacks.columns, unless_there=True)


async def known(tx: Reading, keys: Collection[str]) -> set[str]:
    """Which of these deliveries came before."""
    return set(await tx.connection.scalars(_KNOWN, {"keys": list(keys)}))


async def remember(tx: Writing, keys: dict[str, str]) -> None:
    """Note delivery keys with the callbacks that brought them."""
    if keys:
        await _DELIVERIES.insert(tx, list(keys.items()))


def _row(judged: Judged, packed: bytes) -> Row:
    """Values of the columns in their order."""
    taken, request = judged.taken, judged.taken.request
    return (
        taken.id,
        taken.received_at,
        taken.source,
        request.method,
        request.query,
        *_PACKED,
        judged.kind,
        judged.outcome.value,
        judged.reason,
        _NO_RECORD,
        judged.at,
        judged.alarm_id,
        judged.incident_id,
        judged.mute_id,
        _number(judged.record.get("value")),
        packed,
    )


def _parts(judged: Judged) -> Parts:
    request = judged.taken.request
    return headers_to_text(request.headers), _TO_TEXT(judged.record), request.body


def _number(value: Json) -> float | None:
    """A value that a history can draw; the whole record stands beside it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


@dataclass(frozen=True, slots=True)
class Ready:
    """Judged callbacks as they are stored: `rows` as the driver takes them, and new samples."""

    rows: Any
    samples: Mapping[int, Parts]


def ready(
    tx: Reading, judged: Sequence[Judged], known_samples: Mapping[int, bytes | None]
) -> Ready:
    """Make rows of judged callbacks. `known_samples` are those of their alarms, by number.

    What can be done before the transaction that stores them; most of the work is packing.
    """
    packs, new = samples.packed_by(known_samples, ((one.alarm_id, _parts(one)) for one in judged))
    rows = [_row(one, packed) for one, packed in zip(judged, packs, strict=True)]
    return Ready(_CALLBACKS.parameters(tx.connection.dialect, rows), new)


async def add(tx: Writing, made: Ready) -> None:
    """Store judged callbacks. One that is there already was judged before a lost commit."""
    await samples.add(tx, made.samples)
    await _CALLBACKS.put(tx, made.rows)


async def _all_judged(tx: Reading, rows: Sequence[sa.RowMapping]) -> list[Judged]:
    sampled = {row["alarm_id"] for row in rows if row["packed"] and has_sample(row["packed"])}
    known = await samples.of(tx, sampled)
    return [_judged(row, known.get(row["alarm_id"])) for row in rows]


def _judged(row: sa.RowMapping, sample: bytes | None) -> Judged:
    headers, record, body = headers_from_text(row["headers"]), row["record"], bytes(row["body"])
    reason = row["reason"]
    if row["packed"] is not None:
        try:
            headers, record, body = _told(bytes(row["packed"]), sample)
        except UnknownPacking as unknown:  # one such row must not hide a whole list
            reason = str(unknown)
    request = RawRequest(row["method"], row["query"], headers, body)
    return Judged(
        taken=Taken(row["id"], row["received_at"], row["source"], request),
        kind=row["kind"],
        outcome=Outcome(row["outcome"]),
        record=record,
        at=row["at"],
        reason=reason,
        alarm_id=row["alarm_id"],
        incident_id=row["incident_id"],
    )


def _told(packed: bytes, sample: bytes | None) -> tuple[Headers, dict[str, Json], bytes]:
    """Raises UnknownPacking, also for what a mark does not tell: it lets one of 65,536 by."""
    try:
        headers, text, body = unpacked(packed, sample)
        return headers_from_text(headers), json.loads(text), body
    except (ValueError, zlib.error) as error:
        raise UnknownPacking(
            "A callback is packed by another sample than that of its alarm, or damaged."
        ) from error


async def find(tx: Reading, callback_id: str) -> Judged | None:
    """One callback."""
    found = await tx.connection.execute(sa.select(callbacks).where(callbacks.c.id == callback_id))
    judged = await _all_judged(tx, found.mappings().all())
    return judged[0] if judged else None


@dataclass(frozen=True, slots=True)
class CallbackFilter:
    """Every field given must be equal; None asks for nothing."""

    outcome: str | None = None
    kind: str | None = None
    source: str | None = None
    alarm_id: int | None = None
    incident_id: int | None = None


async def page(
    tx: Reading, wanted: CallbackFilter, *, limit: int, before_id: str | None
) -> list[Judged]:
    """Newest first; `before_id` continues a list where it ended, whatever came meanwhile.

    Those of one alarm are in the order in which they happened, which is that of its index.
    """
    if wanted.alarm_id is not None and wanted.incident_id is None:
        query = await _of_alarm(tx, before_id)
    else:
        query = sa.select(callbacks).order_by(callbacks.c.id.desc())
        if before_id is not None:
            query = query.where(callbacks.c.id < before_id)
    for name in CallbackFilter.__dataclass_fields__:
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(callbacks.c[name] == value)
    if wanted.outcome in RARE:  # as their index has it, or SQLite passes it by
        rare = sa.BindParameter[str](None, RARE, expanding=True, literal_execute=True)
        query = query.where(callbacks.c.outcome.in_(rare))
    found = await tx.connection.execute(query.limit(limit))
    return await _all_judged(tx, found.mappings().all())


async def _of_alarm(tx: Reading, before_id: str | None) -> sa.Select[*tuple[Any, ...]]:
    query = sa.select(callbacks).order_by(callbacks.c.at.desc(), callbacks.c.id.desc())
    if before_id is None:
        return query
    last = sa.select(callbacks.c.at).where(callbacks.c.id == before_id)
    at = await tx.connection.scalar(last) or time_of(before_id)  # it may have been pruned
    same = sa.and_(callbacks.c.at == at, callbacks.c.id < before_id)
    return query.where(callbacks.c.at <= at, sa.or_(callbacks.c.at < at, same))


async def received_since(tx: Reading, since: datetime) -> list[datetime]:
    """When callbacks were received after a moment, applied or not; the first thousands of them."""
    waiting = sa.select(inbox.c.received_at).where(inbox.c.received_at > since)
    judged = sa.select(callbacks.c.received_at).where(callbacks.c.id >= first_id_at(since))
    found: list[datetime] = []
    for query in (waiting.order_by(inbox.c.seq), judged.order_by(callbacks.c.id)):
        found += await tx.connection.scalars(query.limit(MOST_PROOFS))
    return found


async def counts(tx: Reading) -> dict[str, int]:
    """How many callbacks had each outcome."""
    number = sa.func.count().label("number")
    query = sa.select(callbacks.c.outcome, number).group_by(callbacks.c.outcome)
    return {row.outcome: row.number for row in await tx.connection.execute(query)}
