"""What people do about a whole storm, or a group: acknowledge all that fires in it."""

from collections.abc import Callable
from datetime import datetime

from bot.rules.incident import Person
from bot.store import contents, groups, mutes
from bot.store.engine import Database
from bot.work.act import Click, Effect, Verb, act_on

BATCH = 100  # incidents in one transaction, so that callbacks get in between


async def acknowledge_all(
    database: Database,
    storm_id: int,
    *,
    by: Person,
    via: str,
    key: str | None,
    now: datetime,
    poke: Callable[[], None],
) -> int:
    """Take everything in the storm or the group that fires and that nobody has; how many that were.

    Each is an act of its own. What fires later is not taken: nobody has seen it yet. It stands in
    line with the apply loop and the tick: each act locks the storm's card before the next locks
    those of its alarm, and they have them the other way round.
    """
    taken, last = 0, 0
    async with database.reading() as tx:
        newest = await contents.newest_in(tx, storm_id)
    while True:
        async with database.writing() as tx:
            await mutes.wait_for_apply(tx)
            batch = await contents.untaken_in(tx, storm_id, after=last, until=newest, most=BATCH)
            await groups.lock(tx, batch)
            for number in batch:
                unique = f"{key}/{number}" if key else None
                click = Click(Verb.ACKNOWLEDGE, None, by, via, incident_id=number, key=unique)
                done = await act_on(tx, click, now)
                taken += done.effect is Effect.DONE
        if not batch:
            break
        last = batch[-1]
    poke()
    return taken
