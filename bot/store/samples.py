"""Of each alarm the first callback that came about it, by which the others of it are packed.

Written with the callbacks, by the apply loop alone. A sample never changes and never goes: what
is packed by it could not be read without it.
"""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from bot.store.engine import Reading, Writing
from bot.store.packing import LARGE, Parts, UnknownPacking, joined, packed, unpacked
from bot.store.tables import samples


async def of(tx: Reading, alarm_ids: Collection[int]) -> dict[int, bytes | None]:
    """The samples of alarms, by number; None where only a newer release can read it."""
    found: dict[int, bytes | None] = {}
    if alarm_ids:
        query = sa.select(samples).where(samples.c.alarm_id.in_(alarm_ids))
        for number, content in await tx.connection.execute(query):
            found[number] = _whole(bytes(content))
    return found


def _whole(content: bytes) -> bytes | None:
    try:
        return joined(unpacked(content))
    except UnknownPacking:
        return None


async def pack(tx: Writing, told: Sequence[tuple[int | None, Parts]]) -> list[bytes]:
    """Parts of callbacks, packed by the samples of their alarms; what has none yet becomes one."""
    numbers = {number for number, _ in told if number is not None}
    known = await of(tx, numbers)
    new = _first_of_each(told, numbers - known.keys())
    if new:
        rows = [{"alarm_id": number, "packed": packed(parts)} for number, parts in new.items()]
        # Somebody else's sample would be another one: then this transaction must fail.
        await tx.connection.execute(sa.insert(samples), rows)
    known |= {number: joined(parts) for number, parts in new.items()}
    return [packed(parts, known.get(number) if number else None) for number, parts in told]


def _first_of_each(
    told: Sequence[tuple[int | None, Parts]], wanted: Collection[int]
) -> dict[int, Parts]:
    found: dict[int, Parts] = {}
    for number, parts in told:
        if number in wanted and number is not None and len(joined(parts)) <= LARGE:
            found.setdefault(number, parts)
    return found
