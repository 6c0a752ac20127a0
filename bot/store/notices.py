"""Notices: tests, what could not be read, gaps. Who writes stands in line with the apply loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.rules.notice import Notice, NoticeKind
from bot.store.engine import Reading, Writing
from bot.store.tables import cards, cards_old, notices
from bot.store.wants import once_more

NO_CALLBACK = "00000000-0000-0000-0000-000000000000"  # the last release knows no null there


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """A notice before and after; `before` is None for a new one."""

    before: Notice | None
    after: Notice


def _notice(row: sa.RowMapping) -> Notice:
    plain = dict(row)
    plain["kind"] = NoticeKind(row["kind"])
    plain["callback_id"] = None if row["callback_id"] == NO_CALLBACK else row["callback_id"]
    return Notice(**plain)


async def newest(tx: Reading, kind: NoticeKind) -> Notice | None:
    """The last notice of a kind."""
    query = sa.select(notices).where(notices.c.kind == kind.value)
    found = await tx.connection.execute(query.order_by(notices.c.id.desc()).limit(1))
    row = found.mappings().first()
    return _notice(row) if row else None


async def with_id(tx: Reading, number: int) -> Notice:
    """One notice."""
    found = await tx.connection.execute(sa.select(notices).where(notices.c.id == number))
    return _notice(found.mappings().one())


async def find(tx: Reading, number: int) -> Notice | None:
    """One notice, if it was not pruned."""
    found = await tx.connection.execute(sa.select(notices).where(notices.c.id == number))
    row = found.mappings().first()
    return _notice(row) if row else None


async def next_id(tx: Reading) -> int:
    """The number of the next notice."""
    return (await tx.connection.scalar(sa.select(sa.func.max(notices.c.id))) or 0) + 1


async def save(tx: Writing, changes: Sequence[NoticeChange], *, now: datetime) -> None:
    """Store notices, and make the card of a changed one wanted once more (law 1)."""
    for change in changes:
        columns = {name: getattr(change.after, name) for name in Notice.__dataclass_fields__}
        columns["kind"] = change.after.kind.value
        columns["callback_id"] = change.after.callback_id or NO_CALLBACK
        if change.before is None:
            await tx.connection.execute(sa.insert(notices).values(columns))
        elif change.before != change.after:
            await tx.connection.execute(
                sa.update(notices).where(notices.c.id == change.after.id).values(columns)
            )
            await _want(tx, change.after.id, now)


async def _want(tx: Writing, notice_id: int, now: datetime) -> None:
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.notice_id == notice_id)
        .values(
            **once_more(now),
            urgency=sa.case((cards_old, cards.c.urgency), else_=int(Urgency.REST)),
        )
    )
