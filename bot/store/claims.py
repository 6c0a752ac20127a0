"""Claiming: which piece of delivery is next, and making it ours for a time.

Law 2 stands here: one transaction picks the best row that is due, takes the lease of its
channel by a conditional update, and commits before any call. A channel belongs to one
worker at a time, so its order and its rate hold across replicas.
"""

from datetime import datetime, timedelta
from typing import Any  # rows of a SELECT

import sqlalchemy as sa

from bot.rules.card import Language, StandIn
from bot.rules.delivery import Gate
from bot.rules.job import CardJob, Channel, Claim, Job, NoteJob, Subject
from bot.store import alarms, gates, sweeps
from bot.store.channels import lease
from bot.store.columns import NEVER, UtcTime
from bot.store.engine import Reading, Writing
from bot.store.note_json import note_from_json
from bot.store.notes import told_by_first_post
from bot.store.subjects import subject_of
from bot.store.tables import cards, cards_behind, channels, notes
from bot.store.tables import incidents as incidents_table

PUT_OFF = timedelta(minutes=1)
UNREADABLE = (LookupError, TypeError, ValueError)
LATE = timedelta(seconds=60)  # a first post that comes later than this says so

_older = notes.alias("older")
NEXT_OF_ITS_THREAD = ~sa.exists().where(
    _older.c.card_id == notes.c.card_id, _older.c.outcome.is_(None), _older.c.id < notes.c.id
)
_refused = channels.alias("refused_channel")
_cards = cards.join(channels, channels.c.id == cards.c.channel_id).outerjoin(
    _refused, _refused.c.id == cards.c.stands_in_for
)
_card_columns = [
    *cards.c,
    channels.c.name.label("channel_name"),
    channels.c.slack_id.label("channel_slack_id"),
    _refused.c.name.label("refused_name"),
    _refused.c.parked_reason.label("refused_reason"),
]


_now = sa.bindparam("now", type_=UtcTime)
_first = sa.and_(
    cards.c.ts.is_(None),
    # Looking for a post that may be there already is no post: it need not wait its turn.
    sa.or_(channels.c.posts_open_at <= _now, cards.c.tried_at.is_not(None)),
)


def _best(allowed: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_card_columns)
        .select_from(_cards)
        .where(cards_behind, cards.c.due_at <= _now, cards.c.lease_until <= _now)
        .where(channels.c.lease_until <= _now, allowed)
        .order_by(cards.c.urgency, cards.c.behind_since, cards.c.id)
        .limit(1)
        .with_for_update(of=cards, skip_locked=True)
    )


# Statements made once: putting one together takes longer than the answer.
_BEST_FIRST = _best(_first)
_BEST_CARD = _best(sa.or_(_first, cards.c.ts.is_not(None)))
_BEST_NOTE = (
    sa.select(
        *notes.c,
        cards.c.channel_id,
        cards.c.language,
        cards.c.ts.label("card_ts"),
        channels.c.name.label("channel_name"),
        channels.c.slack_id.label("channel_slack_id"),
        incidents_table.c.alarm_id,
    )
    .join(cards, cards.c.id == notes.c.card_id)
    .join(channels, channels.c.id == cards.c.channel_id)
    .outerjoin(incidents_table, incidents_table.c.id == cards.c.incident_id)
    .where(notes.c.outcome.is_(None), notes.c.due_at <= _now, notes.c.lease_until <= _now)
    .where(cards.c.ts.is_not(None), NEXT_OF_ITS_THREAD)
    .where(channels.c.lease_until <= _now)
    .where(sa.or_(channels.c.posts_open_at <= _now, notes.c.tried_at.is_not(None)))
    .order_by(notes.c.urgency, notes.c.since, notes.c.id)
    .limit(1)
    .with_for_update(of=notes, skip_locked=True)
)


_CLAIM_CARD = (
    sa.update(cards)
    .where(cards.c.id == sa.bindparam("card"))
    .values(
        lease_owner=sa.bindparam("owner"),
        lease_until=sa.bindparam("until"),
        tried_at=sa.bindparam("tried"),
        late_seconds=sa.bindparam("late"),
        # Until an answer is recorded, nobody knows what the message looks like: an edit
        # whose answer was lost must not be taken for one that was never made.
        digest=None,
    )
)


async def next_job(tx: Writing, claim: Claim, edits: Gate) -> Job | None:
    """Claim the most urgent piece of work that may be done now, or None.

    `edits` is the workspace's gate for edits as read in this transaction.
    """
    card = await _best_card(tx, claim.at, edits_open=edits.opens_at <= claim.at)
    note = await _best_note(tx, claim.at)
    if card is None and note is None:
        return await sweeps.next_job(tx, claim)
    if note is None or (card is not None and _before(card, note)):
        return await _claim_card(tx, card, claim, edits) if card is not None else None
    return await _claim_note(tx, note, claim)


def _before(card: sa.RowMapping, note: sa.RowMapping) -> bool:
    return (card["urgency"], card["behind_since"]) <= (note["urgency"], note["since"])


async def _best_card(tx: Writing, now: datetime, *, edits_open: bool) -> sa.RowMapping | None:
    query = _BEST_CARD if edits_open else _BEST_FIRST
    return (await tx.connection.execute(query, {"now": now})).mappings().first()


async def _best_note(tx: Writing, now: datetime) -> sa.RowMapping | None:
    """The most urgent note whose card is shown; in a thread, never before an older one."""
    return (await tx.connection.execute(_BEST_NOTE, {"now": now})).mappings().first()


def _channel(row: sa.RowMapping) -> Channel:
    return Channel(row["channel_id"], row["channel_name"], row["channel_slack_id"])


async def _claim_card(tx: Writing, row: sa.RowMapping, claim: Claim, edits: Gate) -> CardJob | None:
    is_edit = row["ts"] is not None
    if is_edit and not await gates.passed(tx, gates.EDITS, edits, claim.at):
        return None
    if not await lease(tx, row["channel_id"], claim):
        return None
    if not is_edit and row["tried_at"] is None:
        await told_by_first_post(tx, row["id"])
    try:
        subject = await subject_of(tx, row)
    except UNREADABLE as error:
        await _put_off(tx, cards, row, claim, error)
        return None
    # Lateness is of the first post. A message that somebody deleted was shown before, and a
    # try whose outcome is unclear may have been: what those said must not change.
    said = is_edit or row["posted"] > 0 or row["tried_at"] is not None
    late = row["late_seconds"] if said else _lateness(row["behind_since"], claim.at)
    claimed = {
        "card": row["id"],
        "owner": claim.owner,
        "until": claim.until,
        # Law 7: note the try before it is made; only an answer takes the note away.
        "tried": row["tried_at"] if is_edit else (row["tried_at"] or claim.at),
        "late": late,
    }
    await tx.connection.execute(_CLAIM_CARD, claimed)
    return _job(row, claim, subject, late=late)


def _job(row: sa.RowMapping, claim: Claim, subject: Subject, *, late: int | None) -> CardJob:
    return CardJob(
        claim=claim,
        card_id=row["id"],
        channel=_channel(row),
        language=Language(row["language"]),
        subject=subject,
        version=row["wanted"],
        ts=row["ts"],
        digest=row["digest"],
        attempts=row["attempts"],
        tried_at=row["tried_at"],
        late_by=timedelta(seconds=late) if late else None,
        stand_in=StandIn(row["refused_name"], row["refused_reason"])
        if row["refused_name"]
        else None,
    )


async def as_it_is(tx: Reading, card_id: str, claim: Claim) -> CardJob:
    """A card as a claim would give it, without claiming it."""
    query = sa.select(*_card_columns).select_from(_cards).where(cards.c.id == card_id)
    row = (await tx.connection.execute(query)).mappings().one()
    return _job(row, claim, await subject_of(tx, row), late=row["late_seconds"])


def _lateness(wanted_since: datetime, now: datetime) -> int | None:
    """Seconds between the wish for a card and its first post, when that is worth saying."""
    late = now - wanted_since
    return int(late.total_seconds()) if late >= LATE else None


async def _claim_note(tx: Writing, row: sa.RowMapping, claim: Claim) -> NoteJob | None:
    if not await lease(tx, row["channel_id"], claim):
        return None
    try:
        note = note_from_json(row["note"])
    except UNREADABLE as error:
        await _put_off(tx, notes, row, claim, error)
        return None
    await tx.connection.execute(
        sa.update(notes)
        .where(notes.c.id == row["id"])
        .values(
            lease_owner=claim.owner,
            lease_until=claim.until,
            tried_at=row["tried_at"] or claim.at,
        )
    )
    number = row["alarm_id"]
    alarm = (await alarms.with_ids(tx, [number]))[number] if number is not None else None
    return NoteJob(
        claim=claim,
        note_id=row["id"],
        note=note,
        card_id=row["card_id"],
        card_ts=row["card_ts"],
        channel=_channel(row),
        language=Language(row["language"]),
        alarm=alarm,
        attempts=row["attempts"],
        tried_at=row["tried_at"],
    )


async def _put_off(
    tx: Writing, table: sa.Table, row: sa.RowMapping, claim: Claim, error: Exception
) -> None:
    """A row that we cannot read, perhaps of a newer release, may not stop the others."""
    await tx.connection.execute(
        sa.update(table)
        .where(table.c.id == row["id"])
        .values(due_at=claim.at + PUT_OFF, last_error=f"unreadable row: {type(error).__name__}")
    )
    await tx.connection.execute(
        sa.update(channels)
        .where(channels.c.id == row["channel_id"], channels.c.lease_owner == claim.owner)
        .values(lease_owner=None, lease_until=NEVER)
    )
