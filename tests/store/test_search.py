"""Searching the store: by field and by dimension, on both engines alike, whatever the names."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic import command

from bot.rules.incident import Sort, State
from bot.rules.query import parse
from bot.rules.query_facts import LONGEST_NAME, LONGEST_TEXT, searchable
from bot.rules.query_fields import FIELDS
from bot.rules.query_place import Place
from bot.rules.query_terms import Order
from bot.rules.severity import Severity
from bot.store import migrate, search
from bot.store.engine import Database
from bot.store.tables import alarm_facts, cards
from tests.support.rows import card, keep
from tests.support.values import ANN, NOON, alarm, incident, minute

PAY = alarm(
    1,
    name="cpu 高 'high' % _",
    account="1023",
    rule_id="rule-7",
    project="acs_ecs",
    metric="cpu_total",
    unit="%",
    dimensions={
        "instanceId": "i-bp1A",
        "device": "/dev/vda1",
        "url": "https://pay.example/a?b=c&d='e'",
        "磁盘": "数据盘",
        "dotted.name-1": "dots",
        "state": "TIME_WAIT",
    },
    instance_name="web-1/10.0.0.1",
    region_id="cn-hangzhou",
    group_id="204",
    group_name="pay-prod",
    labels={"team": "pay"},
)
DB = alarm(2, name="disk", rule_id="rule-8", project="acs_rds", dimensions={"instanceId": "rm-1"})
NAMELESS = alarm(3, name="rule-7")
INCIDENTS = [
    incident(1, state=State.RECOVERED, recovered_at=minute(5), severity=Severity.INFO),
    incident(2, severity=Severity.CRITICAL, acknowledged=None),
    incident(3, sort=Sort.EVENT, state=State.CLOSED, severity=None),
    replace(incident(4), alarm_id=1).acknowledged_by(ANN, minute(1)),
    incident(5, alarm_id=2, state=State.NO_DATA),
]


@pytest.fixture
async def filled(database: Database) -> Database:
    """A database with five incidents of three alarms."""
    for watched in (PAY, DB, NAMELESS):
        mine = [one for one in INCIDENTS if one.alarm_id == watched.id]
        await keep(database, *mine, watched=watched)
    return database


async def found(
    database: Database, limit: int = 50, before_id: int | None = None, **wanted: str
) -> list[int]:
    query = parse("", list(wanted.items()), now=NOON)
    place = Place(Order.NEWEST, before_id) if before_id else None
    async with database.reading() as tx:
        listed, _ = await search.page(tx, query, limit=limit, place=place)
    return [one.incident.id for one in listed]


QUESTIONS = [
    ({}, [5, 4, 3, 2, 1]),
    ({"state": "firing"}, [4, 2]),
    ({"state": "No_Data"}, [5]),
    ({"state": "open"}, [5, 4, 2]),
    ({"severity": "critical"}, [2]),
    ({"severity": "WARN"}, [5, 4]),
    ({"is": "event"}, [3]),
    ({"acked": "yes"}, [4]),
    ({"acked": "no"}, [5, 3, 2, 1]),
    ({"acked": "@ANN"}, [4]),
    ({"alarm": "cpu 高 'HIGH' % _"}, [4, 1]),
    ({"alarm": "%"}, []),
    ({"alarm": "____"}, []),
    ({"alarm": "d?sk"}, [5, 2]),
    ({"alarm_id": "2"}, [5, 2]),
    ({"alarm_id": "9" * 18}, []),
    ({"alarm_id": "-1"}, []),
    ({"id": "2,#4"}, [4, 2]),
    ({"rule": "rule-7"}, [4, 3, 1]),
    ({"project": "acs_rds"}, [5, 2]),
    ({"metric": "CPU_total"}, [4, 1]),
    ({"account": "1023"}, [4, 1]),
    ({"region": "cn-*"}, [4, 1]),
    ({"group": "pay-prod"}, [4, 1]),
    ({"group": "204"}, [4, 1]),
    ({"instance": "web-1/10.0.0.1"}, [4, 1]),
    ({"instance": "I-BP1A,rm-1"}, [5, 4, 2, 1]),
    ({"instanceId": "i-bp1A"}, [4, 1]),
    ({"instanceId": "rm-1"}, [5, 2]),
    ({"device": "/dev/vda1"}, [4, 1]),
    ({"device": "*"}, [4, 1]),
    ({"url": "https://pay.example/a?b=c&d='e'"}, [4, 1]),
    ({"dotted.name-1": "dots"}, [4, 1]),
    ({"磁盘": "数据盘"}, [4, 1]),
    ({"dimension.state": "time_wait"}, [4, 1]),
    ({"label.Team": "PAY"}, [4, 1]),
    ({"noSuchDimension": "x"}, []),
    ({"state": "firing", "project": "acs_rds"}, [2]),
    ({"instanceId": "i-bp1A", "device": "/dev/vda1", "acked": "yes"}, [4]),
    ({"rule": "'; DROP TABLE incidents; --"}, []),
    ({"muted": "no"}, [5, 4, 3, 2, 1]),
    ({"mute": "1"}, []),
    ({"parent": "1"}, []),
    ({"storm": "1"}, []),
    ({"group_id": "1"}, []),
    ({"callbacks": "1"}, [5, 4, 3, 2, 1]),
    ({"firings": ">1"}, []),
    ({"notes": "0"}, [5, 4, 3, 2, 1]),
    ({"value": "1.."}, []),
    ({"worst": "1.."}, []),
    ({"first": "1.."}, []),
    ({"opened": "2026-11-23T12:00"}, [5, 4, 3, 2, 1]),
    ({"since": "2026-11-24"}, []),
    ({"until": "2026-11-22"}, []),
    ({"heard": "today"}, [5, 4, 3, 2, 1]),
    ({"recovered": ">=2026-11-23T12:05"}, [1]),
    ({"closed": "today"}, []),
    ({"duration": "5m"}, [1]),
    ({"feedback": "none"}, [5, 4, 3, 2, 1]),
    ({"sort": "oldest"}, [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(
    ("wanted", "numbers"), QUESTIONS, ids=[str(question[0]) for question in QUESTIONS]
)
async def test_incidents_are_found_by_what_they_say(
    filled: Database, wanted: dict[str, str], numbers: list[int]
) -> None:
    assert await found(filled, **wanted) == numbers


def test_every_field_that_can_be_asked_for_is_asked_for_here() -> None:
    assert {name for wanted, _ in QUESTIONS for name in wanted} >= set(FIELDS)


NAMES = ['a"b', "a'b", "a\\b", "$", "$.x", "*", "[0]", "a.b", "a-1", "a b", "🔔", "é", "磁盘", "%"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_dimension_is_found_whatever_its_name(database: Database, name: str) -> None:
    await keep(database, incident(1), watched=alarm(1, dimensions={name: "x"}))
    assert await found(database, **{f"dimension.{name}": "X"}) == [1]
    assert await found(database, **{f"dimension.{name}": "y"}) == []
    assert await found(database, **{f"dimension.{name}x": "x"}) == []


async def test_a_page_goes_on_where_it_ended_though_incidents_come(filled: Database) -> None:
    assert await found(filled, limit=2) == [5, 4]
    await keep(filled, incident(6, alarm_id=1))
    assert await found(filled, limit=2, before_id=4) == [3, 2]
    assert await found(filled, limit=2, before_id=2) == [1]
    assert await found(filled, limit=2, before_id=1) == []


async def test_a_page_of_a_question_goes_on_where_it_ended(filled: Database) -> None:
    assert await found(filled, limit=1, before_id=4, instanceId="i-bp1A") == [1]


async def test_incidents_of_a_storm_are_found_by_its_number(filled: Database) -> None:
    number = await card(filled, 4)
    async with filled.writing() as tx:
        mine = sa.update(cards).where(cards.c.id == number).values(in_storm=7)
        await tx.connection.execute(mine)
    assert await found(filled, storm="7") == [4]
    assert await found(filled, storm=">7") == []


async def test_alarms_are_found_newest_first(filled: Database) -> None:
    query = parse("rule:rule-*", now=NOON)
    async with filled.reading() as tx:
        first = await search.alarm_page(tx, query.terms, limit=2, before_id=None)
        rest = await search.alarm_page(tx, query.terms, limit=2, before_id=2)
    assert (first, rest) == ([NAMELESS, DB], [PAY])


# What is stored to be looked in


async def facts_in(database: Database, number: int) -> list[tuple[str, str]]:
    query = sa.select(alarm_facts.c.name, alarm_facts.c.text).order_by(alarm_facts.c.place)
    async with database.reading() as tx:
        rows = await tx.connection.execute(query.where(alarm_facts.c.alarm_id == number))
        return [(row.name, row.text) for row in rows]


async def test_an_alarm_is_stored_with_its_facts_folded(filled: Database) -> None:
    told = await facts_in(filled, 1)
    assert told == list(searchable(PAY))
    assert ("alarm", "cpu 高 'high' % _") in told
    assert ("dimension.instanceid", "i-bp1a") in told
    assert ("label.team", "pay") in told
    assert not [name for name, _ in told if name in ("severity", "kind", "instanceid", "state")]


async def test_hostile_names_and_texts_are_cut_where_nobody_searches(database: Database) -> None:
    hostile = alarm(1, name="É" * 5_000, dimensions={"n" * 5_000: "x", "ok": "y" * 5_000})
    await keep(database, incident(1), watched=hostile)
    told = await facts_in(database, 1)
    assert {name for name, _ in told} == {"alarm", "rule", "dimension.ok"}
    assert max(len(name) for name, _ in told) <= LONGEST_NAME
    assert {len(text) for _, text in told} == {LONGEST_TEXT}
    assert await found(database, alarm="é*") == [1]


@pytest.fixture
async def own(database_url: str) -> AsyncGenerator[Database]:
    """A database whose schema may change."""
    opened = Database(database_url)
    yield opened
    await opened.close()


async def test_the_upgrade_stores_the_facts_of_the_alarms_that_are_there(own: Database) -> None:
    url = own.url.render_as_string(hide_password=False)
    await keep(own, incident(1), watched=PAY)
    await keep(own, incident(2), watched=replace(DB, name="", dimensions={"state": "", "É": "ß"}))
    before = [await facts_in(own, number) for number in (1, 2)]
    await own.close()
    command.downgrade(migrate.config(url), "0002")
    migrate.upgrade(url)
    assert [await facts_in(own, number) for number in (1, 2)] == before
    assert before[1]


@pytest.mark.parametrize(
    ("text", "index"),
    [("state:firing", "ix_incidents_open"), ("since:1d", "ix_incidents_opened_at_id")],
)
async def test_sqlite_walks_the_index_that_was_made_for_it(
    sqlite_url: str, text: str, index: str
) -> None:
    database = Database(sqlite_url)
    async with database.reading() as tx:
        made = (await search._search(tx, parse(text, now=NOON))).page(None, 5)
        compiled = made.compile(
            dialect=tx.connection.dialect, compile_kwargs={"literal_binds": True}
        )
        plan = await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
        steps = " / ".join(str(row[-1]) for row in plan)
    await database.close()
    assert index in steps
