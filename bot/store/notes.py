"""Notes: replies that wait to be said in the threads of cards, each once, in order."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.rules.card import Note
from bot.rules.delivery import Urgency
from bot.rules.job import NoteJob
from bot.rules.thread import Aloud, Manner, Thread, as_told
from bot.store.among import among
from bot.store.columns import NEVER
from bot.store.dialects import insert_unless_there
from bot.store.engine import Reading, Writing
from bot.store.group_cards import HELD as IN_GROUP
from bot.store.note_json import note_to_json
from bot.store.tables import cards, notes

SAID, SHOWN, REFUSED = "said", "shown", "refused"

_stood_for = sa.and_(cards.c.held == IN_GROUP, cards.c.ts.is_(None), cards.c.tried_at.is_(None))
_has_a_thread = sa.func.coalesce(_stood_for, sa.false()).is_(sa.false())
_MANNERS = (
    sa.select(cards.c.id, cards.c.thread, cards.c.aloud)
    .where(among(cards.c.id, "numbers"))
    .where(_has_a_thread)
)
_OF_INCIDENTS = (
    sa.select(cards.c.id, cards.c.incident_id, cards.c.thread, cards.c.aloud)
    .where(among(cards.c.incident_id, "numbers"))
    .where(_has_a_thread)
    .order_by(cards.c.id)
)


async def tell(tx: Writing, new: Sequence[tuple[int, Note]], *, now: datetime) -> None:
    """Queue notes for every card of incidents; see `add`."""
    numbers = list({number for number, _ in new})
    found = await tx.connection.execute(_OF_INCIDENTS, {"numbers": numbers}) if new else ()
    manners: dict[int, list[tuple[str, Manner]]] = {}
    for card_id, number, thread, aloud in found:
        manners.setdefault(number, []).append((card_id, Manner(Thread(thread), Aloud(aloud))))
    for number, note in new:
        for card_id, manner in manners.get(number, ()):
            if told := as_told(note, manner):
                await _add(tx, card_id, told, now)


async def add(tx: Writing, new: Sequence[tuple[str, Note]], *, now: datetime) -> None:
    """Queue notes for cards, as far as their channels want to hear them.

    One with the same key for the same card is there already. A card that a group's card stands
    for has no thread: the group tells what there is to tell.
    """
    manners = await _manners(tx, {card_id for card_id, _ in new})
    for card_id, note in new:
        manner = manners.get(card_id)
        told = as_told(note, manner) if manner else None
        if told:
            await _add(tx, card_id, told, now)


async def _manners(tx: Reading, card_ids: Collection[str]) -> dict[str, Manner]:
    found = await tx.connection.execute(_MANNERS, {"numbers": list(card_ids)})
    return {row.id: Manner(Thread(row.thread), Aloud(row.aloud)) for row in found}


async def _add(tx: Writing, card_id: str, note: Note, now: datetime) -> None:
    urgency = Urgency.NOTE_THAT_PINGS if note.broadcast else Urgency.NOTE
    await tx.connection.execute(
        insert_unless_there(tx, notes).values(
            card_id=card_id,
            key=note.key,
            note=note_to_json(note),
            urgency=int(urgency),
            since=now,
            due_at=now,
            attempts=0,
            lease_until=NEVER,
            stays=note.stays,
        )
    )


async def record_said(tx: Writing, job: NoteJob, *, ts: str) -> None:
    """Note that Slack shows it."""
    await _settle(tx, job, outcome=SAID, ts=ts, error=None)


async def give_up(tx: Writing, job: NoteJob, *, error: str) -> None:
    """Slack will not take it; the card itself tells the same."""
    await _settle(tx, job, outcome=REFUSED, ts=None, error=error)


async def _settle(
    tx: Writing, job: NoteJob, *, outcome: str, ts: str | None, error: str | None
) -> None:
    await tx.connection.execute(
        sa.update(notes)
        # Said is said, whoever holds it now; refused is only what its owner says.
        .where(notes.c.id == job.note_id, sa.or_(*_mine(job, outcome)))
        .values(outcome=outcome, ts=ts, last_error=error, lease_owner=None, lease_until=NEVER)
    )


def _mine(job: NoteJob, outcome: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (notes.c.lease_owner == job.claim.owner, sa.literal(outcome == SAID))


async def put_back(
    tx: Writing,
    job: NoteJob,
    *,
    due_at: datetime,
    error: str | None,
    counted: bool,
    unclear: bool,
) -> None:
    """Give the claim back and try again at `due_at`; see `claim_ends.put_back`."""
    tried = (job.tried_at or job.claim.at) if unclear else None
    await tx.connection.execute(
        sa.update(notes)
        .where(notes.c.id == job.note_id, notes.c.lease_owner == job.claim.owner)
        .values(
            due_at=due_at,
            attempts=notes.c.attempts + (1 if counted else 0),
            tried_at=tried,
            last_error=error,
            lease_owner=None,
            lease_until=NEVER,
        )
    )


_TOLD_BY_FIRST_POST = (
    sa.update(notes)
    .where(notes.c.card_id == sa.bindparam("card"))
    .where(notes.c.outcome.is_(None), notes.c.stays.is_(False))
    .values(outcome=SHOWN)
)


async def told_by_first_post(tx: Writing, card_id: str) -> None:
    """What is queued when a first post is claimed need not be said: the card tells it.

    To be called before the values to render are read: then all that is marked is in them,
    and a change that comes a moment later keeps its note.
    """
    await tx.connection.execute(_TOLD_BY_FIRST_POST, {"card": card_id})


async def told_by_group(tx: Writing, card_ids: Collection[str]) -> None:
    """A group's card stands for these now, which were never posted: it tells what they would."""
    await tx.connection.execute(
        sa.update(notes)
        .where(notes.c.card_id.in_(card_ids), notes.c.outcome.is_(None))
        .values(outcome=SHOWN)
    )


async def release_all(tx: Writing) -> None:
    """Take every lease back; see `claim_ends.release_all`."""
    await tx.connection.execute(
        sa.update(notes)
        .where(notes.c.lease_owner.is_not(None))
        .values(lease_owner=None, lease_until=NEVER)
    )
