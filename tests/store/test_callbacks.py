"""Callbacks: nothing of a request is lost, a delivery is known again, and paging misses none."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from zlib import crc32

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import exc

from bot.demo_samples import CPU
from bot.ids import new_id
from bot.rules.judge import Outcome
from bot.rules.record import Kind, RawRequest, Record, Reported
from bot.rules.record_json import to_json
from bot.store import callbacks
from bot.store.callbacks import CallbackFilter, Judged
from bot.store.engine import Database
from bot.store.inbox import Taken
from bot.store.packing import joined, packed, unpacked
from bot.store.tables import callbacks as table
from bot.store.tables import samples
from tests.support.callbacks import store
from tests.support.examples import tried
from tests.support.rows import keep
from tests.support.values import NOON, incident, minute

EVERYTHING = CallbackFilter()


def numbered(number: int) -> str:
    """A callback's id: larger numbers were received later."""
    return f"0192f0c0-0000-7000-8000-{number:012x}"


def judged(number: int, **said: Any) -> Judged:
    """A callback that was judged."""
    source = said.pop("source", "console")
    request = RawRequest("POST", "", (("Content-Type", "text/plain"),), b"a=1")
    taken = Taken(numbered(number), minute(number), source, request)
    plain = {"kind": "threshold", "outcome": Outcome.OPENED, "record": {}, "at": minute(number)}
    return Judged(taken=taken, **plain | said)


async def add(database: Database, *told: Judged) -> None:
    async with database.writing() as tx:
        await store(tx, told)


async def page(
    database: Database,
    wanted: CallbackFilter = EVERYTHING,
    *,
    limit: int = 100,
    before: int | None = None,
) -> list[int]:
    """The numbers of a page of callbacks."""
    before_id = None if before is None else numbered(before)
    async with database.reading() as tx:
        found = await callbacks.page(tx, wanted, limit=limit, before_id=before_id)
    return [int(one.taken.id[-12:], 16) for one in found]


# Nothing is lost.

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
latin = st.text(st.characters(max_codepoint=255, exclude_characters="\x00"), max_size=20)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
jsons = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
requests = st.builds(
    RawRequest,
    method=st.sampled_from(["GET", "POST"]),
    query=latin,
    headers=st.lists(st.tuples(latin, latin), max_size=4).map(tuple),
    body=st.binary(max_size=60),
)


@tried(40)
@given(
    request=requests,
    record=st.dictionaries(texts, jsons, max_size=4),
    outcome=st.sampled_from(Outcome),
    reason=st.none() | texts,
)
async def test_every_callback_comes_back_as_it_went_in(
    database: Database,
    request: RawRequest,
    record: dict[str, Any],
    outcome: Outcome,
    reason: str | None,
) -> None:
    taken = Taken(new_id(), NOON + timedelta(milliseconds=7), "console", request)
    told = Judged(taken, "unknown", outcome, record, NOON, reason)
    async with database.writing() as tx:
        await store(tx, [told])
        assert await callbacks.find(tx, taken.id) == told
        await tx.connection.rollback()


async def test_a_callback_that_is_not_there_is_not_found(database: Database) -> None:
    async with database.reading() as tx:
        assert await callbacks.find(tx, numbered(1)) is None


async def test_a_callback_added_again_stays_as_it_was_judged(database: Database) -> None:
    await add(database, judged(1, outcome=Outcome.OPENED))
    await add(database, judged(1, outcome=Outcome.DUPLICATE), judged(2))
    async with database.reading() as tx:
        assert (await callbacks.find(tx, numbered(1))).outcome is Outcome.OPENED
    assert await page(database) == [2, 1]


async def test_adding_nothing_is_no_fault(database: Database) -> None:
    await add(database)
    assert await page(database) == []


# Deliveries.


async def test_a_delivery_that_came_before_is_known(database: Database) -> None:
    async with database.writing() as tx:
        await callbacks.remember(tx, {"a" * 32: numbered(1), "b" * 32: numbered(2)})
    async with database.reading() as tx:
        found = await callbacks.known(tx, {"a" * 32, "c" * 32})
        nothing = await callbacks.known(tx, set())
    assert (found, nothing) == ({"a" * 32}, set())


async def test_a_delivery_of_a_transaction_that_failed_is_not_known(database: Database) -> None:
    async with database.writing() as tx:
        await callbacks.remember(tx, {"a" * 32: numbered(1)})
        await tx.connection.rollback()
    async with database.reading() as tx:
        assert await callbacks.known(tx, {"a" * 32}) == set()


async def test_one_delivery_is_remembered_once(database: Database) -> None:
    async with database.writing() as tx:
        await callbacks.remember(tx, {})
        await callbacks.remember(tx, {"a" * 32: numbered(1)})

    async def again() -> None:
        async with database.writing() as tx:
            await callbacks.remember(tx, {"a" * 32: numbered(2)})

    with pytest.raises(exc.IntegrityError):
        await again()


# Pages.


async def walk(database: Database, *, limit: int, added: Sequence[int]) -> list[int]:
    """All pages, while further callbacks come in between them."""
    coming, found, before = list(added), [], None
    while seen := await page(database, limit=limit, before=before):
        found += seen
        before = seen[-1]
        if coming:
            await add(database, judged(coming.pop(0)))
    return found


async def test_callbacks_are_listed_newest_first(database: Database) -> None:
    await add(database, *(judged(number) for number in (3, 1, 2)))
    assert await page(database) == [3, 2, 1]
    assert await page(database, limit=2) == [3, 2]


@pytest.mark.parametrize("limit", [1, 2, 3, 9, 10])
async def test_paging_neither_skips_nor_repeats_while_callbacks_come(
    database: Database, limit: int
) -> None:
    await add(database, *(judged(number) for number in range(1, 10)))
    found = await walk(database, limit=limit, added=range(10, 20))
    assert found == list(range(9, 0, -1))


async def test_a_callback_judged_late_shows_up_in_its_place(database: Database) -> None:
    await add(database, *(judged(number) for number in (2, 6, 8)))
    assert await walk(database, limit=1, added=[4]) == [8, 6, 4, 2]


FILTERS = [
    (CallbackFilter(outcome="stale"), [2]),
    (CallbackFilter(kind="cms2"), [3]),
    (CallbackFilter(source="terraform"), [4, 3]),
    (CallbackFilter(alarm_id=1), [5, 1]),
    (CallbackFilter(incident_id=1), [5]),
    (CallbackFilter(source="terraform", kind="cms2"), [3]),
    (CallbackFilter(source="terraform", kind="threshold", outcome="stale"), []),
    (CallbackFilter(outcome="no such word"), []),
    (CallbackFilter(alarm_id=2**62), []),
]


@pytest.mark.parametrize(("wanted", "numbers"), FILTERS)
async def test_every_condition_must_hold(
    database: Database, wanted: CallbackFilter, numbers: list[int]
) -> None:
    await keep(database, incident(1))
    await add(
        database,
        judged(1, alarm_id=1),
        judged(2, outcome=Outcome.STALE),
        judged(3, source="terraform", kind="cms2"),
        judged(4, source="terraform"),
        judged(5, alarm_id=1, incident_id=1),
    )
    assert await page(database, wanted) == numbers


async def test_a_filtered_list_goes_on_where_it_ended(database: Database) -> None:
    stale = [judged(number, outcome=Outcome.STALE) for number in (1, 3, 5)]
    await add(database, *stale, judged(2), judged(4))
    wanted = CallbackFilter(outcome="stale")
    assert await page(database, wanted, limit=1, before=5) == [3]


async def test_outcomes_are_counted(database: Database) -> None:
    outcomes = (Outcome.OPENED, Outcome.STALE, Outcome.STALE)
    await add(database, *(judged(n, outcome=one) for n, one in enumerate(outcomes)))
    async with database.reading() as tx:
        assert await callbacks.counts(tx) == {"opened": 1, "stale": 2}


# How they are stored.


async def stored(database: Database, **columns: Any) -> Judged:
    """One callback, some of whose columns were written otherwise."""
    await add(database, judged(1, record={"value": 7}))
    async with database.writing() as tx:
        await tx.connection.execute(sa.update(table).values(**columns))
        found = await callbacks.find(tx, numbered(1))
    assert found is not None
    return found


async def test_a_callback_takes_a_tenth_of_its_room(database: Database) -> None:
    said = CPU.says("ALERT", 93.1, NOON, now="WARN", before="OK")
    record = to_json(Record(Kind.THRESHOLD, state=Reported.ALERT, alert_name="CPU too high"))
    one = judged(1, record=record)
    request = replace(one.taken.request, body=said.body)
    await add(database, replace(one, taken=replace(one.taken, request=request)))
    async with database.reading() as tx:
        row = (await tx.connection.execute(sa.select(table))).mappings().one()
    assert (bytes(row["body"]), row["headers"], row["record"]) == (b"", "[]", {})
    assert len(row["packed"]) < (len(said.body) + len(json.dumps(record))) / 8


def of_alarm(number: int, value: float, alarm_id: int = 1) -> Judged:
    """A whole callback about an alarm."""
    body = CPU.says("ALERT", value, minute(number), now="WARN", before="OK").body
    one = judged(number, alarm_id=alarm_id, record={"value": value})
    request = replace(one.taken.request, body=body)
    return replace(one, taken=replace(one.taken, request=request))


async def lengths(database: Database) -> list[int]:
    """Bytes of the packed callbacks, in their order."""
    async with database.reading() as tx:
        packed = await tx.connection.scalars(sa.select(table.c.packed).order_by(table.c.id))
        return [len(one) for one in packed]


async def test_the_callbacks_of_an_alarm_are_packed_by_its_first_one(database: Database) -> None:
    await keep(database, incident(1, alarm_id=1), incident(2, alarm_id=2))
    told = [of_alarm(1, 93.1), of_alarm(2, 88.46), of_alarm(3, 71.5, alarm_id=2)]
    await add(database, *told)
    later = [of_alarm(4, 66.6), of_alarm(5, 77.7, alarm_id=2)]
    await add(database, *later)
    assert max(await lengths(database)) < 80
    async with database.reading() as tx:
        assert await callbacks.page(tx, EVERYTHING, limit=9, before_id=None) == [
            *reversed(later), *reversed(told)
        ]  # fmt: skip
        assert await callbacks.find(tx, numbered(4)) == later[0]


async def test_a_large_callback_is_no_sample(database: Database) -> None:
    """All of an alarm would pay for it, each time."""
    await keep(database, incident(1, alarm_id=1))
    one = of_alarm(1, 93.1)
    request = replace(one.taken.request, body=bytes(range(256)) * 40)
    large = replace(one, taken=replace(one.taken, request=request))
    await add(database, large, of_alarm(2, 88.46))
    await add(database, of_alarm(3, 71.5))
    assert (await lengths(database))[2] < 80
    async with database.reading() as tx:
        assert await callbacks.find(tx, numbered(1)) == large


async def test_a_callback_whose_sample_is_lost_says_so_and_hides_no_list(
    database: Database,
) -> None:
    await keep(database, incident(1, alarm_id=1))
    await add(database, of_alarm(1, 93.1), judged(2))
    async with database.writing() as tx:
        await tx.connection.execute(sa.delete(samples))
    async with database.reading() as tx:
        lost = await callbacks.find(tx, numbered(1))
    assert lost is not None
    assert "not in this database" in (lost.reason or "")
    assert await page(database) == [2, 1]


async def test_another_sample_of_the_same_mark_is_told_and_hides_no_list(
    database: Database,
) -> None:
    """Down to a release without samples and up again: an alarm's next callback is its sample."""
    await keep(database, incident(1, alarm_id=1))
    await add(database, of_alarm(1, 93.1), judged(2))
    async with database.writing() as tx:
        right = joined(unpacked(await tx.connection.scalar(sa.select(samples.c.packed)) or b""))
        wrong = next(body for body in map(str.encode, map(str, count())) if alike(body, right))
        await tx.connection.execute(sa.update(samples).values(packed=packed(("", "", wrong))))
    async with database.reading() as tx:
        lost = await callbacks.find(tx, numbered(1))
    assert lost is not None
    assert "another sample" in (lost.reason or "")
    assert await page(database) == [2, 1]


def alike(body: bytes, right: bytes) -> bool:
    return crc32(joined(("", "", body))) & 0xFFFF == crc32(right) & 0xFFFF


async def test_a_sample_of_a_later_release_stops_nobody(database: Database) -> None:
    """It is another's: callbacks are packed without, and the sample stays."""
    await keep(database, incident(1, alarm_id=1))
    async with database.writing() as tx:
        await tx.connection.execute(sa.insert(samples).values(alarm_id=1, packed=b"\x7fx"))
    told = of_alarm(1, 93.1)
    await add(database, told)
    async with database.reading() as tx:
        assert await callbacks.find(tx, numbered(1)) == told
        assert await tx.connection.scalar(sa.select(samples.c.packed)) == b"\x7fx"


async def test_a_callback_of_an_earlier_release_is_read_as_it_was_stored(
    database: Database,
) -> None:
    found = await stored(
        database, packed=None, headers='[["a", "b"]]', body=b"x=1", record={"value": 8}
    )
    assert found.taken.request == RawRequest("POST", "", (("a", "b"),), b"x=1")
    assert found.record == {"value": 8}


async def test_a_callback_of_a_later_release_says_so_and_hides_no_list(database: Database) -> None:
    found = await stored(database, packed=b"\x7fnobody knows")
    assert found.reason is not None
    assert "form 127" in found.reason
    assert await page(database) == [1]


async def test_the_callbacks_of_an_alarm_are_listed_by_when_they_happened(
    database: Database,
) -> None:
    await keep(database, incident(1, alarm_id=1))
    hour = timedelta(hours=1)
    late = judged(5, alarm_id=1, at=minute(2) - hour)
    same = [judged(n, alarm_id=1, at=minute(3)) for n in (3, 4)]
    await add(database, judged(2, alarm_id=1), *same, late, judged(9))
    mine = CallbackFilter(alarm_id=1)
    assert await page(database, mine) == [4, 3, 2, 5]
    assert await page(database, mine, limit=1, before=4) == [3]
    assert await page(database, mine, before=3) == [2, 5]
    assert await page(database, mine, before=5) == []


@pytest.mark.parametrize("outcome", [Outcome.UNREADABLE, Outcome.STALE, Outcome.OPENED])
async def test_rare_outcomes_are_listed_like_others(database: Database, outcome: Outcome) -> None:
    await add(database, *(judged(n, outcome=outcome) for n in (1, 2, 3)), judged(4))
    found = await page(database, CallbackFilter(outcome=outcome.value), limit=2)
    assert found == ([4, 3] if outcome is Outcome.OPENED else [3, 2])
