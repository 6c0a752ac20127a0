"""Lookups: incidents by what they and their alarms say, on both engines alike."""

from dataclasses import replace

import pytest

from bot.rules.alarm import Alarm
from bot.rules.incident import Incident, Sort, State
from bot.rules.severity import Severity
from bot.store import lookups
from bot.store.engine import Database
from bot.store.lookups import FIELDS, Listed
from tests.support.rows import keep
from tests.support.values import ANN, alarm, incident, minute

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
    async with database.reading() as tx:
        page = await lookups.page(tx, wanted, limit=limit, before_id=before_id)
    return [one.incident.id for one in page]


QUESTIONS = [
    ({}, [5, 4, 3, 2, 1]),
    ({"state": "firing"}, [4, 2]),
    ({"state": "No_Data"}, [5]),
    ({"severity": "critical"}, [2]),
    ({"severity": "WARN"}, [5, 4]),
    ({"sort": "event"}, [3]),
    ({"acked": "yes"}, [4]),
    ({"acked": "no"}, [5, 3, 2, 1]),
    ({"alarm": PAY.name}, [4, 1]),
    ({"alarm": "%"}, []),
    ({"alarm_id": "2"}, [5, 2]),
    ({"alarm_id": "2x"}, []),
    ({"alarm_id": "9" * 40}, []),
    ({"alarm_id": "-1"}, []),
    ({"rule": "rule-7"}, [4, 3, 1]),
    ({"project": "acs_rds"}, [5, 2]),
    ({"metric": "cpu_total"}, [4, 1]),
    ({"account": "1023"}, [4, 1]),
    ({"region": "cn-hangzhou"}, [4, 1]),
    ({"group": "pay-prod"}, [4, 1]),
    ({"group": "204"}, [4, 1]),
    ({"instance": "web-1/10.0.0.1"}, [4, 1]),
    ({"instanceId": "i-bp1A"}, [4, 1]),
    ({"instanceId": "rm-1"}, [5, 2]),
    ({"instanceId": "i-bp1a"}, []),
    ({"device": "/dev/vda1"}, [4, 1]),
    ({"url": "https://pay.example/a?b=c&d='e'"}, [4, 1]),
    ({"dotted.name-1": "dots"}, [4, 1]),
    ({"磁盘": "数据盘"}, [4, 1]),
    ({"noSuchDimension": "x"}, []),
    ({"noSuchDimension": ""}, []),
    ({"state": "firing", "project": "acs_rds"}, [2]),
    ({"instanceId": "i-bp1A", "device": "/dev/vda1", "acked": "yes"}, [4]),
    ({"state": "'; DROP TABLE incidents; --"}, []),
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


@pytest.mark.parametrize("name", ['a"b', "a'b", "a\\b", "$", "$.x", "*", "[0]", "a.b", " ", "🔔"])
async def test_no_dimension_name_breaks_the_question(filled: Database, name: str) -> None:
    assert await found(filled, **{name: "x"}) == []


@pytest.mark.parametrize("name", ["a'b", "$", "[0]", "a.b", "a-1", " ", "🔔", "é", "磁盘"])
async def test_a_dimension_is_found_whatever_its_name(database: Database, name: str) -> None:
    watched = alarm(1, dimensions={name: "x"})
    await keep(database, incident(1), watched=watched)
    assert await found(database, **{name: "x"}) == [1]


async def test_a_page_goes_on_where_it_ended_though_incidents_come(filled: Database) -> None:
    assert await found(filled, limit=2) == [5, 4]
    await keep(filled, incident(6, alarm_id=1))
    assert await found(filled, limit=2, before_id=4) == [3, 2]
    assert await found(filled, limit=2, before_id=2) == [1]
    assert await found(filled, limit=2, before_id=1) == []


async def test_a_page_of_a_question_goes_on_where_it_ended(filled: Database) -> None:
    assert await found(filled, limit=1, before_id=4, instanceId="i-bp1A") == [1]


async def test_an_incident_comes_with_its_alarm_whole(filled: Database) -> None:
    async with filled.reading() as tx:
        told = [await lookups.find(tx, number) for number in (1, 4, 2)]
    expected: list[tuple[Incident, Alarm]] = [
        (INCIDENTS[0], PAY),
        (INCIDENTS[3], PAY),
        (INCIDENTS[1], DB),
    ]
    assert told == [Listed(*pair) for pair in expected]


async def test_an_incident_that_is_not_there_is_not_found(filled: Database) -> None:
    async with filled.reading() as tx:
        assert await lookups.find(tx, 99) is None
