"""How a claim of a card ends: shown, put back, given up, or taken back.

What a worker records counts only while it holds the lease it claimed; `posted`, the version that
was rendered, only grows (law 4).
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.rules.delivery import Urgency
from bot.rules.job import CardJob
from bot.store.columns import NEVER, UtcTime
from bot.store.engine import Writing
from bot.store.tables import cards, channels

UNOWNED_GRACE = timedelta(seconds=1)  # after a crash, a post may have been on its way


def _rested(due_at: datetime | sa.BindParameter[datetime]) -> dict[str, object]:
    return {
        "due_at": due_at,
        "attempts": 0,
        "tried_at": None,
        "last_error": None,
        "lease_owner": None,
        "lease_until": NEVER,
    }


_version = sa.bindparam("version", type_=sa.Integer)
_now = sa.bindparam("now", type_=UtcTime)
_still_behind = cards.c.wanted > _version
# Somebody clicked while it was in the air, and waits to see it.
_clicked = sa.and_(_still_behind, cards.c.urgency >= int(Urgency.CLICK))
_SHOWN = (
    sa.update(cards)
    .where(cards.c.id == sa.bindparam("card"), cards.c.lease_owner == sa.bindparam("owner"))
    .values(
        ts=sa.bindparam("ts"),
        posted=sa.case((cards.c.posted < _version, _version), else_=cards.c.posted),
        digest=sa.bindparam("digest"),
        urgency=sa.case((_clicked, cards.c.urgency), else_=int(Urgency.REST)),
        behind_since=sa.case((_still_behind, _now), else_=cards.c.behind_since),
        **_rested(_now),
    )
)


async def record_shown(
    tx: Writing, job: CardJob, *, ts: str, version: int, digest: str | None, now: datetime
) -> bool:
    """Note that Slack shows `version`. False if the lease was lost meanwhile.

    A message that is there is noted even then, if no other is known: it must not be posted
    again. `digest` is None when it is not known what exactly is shown.
    """
    known = {"ts": ts, "version": version, "digest": digest, "now": now}
    whose = {"card": job.card_id, "owner": job.claim.owner}
    if (await tx.connection.execute(_SHOWN, known | whose)).rowcount == 1:
        return True
    await tx.connection.execute(
        sa.update(cards).where(cards.c.id == job.card_id, cards.c.ts.is_(None)).values(ts=ts)
    )
    return False


async def record_unknown(tx: Writing, job: CardJob, *, now: datetime) -> None:
    """An edit was made after its lease was lost: nobody knows what Slack shows. Say it again."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.id == job.card_id)
        .values(
            wanted=cards.c.wanted + 1,
            digest=None,
            behind_since=now,
            due_at=now,
            # Whoever is at work on it now learns the same from having lost the lease.
            lease_owner=None,
            lease_until=NEVER,
        )
    )


async def put_back(
    tx: Writing,
    job: CardJob,
    *,
    due_at: datetime,
    error: str | None,
    counted: bool,
    unclear: bool,
) -> None:
    """Give the claim back and try again at `due_at`.

    `counted`: an attempt was made and failed (a 429 is nobody's fault and does not count).
    `unclear`: the message may be there; it must be looked for before it is posted.
    """
    tried = (job.tried_at or job.claim.at) if unclear else None
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.id == job.card_id, cards.c.lease_owner == job.claim.owner)
        .values(
            due_at=due_at,
            attempts=cards.c.attempts + (1 if counted else 0),
            tried_at=tried,
            last_error=error,
            lease_owner=None,
            lease_until=NEVER,
        )
    )


async def give_up(tx: Writing, job: CardJob, *, error: str, now: datetime) -> None:
    """Stop trying this version; the next change tries again."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.id == job.card_id, cards.c.lease_owner == job.claim.owner)
        .values(**_rested(now) | {"refused": job.version, "last_error": error})
    )


async def forget_message(tx: Writing, job: CardJob, *, now: datetime) -> None:
    """The message is gone (deleted by a person) or cannot be edited: post anew."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.id == job.card_id, cards.c.lease_owner == job.claim.owner)
        .values(**_rested(now) | {"ts": None, "digest": None})
    )


async def release_all(tx: Writing, *, now: datetime) -> None:
    """Take every lease back. Only where no other process can hold one: SQLite, at the start."""
    opens = sa.literal(now + UNOWNED_GRACE, UtcTime)
    shut = channels.c.posts_open_at > opens  # a 429 outlasts a restart
    await tx.connection.execute(
        sa.update(channels)
        .where(channels.c.lease_owner.is_not(None))
        .values(
            lease_owner=None,
            lease_until=NEVER,
            posts_open_at=sa.case((shut, channels.c.posts_open_at), else_=opens),
        )
    )
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.lease_owner.is_not(None))
        .values(lease_owner=None, lease_until=NEVER)
    )
