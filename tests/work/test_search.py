"""Search: what it finds is what a reference finds, on both engines, and no page errs."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.incident import Person, Remark, State
from bot.rules.query import parse
from bot.rules.query_place import MOST_SHOWN, place_of
from bot.rules.query_terms import Order, QueryRefused
from bot.store import alarms as alarm_rows
from bot.store.engine import Database
from bot.store.incidents import Change
from bot.store.incidents import save as save_incidents
from bot.store.tables import alarm_facts, alarms, incidents
from bot.work.search import count, dimensions, search, to_csv
from tests.support.examples import tried
from tests.support.rows import keep
from tests.support.searching import Row, expected, random_rows, random_text
from tests.support.values import NOON, alarm, incident

DRAWN = tried(40)


async def kept(database: Database, rows: Sequence[Row]) -> None:
    """These rows and no others."""
    async with database.writing() as tx:
        for table in (alarm_facts, incidents, alarms):
            await tx.connection.execute(table.delete())
        await alarm_rows.add(tx, list({watched.id: watched for _, watched in rows}.values()))
        await save_incidents(tx, [Change(None, one) for one, _ in rows], now=NOON)


async def walked(database: Database, text: str, *, limit: int) -> list[int]:
    """All numbers, page by page."""
    query = parse(text, now=NOON)
    numbers: list[int] = []
    cursor: str | None = None
    while True:
        found = await search(database, query, limit=limit, cursor=cursor)
        numbers += [told.listed.incident.id for told in found.items]
        cursor = found.next_cursor
        if cursor is None:
            return numbers
        assert len(found.items) == limit


@DRAWN
@given(rows=random_rows(), texts=st.lists(random_text(), min_size=8, max_size=8))
async def test_a_search_finds_what_the_reference_finds(
    database: Database, rows: list[Row], texts: list[str]
) -> None:
    await kept(database, rows)
    for text in texts:
        query = parse(text, now=NOON)
        right = expected(rows, query)
        assert await walked(database, text, limit=3) == right, text
        assert await count(database, query) == len(right), text


# Pages while things happen

ORDERS = [order.value for order in Order]
CHANGING = [order.value for order in Order if not order.is_settled]


def crowd(*numbers: int) -> list[Row]:
    """Incidents of ten alarms, with all kinds of keys and many equal ones."""
    return [
        (
            incident(
                n,
                alarm_id=n % 10 + 1,
                opened_at=NOON - timedelta(minutes=n % 7),
                callbacks=n % 5 + 1,
                worst_value=None if n % 4 == 0 else n % 3 + 0.25,
            ),
            alarm(n % 10 + 1),
        )
        for n in numbers
    ]


async def put(database: Database, *told: Row) -> None:
    """Incidents as they are now."""
    async with database.writing() as tx:
        await tx.connection.execute(
            incidents.delete().where(incidents.c.id.in_([one.id for one, _ in told]))
        )
        await save_incidents(tx, [Change(None, one) for one, _ in told], now=NOON)


@pytest.mark.parametrize("order", ORDERS)
async def test_pages_neither_skip_nor_repeat_while_new_incidents_come(
    database: Database, order: str
) -> None:
    await kept(database, crowd(*range(1, 31)))
    query = parse(f"sort:{order}", now=NOON)
    right = await walked(database, f"sort:{order}", limit=50)
    seen: list[int] = []
    cursor: str | None = None
    for coming in range(31, 100):
        found = await search(database, query, limit=4, cursor=cursor)
        seen += [told.listed.incident.id for told in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
        if order != "oldest" or coming < 35:
            await put(database, *crowd(coming))
    assert [number for number in seen if number <= 30] == right
    assert len(seen) == len(set(seen))
    if order in CHANGING:
        assert max(seen) == 30, "the list does not grow while one reads it"


@pytest.mark.parametrize("order", CHANGING)
async def test_pages_neither_skip_nor_repeat_though_incidents_change_places(
    database: Database, order: str
) -> None:
    """What was last becomes first, and what was first last, between any two pages."""
    rows = crowd(*range(1, 31))
    await kept(database, rows)
    query = parse(f"sort:{order}", now=NOON)
    seen: list[int] = []
    cursor: str | None = None
    for turn in range(10):
        found = await search(database, query, limit=4, cursor=cursor)
        seen += [told.listed.incident.id for told in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
        turned = [
            replace(
                one,
                callbacks=(n + turn) % 5 + 1,
                worst_value=float(n if turn % 2 else -n),
                opened_at=NOON - timedelta(minutes=n if turn % 2 else 40 - n),
            )
            for n, (one, _) in enumerate(rows)
        ]
        await put(
            database, *((one, watched) for one, (_, watched) in zip(turned, rows, strict=True))
        )
    assert sorted(seen) == list(range(1, 31))


@pytest.mark.parametrize("order", CHANGING)
async def test_a_very_long_list_is_read_to_its_end(database: Database, order: str) -> None:
    total = MOST_SHOWN + 150
    await kept(database, crowd(*range(1, total + 1)))
    numbers = await walked(database, f"sort:{order}", limit=90)
    assert numbers == await walked(database, f"sort:{order}", limit=total)
    assert sorted(numbers) == list(range(1, total + 1))


async def test_how_long_open_incidents_last_is_that_of_the_first_page(database: Database) -> None:
    await kept(database, crowd(*range(1, 11)))
    first = await search(
        database, parse("sort:duration duration:>3m", now=NOON), limit=2, cursor=None
    )
    later = parse("sort:duration duration:>3m", now=NOON + timedelta(days=1))
    rest = await search(database, later, limit=50, cursor=first.next_cursor)
    numbers = [told.listed.incident.id for told in (*first.items, *rest.items)]
    assert numbers == await walked(database, "sort:duration duration:>3m", limit=50)


async def test_durations_are_exact_to_the_microsecond(database: Database) -> None:
    opened, ten = NOON - timedelta(microseconds=1), timedelta(minutes=10)
    told = [
        incident(n, state=State.RECOVERED, opened_at=opened, recovered_at=opened + ten + more)
        for n, more in enumerate((-timedelta.resolution, timedelta(), timedelta.resolution), 1)
    ]
    await kept(database, [(one, alarm(one.id)) for one in told])
    assert await walked(database, "duration:>10m", limit=5) == [3]
    assert await walked(database, "duration:10m", limit=5) == [3, 2]
    assert await walked(database, "duration:10m..10m", limit=5) == [2]
    assert await walked(database, "duration:<10m", limit=5) == [1]
    assert await walked(database, "sort:duration", limit=1) == [3, 2, 1]


async def test_an_incident_comes_with_its_alarm_and_cards(database: Database) -> None:
    await keep(database, incident(1, alarm_id=7), watched=alarm(7, name="disk"))
    found = await search(database, parse("disk", now=NOON), limit=5, cursor=None)
    assert [(told.listed.incident, told.listed.alarm) for told in found.items] == [
        (incident(1, alarm_id=7), alarm(7, name="disk"))
    ]
    assert found.next_cursor is None


# Cursors


FORGED = [
    "newest~",
    "oldest~5~",
    "worst~1~nan~1~1~0~",
    "worst~1~inf~1~1~0~",
    "worst~1~1~1~1~0~gA",
    "severity~1~~1~" + "9" * 19 + "~0~",
    "callbacks~1~1~1~1~1",
    "1" * 19,
]


@tried(300)
@given(st.text() | st.sampled_from(FORGED), st.sampled_from(Order))
def test_a_cursor_is_understood_or_refused(text: str, order: Order) -> None:
    try:
        place = place_of(text, order)
    except QueryRefused as refused:
        told = refused
    else:
        assert place_of(str(place), order) == place
        return
    assert told.key == "query.refused.cursor"
    assert "text" in told.values


@pytest.mark.parametrize("text", FORGED)
def test_a_forged_cursor_is_refused(text: str) -> None:
    for order in Order:
        with pytest.raises(QueryRefused):
            place_of(text, order)


async def test_a_cursor_of_another_order_is_refused(database: Database) -> None:
    await kept(database, crowd(1, 2, 3))
    for given_for in Order:
        query = parse(f"sort:{given_for.value}", now=NOON)
        cursor = (await search(database, query, limit=1, cursor=None)).next_cursor
        assert cursor
        for order in set(Order) - {given_for}:
            with pytest.raises(QueryRefused):
                place_of(cursor, order)


async def test_a_cursor_fits_into_a_button_however_far_it_has_come(database: Database) -> None:
    await kept(database, crowd(*range(1, MOST_SHOWN + 20)))
    place = place_of(f"worst~1~0.25~{10**12}~{10**15}~0~", Order.WORST)
    for start in range(0, 5_000, 10):
        place = place.after(range(start * 300 + 1, start * 300 + 3_000, 300), 0.25)
        assert len(str(place)) < 1_700


@pytest.mark.parametrize("number", [0, 5, 10**18 - 1])
async def test_a_cursor_beyond_the_list_gives_an_empty_page_or_the_rest(
    database: Database, number: int
) -> None:
    await kept(database, crowd(1, 2, 3))
    found = await search(database, parse("", now=NOON), limit=5, cursor=str(number))
    assert len(found.items) == (0 if number == 0 else 3)


# Names, people and many alarms


async def test_the_names_of_dimensions_are_those_of_all_alarms(database: Database) -> None:
    assert await dimensions(database) == set()
    await keep(database, incident(1), watched=alarm(1, dimensions={"instanceId": "i", "磁盘": "a"}))
    await keep(
        database, incident(2), watched=alarm(2, dimensions={"Topic": "t"}, labels={"x": "y"})
    )
    assert await dimensions(database) == {"instanceid", "磁盘", "topic"}


async def test_an_alarm_is_found_by_what_its_newest_callback_says(database: Database) -> None:
    before, after = alarm(1, name="old name"), alarm(1, name="new name")
    await keep(database, incident(1), watched=before)
    async with database.writing() as tx:
        await alarm_rows.save(tx, [replace(before, heard_until=NOON)], before={1: before})
    assert await walked(database, "alarm:old*", limit=5) == [1]
    async with database.writing() as tx:
        await alarm_rows.save(tx, [after], before={1: before})
    assert await walked(database, "alarm:old*", limit=5) == []
    assert await walked(database, "alarm:new*", limit=5) == [1]


async def test_more_alarms_than_are_looked_up_one_by_one_give_the_same(database: Database) -> None:
    rows = [
        (incident(n, alarm_id=n), alarm(n, metric="cpu", region_id="even" if n % 2 == 0 else "odd"))
        for n in range(1, 701)
    ]
    await kept(database, rows)
    for text in ("metric:c*", "region:even", "-region:odd metric:cpu", "region:odd sort:oldest"):
        query = parse(text, now=NOON)
        assert await walked(database, text, limit=99) == expected(rows, query)


# Files


async def lines(database: Database, text: str = "", most: int = 1_000) -> list[list[str]]:
    content = await to_csv(database, parse(text, now=NOON), most=most)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_a_file_has_a_row_for_each_incident_in_the_order_of_the_query(
    database: Database,
) -> None:
    rows = crowd(*range(1, 1_203))
    await kept(database, rows)
    for order in ORDERS:
        header, *told = await lines(database, f"sort:{order}", most=1_100)
        assert header[0] == "id"
        right = expected(rows, parse(f"sort:{order}", now=NOON))
        assert [int(line[0]) for line in told] == right[:1_100]
    assert await lines(database, "alarm:none") == [header]


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", '=cmd|"/c calc"!A1']


@pytest.mark.fault("F49")
@pytest.mark.parametrize("name", DANGEROUS)
async def test_no_cell_of_a_file_is_a_formula(database: Database, name: str) -> None:
    watched = alarm(1, name=name, metric=name, unit=name, dimensions={name: name})
    told = incident(1, last_value=-5.5).assigned_to(Person("U1", name), NOON)
    await keep(database, told.remarked(Remark(Person("U1", name), NOON, name)), watched=watched)
    header, row = await lines(database)
    cells = dict(zip(header, row, strict=True))
    named = {"alarm", "metric", "instance", "dimensions", "unit", "acknowledged_by", "last_note"}
    assert {key for key, cell in cells.items() if cell.startswith("'")} == named
    assert cells["alarm"] == f"'{name}"
    assert cells["last_value"] == "-5.5"
