"""Troubles: what of our own is not well, for all replicas. Written by the watch alone."""

import sqlalchemy as sa

from bot.rules.trouble import Step, Trouble
from bot.store.engine import Reading, Writing
from bot.store.tables import troubles


async def present(tx: Reading) -> dict[str, Trouble]:
    """All of them by name, the oldest first."""
    found = await tx.connection.execute(sa.select(troubles).order_by(troubles.c.since))
    return {row["name"]: Trouble(**row) for row in found.mappings()}


async def save(tx: Writing, step: Step) -> None:
    """Store one step. Equal values: no write."""
    if step.before == step.after:
        return
    if step.after is None:
        name = step.before.name if step.before else ""
        await tx.connection.execute(sa.delete(troubles).where(troubles.c.name == name))
        return
    columns = {name: getattr(step.after, name) for name in Trouble.__dataclass_fields__}
    if step.before is None:
        await tx.connection.execute(sa.insert(troubles).values(columns))
    else:
        await tx.connection.execute(
            sa.update(troubles).where(troubles.c.name == step.after.name).values(columns)
        )
