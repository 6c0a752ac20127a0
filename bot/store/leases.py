"""Leases on work that one replica does at a time."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.columns import NEVER
from bot.store.dialects import insert_unless_there
from bot.store.engine import Writing
from bot.store.tables import leases

APPLY = "apply"
_TAKE = (
    sa.update(leases)
    .where(leases.c.name == sa.bindparam("lease"))
    .where(sa.or_(leases.c.owner == sa.bindparam("by"), leases.c.until <= sa.bindparam("at")))
    .values(owner=sa.bindparam("by"), until=sa.bindparam("up_to"))
)


async def hold(tx: Writing, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    wanted = {"lease": name, "by": owner, "at": now, "up_to": until}
    if (await tx.connection.execute(_TAKE, wanted)).rowcount == 1:
        return True
    row = {"name": name, "owner": owner, "until": NEVER}
    await tx.connection.execute(insert_unless_there(tx, leases).values(row))  # the first time
    return (await tx.connection.execute(_TAKE, wanted)).rowcount == 1


async def release(tx: Writing, name: str, owner: str) -> None:
    """Give a lease back at the end, so that another replica need not wait for it to run out."""
    await tx.connection.execute(
        sa.update(leases).where(leases.c.name == name, leases.c.owner == owner).values(until=NEVER)
    )


async def release_all(tx: Writing) -> None:
    """Take every lease back; see `claim_ends.release_all`."""
    await tx.connection.execute(sa.update(leases).values(until=NEVER))
