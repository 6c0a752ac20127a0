"""Callbacks from the line to rows: group commit, order, poison, leases."""

import asyncio
import itertools
import json
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.clock import utc_now
from bot.demo_samples import CPU, CPU_2, Sample
from bot.errors import Busy, StorageUnavailable
from bot.rules.card import Language
from bot.rules.judge import Outcome
from bot.rules.record import RawRequest
from bot.rules.routing import Destination
from bot.store import callbacks, inbox
from bot.store.append import SqliteAppender
from bot.store.engine import Database
from bot.store.hints import Hints
from bot.store.inbox import BYTES
from bot.store.tables import alarms, deliveries, incidents
from bot.store.tables import inbox as inbox_rows
from bot.work import apply_callbacks, batch
from bot.work.apply_callbacks import LATE, Applier, Overtaken
from bot.work.filing import Filing
from bot.work.hear import hear
from bot.work.pace import BATCH, REST
from bot.work.take_callbacks import LINE, LINE_BYTES, MIB, Taker
from tests.support.world import START, Time


def request_of(sample: Sample) -> RawRequest:
    return RawRequest("POST", "", (("Content-Type", sample.content_type),), sample.body)


LATE_S = LATE.total_seconds()


def applier(
    database: Database, owner: str = "one", *, time: Time | None = None, waiting: int = 0
) -> Applier:
    return Applier(
        database,
        filing=Filing((), Destination("alarms", Language.ENGLISH), timedelta(minutes=10)),
        owner=owner,
        clock=time or Time(),
        poke=lambda: None,
        waiting=lambda: waiting,
    )


async def take(database: Database, *samples: Sample) -> list[str]:
    taker = Taker(database, clock=lambda: START, poke=lambda: None)
    writer = asyncio.create_task(taker.run())
    ids = await asyncio.gather(*(taker.take("tests", request_of(one)) for one in samples))
    writer.cancel()
    with suppress(asyncio.CancelledError):
        await writer
    return ids


async def outcomes(database: Database, ids: list[str]) -> list[Outcome | None]:
    async with database.reading() as tx:
        found = [await callbacks.find(tx, one) for one in ids]
    return [one.outcome if one else None for one in found]


async def count(database: Database, table: sa.Table) -> int:
    async with database.reading() as tx:
        return await tx.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_an_answered_callback_is_in_the_database(database: Database) -> None:
    (taken,) = await take(database, CPU.says("ALERT", 91, START))
    async with database.reading() as tx:
        assert await inbox.find(tx, taken) is not None


async def test_callbacks_that_wait_together_share_one_commit(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    commits = 0

    assert isinstance(database._appender, SqliteAppender)

    @sa.event.listens_for(database._appender.engine, "after_cursor_execute")
    def counted(*told: object) -> None:
        nonlocal commits
        commits += "INSERT" in str(told[2])  # a statement is a transaction

    await take(database, *(CPU.says("ALERT", n, START) for n in range(100)))
    assert commits <= 3
    await database.close()


async def test_a_database_that_is_away_refuses_the_callback() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StorageUnavailable):
        await take(database, CPU.says("ALERT", 91, START))
    await database.close()


@pytest.mark.parametrize(
    ("sample", "most"),
    [
        (Sample("text/plain", b"x" * MIB), LINE_BYTES // MIB),
        (Sample("text/plain", b"x"), LINE),
    ],
    ids=["large", "many"],
)
async def test_a_line_that_is_full_takes_nobody_until_some_are_stored(
    database: Database, sample: Sample, most: int
) -> None:
    taker = Taker(database, clock=lambda: START, poke=lambda: None)
    waiting = [asyncio.create_task(taker.take("tests", request_of(sample))) for _ in range(most)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await taker.take("tests", request_of(sample))
    writer = asyncio.create_task(taker.run())
    ids = await asyncio.gather(*waiting)
    ids.append(await taker.take("tests", request_of(sample)))
    taker.stop()
    await writer
    async with database.reading() as tx:
        assert await inbox.find(tx, ids[-1]) is not None
    assert await count(database, inbox_rows) == len(set(ids)) == most + 1


async def test_of_large_callbacks_fewer_are_stored_and_applied_together(
    database: Database,
) -> None:
    sent = [Sample("text/plain", b"x" * 200_000) for _ in range(50)]
    ids = await take(database, *sent)
    async with database.reading() as tx:
        together = await inbox.oldest(tx, 1_000)
    assert sum(len(one.taken.request.body) for one in together) < BYTES + 200_000
    assert 1 < len(together) < 50
    loop = applier(database)
    while await loop.apply_batch():
        pass
    assert await outcomes(database, ids) == [Outcome.UNREADABLE] * 50


async def test_of_long_lists_fewer_are_applied_together(database: Database) -> None:
    lists = [
        Sample("application/json", json.dumps([reading(n, place) for place in range(900)]).encode())
        for n in range(5)
    ]
    ids = await take(database, *lists)
    loop = applier(database)
    assert [await loop.apply_batch() for _ in range(3)] == [3, 2, 0]
    assert await outcomes(database, ids) == [Outcome.OPENED] * 5
    assert await count(database, incidents) == 5 * 900


def reading(n: int, place: int) -> dict[str, str]:
    return {"alertName": "a", "alertState": "ALERT", "ruleId": f"{n}-{place}"}


async def test_one_callback_is_applied_however_large_it_is(database: Database) -> None:
    (one,) = await take(database, Sample("text/plain", b"x" * (BYTES + 1)))
    assert await applier(database).apply_batch() == 1
    assert await outcomes(database, [one]) == [Outcome.UNREADABLE]


async def test_callbacks_of_one_alarm_are_applied_in_order(database: Database) -> None:
    ids = await take(
        database,
        CPU.says("ALERT", 91, START),
        CPU.says("ALERT", 97, START + timedelta(minutes=1), now="CRITICAL", before="WARN"),
        CPU_2.says("ALERT", 88, START),
        CPU.says("OK", 41, START + timedelta(minutes=2), now="OK", before="CRITICAL"),
    )
    await applier(database).apply_batch()
    expected = [Outcome.OPENED, Outcome.UPDATED, Outcome.OPENED, Outcome.RECOVERED]
    assert await outcomes(database, ids) == expected
    assert await count(database, incidents) == 2


async def test_a_hundred_tries_of_one_delivery_count_once(database: Database) -> None:
    ids = await take(database, *[CPU.says("ALERT", 91, START)] * 100)
    one = applier(database)
    while await one.apply_batch():
        pass
    found = await outcomes(database, ids)
    assert found.count(Outcome.OPENED) == 1
    assert found.count(Outcome.DUPLICATE) == 99
    assert await count(database, deliveries) == 1


async def test_a_later_batch_knows_the_deliveries_of_earlier_ones(database: Database) -> None:
    await take(database, CPU.says("ALERT", 91, START))
    await applier(database).apply_batch()
    again = await take(database, CPU.says("ALERT", 91, START))
    await applier(database).apply_batch()
    assert await outcomes(database, again) == [Outcome.DUPLICATE]


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever says "poison" cannot be processed."""
    real = batch.read

    def read(request: RawRequest):
        if b"poison" in request.body:
            raise ZeroDivisionError("as a fault of ours would")
        return real(request)

    monkeypatch.setattr(batch, "read", read)


@pytest.mark.usefixtures("poisoned")
async def test_what_waits_behind_a_batch_that_failed_is_applied_without_a_rest(
    database: Database,
) -> None:
    one = applier(database)
    await take(database, CPU.says("ALERT", 91, START))
    await one._drain()
    many = [CPU.says("ALERT", 91, START + timedelta(seconds=n)) for n in range(1, BATCH + 30)]
    await take(database, Sample("text/plain", b"poison"), *many)
    await one._drain()
    async with database.reading() as tx:
        assert await inbox.length(tx) == 0


@pytest.mark.usefixtures("poisoned")
async def test_a_poisoned_callback_hurts_only_itself(database: Database) -> None:
    ids = await take(
        database,
        CPU.says("ALERT", 91, START),
        Sample("text/plain", b"poison"),
        CPU_2.says("ALERT", 91, START),
    )
    await applier(database).apply_batch()
    assert await outcomes(database, ids) == [Outcome.OPENED, Outcome.FAILED, Outcome.OPENED]
    async with database.reading() as tx:
        kept = await callbacks.find(tx, ids[1])
        assert kept is not None
        assert kept.taken.request.body == b"poison"
        assert kept.reason == "ZeroDivisionError, a fault of ours; see the log"
        assert await inbox.length(tx) == 0


async def test_one_replica_applies_at_a_time(database: Database) -> None:
    time = Time()
    await take(database, CPU.says("ALERT", 91, START))
    assert await applier(database, "one", time=time).apply_batch() == 1
    await take(database, CPU_2.says("ALERT", 91, START))
    assert await applier(database, "two", time=time).apply_batch() == 0
    time.pass_by(apply_callbacks.LEASE.total_seconds() + 1)
    assert await applier(database, "two", time=time).apply_batch() == 1


@pytest.mark.fault("F44")
async def test_who_was_held_up_between_reading_and_applying_takes_nothing_from_the_others(
    database: Database,
) -> None:
    """Two of three were applied by another replica meanwhile, and its lease has run out."""
    time = Time()
    samples = [CPU.says("ALERT", 91 + n, START + timedelta(seconds=n)) for n in range(3)]
    ids = await take(database, *samples)
    held_up, other = applier(database, "one", time=time), applier(database, "two", time=time)
    read = await held_up._oldest(10)
    of_others = await other._oldest(2)
    assert read
    assert of_others
    assert await other._apply(of_others) == 2
    time.pass_by(apply_callbacks.LEASE.total_seconds() + 1)
    with pytest.raises(Overtaken):
        await held_up._apply(read)
    assert await outcomes(database, ids[:2]) == [Outcome.OPENED, Outcome.UPDATED]
    assert await count(database, inbox_rows) == 1
    assert await held_up.apply_batch() == 1
    assert await outcomes(database, ids) == [Outcome.OPENED, Outcome.UPDATED, Outcome.UPDATED]


@pytest.mark.fault("F45")
async def test_two_appliers_at_once_apply_each_callback_once(database: Database) -> None:
    samples = [CPU.says("ALERT", n, START + timedelta(seconds=n)) for n in range(50)]
    ids = await take(database, *samples)
    time = Time()
    await asyncio.gather(
        *(applier(database, name, time=time).apply_batch() for name in ("one", "two", "three"))
    )
    found = await outcomes(database, ids)
    assert found.count(Outcome.OPENED) == 1
    assert found.count(Outcome.UPDATED) == 49
    assert await count(database, alarms) == 1


async def test_messages_of_one_list_are_filed_apart(database: Database) -> None:
    one = '{"alertName":"a","alertState":"ALERT","ruleId":"r1","timestamp":"1768199461207"}'
    other = one.replace("r1", "r2")
    ids = await take(database, Sample("application/json", f"[{one},{other}]".encode()))
    await applier(database).apply_batch()
    assert await outcomes(database, ids) == [Outcome.OPENED]
    assert await count(database, incidents) == 2


@pytest.mark.parametrize(("after", "share"), [(0, REST), (LATE_S, REST), (LATE_S + 1, 1)])
async def test_a_crowd_that_stays_does_not_keep_cards_behind_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch, after: float, share: float
) -> None:
    """A slow disk makes one of a few hundred senders a second, and it never ends."""
    looks = itertools.count(0, 1)
    await take(database, CPU.says("ALERT", 91, utc_now()))
    worker = applier(database, time=Time(START + timedelta(seconds=after)), waiting=30)
    monkeypatch.setattr(worker._pace, "_time", lambda: next(looks) / 100)
    assert await worker._apply_and_rest() == 1
    assert worker._pace.rest == pytest.approx(0.01 * share)  # it took one look


async def test_a_replica_that_does_not_apply_wakes_the_one_that_does(postgres_url: str) -> None:
    one, two = Database(postgres_url), Database(postgres_url)
    await take(one, CPU.says("ALERT", 91, START))
    assert await applier(one, "one").apply_batch() == 1  # now it holds the lease
    heard = asyncio.Event()
    listening = asyncio.create_task(hear(one, heard.set))
    other = applier(two, "two")
    running = asyncio.create_task(other.run())
    async with asyncio.timeout(60):
        while not heard.is_set():  # an ear that is not open yet hears nothing
            await take(two, CPU.says("ALERT", 92, utc_now()))
            other.poke()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await heard.wait()
    other.stop()
    await running
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert await count(one, inbox_rows) >= 1  # the lease was respected
    await one.close()
    await two.close()


CUT_EARS = sa.text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
)


async def test_an_ear_whose_connection_is_cut_says_so(postgres_url: str) -> None:
    database = Database(postgres_url)
    listening = asyncio.create_task(Hints(database).hear(lambda: None))
    async with asyncio.timeout(60):
        cut = 0
        while not cut:
            async with database.reading() as tx:
                cut = await tx.connection.scalar(CUT_EARS)
    with pytest.raises(StorageUnavailable):
        await listening
    await database.close()
