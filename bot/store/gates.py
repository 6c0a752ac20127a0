"""Gates: rate limits that hold for all replicas, one moment in time each."""

from datetime import datetime

import sqlalchemy as sa

from bot.rules.delivery import EDIT_BURST, EDIT_GAP, Gate
from bot.store.columns import NEVER
from bot.store.dialects import insert_unless_there
from bot.store.engine import Reading, Writing
from bot.store.tables import gates

EDITS = "chat.update"  # the workspace's edits
SLACK = "slack"  # every call: shut while the token is refused

_DUE = sa.select(gates.c.due).where(gates.c.name == sa.bindparam("gate"))
_BOTH = sa.select(gates.c.name, gates.c.due).where(gates.c.name.in_((EDITS, SLACK)))


async def edits(tx: Reading) -> Gate:
    """The gate that every edit passes."""
    return _of_edits(await due(tx, EDITS))


async def calls_and_edits(tx: Reading) -> tuple[datetime, Gate]:
    """Until when no call may be made at all, and the gate that every edit passes."""
    found = {row.name: row.due for row in await tx.connection.execute(_BOTH)}
    return found.get(SLACK, NEVER), _of_edits(found.get(EDITS, NEVER))


def _of_edits(due: datetime) -> Gate:
    return Gate(due, EDIT_GAP, EDIT_BURST)


async def passed(tx: Writing, name: str, gate: Gate, now: datetime) -> bool:
    """Note one passage, unless another replica passed since the gate was read."""
    await _ensure(tx, name)
    result = await tx.connection.execute(
        sa.update(gates)
        .where(gates.c.name == name, gates.c.due == gate.due)
        .values(due=gate.passed(now).due)
    )
    return result.rowcount == 1


async def shut(tx: Writing, name: str, due: datetime, reason: str) -> None:
    """Shut a gate until `due`, with the reason that people are told."""
    await _ensure(tx, name)
    await tx.connection.execute(
        sa.update(gates).where(gates.c.name == name).values(due=due, reason=reason)
    )


async def shut_reason(tx: Reading, name: str, now: datetime) -> str | None:
    """Why a gate is shut now, or None."""
    query = sa.select(gates.c.reason).where(gates.c.name == name, gates.c.due > now)
    return await tx.connection.scalar(query)


def of_new_cards(channel_id: int) -> str:
    """The gate that tells a storm from a bad day."""
    return f"new_cards/{channel_id}"


async def due(tx: Reading, name: str) -> datetime:
    """When the next passage is due at an even pace."""
    return await tx.connection.scalar(_DUE, {"gate": name}) or NEVER


async def set_due(tx: Writing, name: str, due_at: datetime) -> None:
    """Note passages. Only for gates that one writer at a time passes."""
    await _ensure(tx, name)
    await tx.connection.execute(sa.update(gates).where(gates.c.name == name).values(due=due_at))


async def _ensure(tx: Writing, name: str) -> None:
    await tx.connection.execute(insert_unless_there(tx, gates).values(name=name, due=NEVER))
