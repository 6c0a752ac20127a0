"""Acts: who did what, in the transaction of the change, kept in the order it happened."""

from bot.rules.incident import Incident
from bot.store import acts
from bot.store.acts import Act
from bot.store.engine import Database
from tests.support.rows import keep
from tests.support.values import ANN, LI, incident, minute

OPEN = incident(1)
TAKEN = OPEN.acknowledged_by(ANN, minute(1))


async def add(database: Database, verb: str, *, before: Incident, after: Incident, at: int) -> None:
    async with database.writing() as tx:
        actor = ANN if after.acknowledged else LI
        await acts.add(tx, verb, actor, before=before, after=after, via="card", now=minute(at))


async def told(database: Database, number: int = 1) -> list[Act]:
    async with database.reading() as tx:
        return await acts.of_incident(tx, number)


async def test_an_act_says_who_did_what_and_what_it_changed(database: Database) -> None:
    await keep(database, OPEN)
    await add(database, "acknowledge", before=OPEN, after=TAKEN, at=1)
    act = Act(
        minute(1), 1, "acknowledge", ANN, "card", "firing, open", "firing, acknowledged by U1"
    )
    assert await told(database) == [act]


async def test_acts_are_told_in_their_order_and_of_one_incident(database: Database) -> None:
    await keep(database, OPEN, incident(2))
    await add(database, "unacknowledge", before=TAKEN, after=OPEN, at=2)
    await add(database, "acknowledge", before=OPEN, after=TAKEN, at=1)
    await add(database, "acknowledge", before=incident(2), after=incident(2), at=3)
    assert [act.verb for act in await told(database)] == ["acknowledge", "unacknowledge"]


async def test_an_act_of_a_change_that_was_not_kept_is_not_kept(database: Database) -> None:
    await keep(database, OPEN)
    async with database.writing() as tx:
        await acts.add(tx, "x", ANN, before=OPEN, after=TAKEN, via="card", now=minute(1))
        await tx.connection.rollback()
    assert await told(database) == []
