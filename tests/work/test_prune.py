"""Pruning: what is over and old goes with all that belongs to it; nothing else does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.clock import utc_now
from bot.ids import first_id_at
from bot.rules.incident import Person
from bot.rules.record import Reported
from bot.store.prune import SLICE
from bot.store.tables import (
    acts,
    callbacks,
    cards,
    deliveries,
    incidents,
    notes,
    remarks,
)
from bot.work import prune as work
from bot.work.act import Click, Verb, act
from bot.work.prune import REMEMBERED, Keep, Pruned, Pruner, prune_once
from tests.support.values import NOON
from tests.support.world import World

QUARTER = Keep(timedelta(days=90))
ANN = Person("U0ANN00001", "ann")


def later(town: World, days: int = 400) -> datetime:
    """So long after everything that happened, also by the ids, which hold real time."""
    return max(town.time.now, utc_now()) + timedelta(days=days)


async def count(town: World, table: sa.Table) -> int:
    async with town.database.reading() as tx:
        return await tx.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def numbers(town: World) -> list[int]:
    async with town.database.reading() as tx:
        return list(await tx.connection.scalars(sa.select(incidents.c.id).order_by("id")))


def writes(town: World) -> list[str]:
    """A list that gets an entry with each transaction that deletes, from now on: its first table.

    PostgreSQL reads and writes by one engine, so commits alone would count looks as well.
    """
    commits: list[str] = []
    deleting: list[str] = []

    def note_it(_connection: sa.Connection, _cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM "):
            deleting.append(statement.split()[2])

    def count_it(_connection: sa.Connection) -> None:
        commits.extend(deleting[:1])
        deleting.clear()

    writer = town.database._writer.sync_engine
    sa.event.listen(writer, "before_cursor_execute", note_it)
    sa.event.listen(writer, "commit", count_it)
    return commits


async def over(town: World, alarm: str) -> None:
    """An incident that fired, was written about, and recovered; its card is true."""
    await town.hear(alarm=alarm)
    await town.deliver(rounds=3)
    row = (await town.cards())[-1]
    note = Click(Verb.NOTE, row["id"], ANN, "tests", text="seen")
    await act(town.database, note, now=town.time.now, poke=lambda: None)
    await town.hear(Reported.OK, alarm=alarm)
    await town.deliver(rounds=5)


async def test_what_is_over_and_old_goes_with_all_that_belongs_to_it(town: World) -> None:
    await over(town, "one")
    await town.hear(alarm="two")
    await town.deliver(rounds=3)
    done = await prune_once(town.database, QUARTER, now=later(town))
    assert (done.incidents, done.callbacks) == (1, 2)
    assert await numbers(town) == [2]
    assert await count(town, cards) == 1
    assert await count(town, remarks) == 0
    assert await count(town, callbacks) == 1
    assert await count(town, deliveries) == 0  # a repeat of them is stale by now
    async with town.database.reading() as tx:
        left = set(await tx.connection.scalars(sa.select(notes.c.card_id)))
    assert len(left) <= 1


async def test_the_audit_stays(town: World) -> None:
    await over(town, "one")
    await town.hear(alarm="two")
    before = await count(town, acts)
    await prune_once(town.database, QUARTER, now=later(town))
    assert await count(town, acts) == before > 0


@pytest.mark.fault("F48")
async def test_what_is_open_stays_however_old(town: World) -> None:
    for name in ("one", "two", "three"):
        await town.hear(alarm=name)
    await town.deliver(rounds=6)
    assert await prune_once(town.database, QUARTER, now=later(town)) == Pruned()
    assert await numbers(town) == [1, 2, 3]


async def test_what_is_not_old_enough_stays(town: World) -> None:
    await over(town, "one")
    await town.hear(alarm="two")
    now = town.time.now + timedelta(days=89)
    assert (await prune_once(town.database, QUARTER, now=now)).incidents == 0


async def test_the_newest_incident_stays_because_numbers_count_on_from_it(town: World) -> None:
    await over(town, "one")
    await over(town, "two")
    await prune_once(town.database, QUARTER, now=later(town))
    assert await numbers(town) == [2]
    await town.hear(alarm="three")
    assert await numbers(town) == [2, 3]


async def test_a_card_that_is_not_true_yet_keeps_its_incident(town: World) -> None:
    await over(town, "one")
    await town.hear(alarm="gone")
    await town.hear(Reported.OK, alarm="gone")
    await town.hear(alarm="three")
    await prune_once(town.database, QUARTER, now=later(town))
    assert await numbers(town) == [2, 3]
    await town.deliver(rounds=6)
    await prune_once(town.database, QUARTER, now=later(town))
    assert await numbers(town) == [3]


@pytest.mark.fault("F48")
@pytest.mark.parametrize(("most", "left"), [(1, [4]), (2, [3, 4]), (9, [1, 2, 3, 4])])
async def test_the_newest_so_many_are_kept(town: World, most: int, left: list[int]) -> None:
    for name in ("one", "two", "three", "four"):
        await over(town, name)
    await prune_once(town.database, Keep(most=most), now=town.time.now)
    assert await numbers(town) == left


async def test_an_alarm_fires_again_after_its_past_is_gone(town: World) -> None:
    await over(town, "one")
    await over(town, "two")
    await prune_once(town.database, QUARTER, now=later(town))
    town.time.pass_by(86_400)
    await town.hear(alarm="one")
    await town.deliver(rounds=3)
    assert await numbers(town) == [2, 3]
    assert (await town.cards())[-1]["posted"] == 1


@pytest.mark.fault("F34")
async def test_a_button_of_what_is_gone_is_answered_kindly(town: World) -> None:
    await over(town, "one")
    card = (await town.cards())[0]["id"]
    await town.hear(alarm="two")
    await prune_once(town.database, QUARTER, now=later(town))
    assert (await town.click(Verb.ACKNOWLEDGE, card)).effect.value == "unknown_card"


async def test_one_replica_prunes_at_a_time(town: World) -> None:
    one = Pruner(town.database, QUARTER, owner="one", clock=town.time)
    two = Pruner(town.database, QUARTER, owner="two", clock=town.time)
    assert await one._is_my_turn()
    assert not await two._is_my_turn()
    town.time.pass_by(3_601)
    assert await two._is_my_turn()


async def test_without_a_wish_nothing_is_removed(town: World) -> None:
    await over(town, "one")
    assert Keep().is_all
    assert await prune_once(town.database, Keep(), now=later(town)) == Pruned()
    assert await numbers(town) == [1]
    assert await count(town, callbacks) == 2


async def test_deliveries_are_forgotten_when_nobody_repeats_them_any_more(town: World) -> None:
    await over(town, "one")
    soon = max(town.time.now, utc_now()) + REMEMBERED - timedelta(hours=1)
    await prune_once(town.database, Keep(), now=soon)
    assert await count(town, deliveries) == 2
    await prune_once(town.database, Keep(), now=later(town, days=8))
    assert await count(town, deliveries) == 0


async def test_where_nothing_is_to_be_forgotten_nothing_is_written(town: World) -> None:
    """Each write makes callbacks wait, and there are many slices of keys to look through."""
    await over(town, "one")
    commits = writes(town)
    await prune_once(town.database, Keep(), now=max(town.time.now, utc_now()))
    assert await count(town, deliveries) == 2
    assert commits == []
    await prune_once(town.database, Keep(), now=later(town, days=8))
    assert await count(town, deliveries) == 0
    assert 1 <= len(commits) <= 2


async def test_all_deliveries_are_looked_through_slice_by_slice(town: World) -> None:
    old, new = first_id_at(NOON), first_id_at(NOON + timedelta(days=1))
    rows = [(f"{n:032x}", old if n % 8 == 0 else new) for n in range(2 * SLICE + 1)]
    async with town.database.writing() as tx:
        values = [{"key": key, "callback_id": number} for key, number in rows]
        await tx.connection.execute(sa.insert(deliveries), values)
    commits = writes(town)
    await prune_once(town.database, Keep(), now=NOON + REMEMBERED + timedelta(seconds=1))
    assert await count(town, deliveries) == len([one for _, one in rows if one == new])
    assert len(commits) == 3


@pytest.mark.parametrize(("days", "lines"), [(1, 0), (400, 1)])
async def test_only_what_was_pruned_is_in_the_log(town: World, days: int, lines: int) -> None:
    await over(town, "one")
    await over(town, "two")
    at = later(town, days)
    with capture_logs() as logged:
        await Pruner(town.database, QUARTER, owner="one", clock=lambda: at).once()
    told = [line for line in logged if line["event"] == "history.pruned"]
    assert len(told) == lines
    assert all((line["incidents"], line["callbacks"]) == (1, 2) for line in told)


@pytest.mark.fault("F48")
async def test_no_transaction_of_pruning_is_a_long_one(town: World) -> None:
    """However much there is to remove, callbacks and clicks get in between."""
    await over(town, "one")
    await multiply(town, 2_500)
    commits = writes(town)
    done = await prune_once(town.database, QUARTER, now=later(town))
    assert done.incidents == 2_500
    assert len(commits) > done.incidents / 250
    assert await numbers(town) == [2_501]


@pytest.mark.fault("F48")
async def test_an_incident_with_many_callbacks_goes_piece_by_piece(
    town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL each hour of theirs is a lock; too many in one transaction, and none goes."""
    monkeypatch.setattr(work, "CALLBACKS", 2)
    await over(town, "one")
    for hour in range(3):
        await town.hear(alarm="two")
        town.time.pass_by(3_600 * hour)
    await town.hear(Reported.OK, alarm="two")
    await town.deliver(rounds=5)
    await town.hear(alarm="three")
    most: list[int] = []

    def note_it(_connection: sa.Connection, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM callbacks") and cursor.rowcount:
            most.append(cursor.rowcount)

    sa.event.listen(town.database._writer.sync_engine, "after_cursor_execute", note_it)
    done = await prune_once(town.database, QUARTER, now=later(town))
    assert (done.incidents, done.callbacks) == (2, 6)
    assert most == [2, 2, 2]
    assert await numbers(town) == [3]
    assert await count(town, callbacks) == 1


async def multiply(town: World, times: int) -> None:
    """The only incident, so many times more; without cards."""
    copied = [column for column in incidents.c if column.name != "id"]
    async with town.database.writing() as tx:
        row = (await tx.connection.execute(sa.select(*copied))).mappings().one()
        rows = [{**row, "id": number} for number in range(2, times + 2)]
        await tx.connection.execute(sa.insert(incidents), rows)
