"""Of each alarm the first callback that came about it, by which the others of it are packed.

Written with the callbacks, by the apply loop alone. A sample never changes and never goes: what
is packed by it could not be read without it.
"""

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from bot.store.among import among
from bot.store.bulk import Bulk
from bot.store.engine import Reading, Writing
from bot.store.packing import LARGE, Parts, UnknownPacking, joined, packed, unpacked
from bot.store.tables import samples

_OF = sa.select(samples).where(among(samples.c.alarm_id, "numbers"))
_ADD = Bulk(*samples.columns)


async def of(tx: Reading, alarm_ids: Collection[int]) -> dict[int, bytes | None]:
    """The samples of alarms, by number; None where only a newer release can read it."""
    if not alarm_ids:
        return {}
    found = await tx.connection.execute(_OF, {"numbers": list(alarm_ids)})
    return {number: _whole(bytes(content)) for number, content in found}


def _whole(content: bytes) -> bytes | None:
    try:
        return joined(unpacked(content))
    except UnknownPacking:
        return None


def packed_by(
    known: Mapping[int, bytes | None], told: Iterable[tuple[int | None, Parts]]
) -> tuple[list[bytes], dict[int, Parts]]:
    """Parts of callbacks, packed by the samples of their alarms; what has none yet becomes one.

    `known` has a sample for each alarm that has one. The new ones are to be added, by `add`.
    """
    new: dict[int, Parts] = {}
    known_by_now = dict(known)
    packs: list[bytes] = []
    for number, parts in told:
        if number is None:
            packs.append(packed(parts))
            continue
        if number not in known_by_now and len(whole := joined(parts)) <= LARGE:
            new[number], known_by_now[number] = parts, whole
        packs.append(packed(parts, known_by_now.get(number)))
    return packs, new


async def add(tx: Writing, new: Mapping[int, Parts]) -> None:
    """Store samples. Somebody else's would be other ones: then this transaction must fail."""
    await _ADD.insert(tx, [(number, packed(parts)) for number, parts in new.items()])
