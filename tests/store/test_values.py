"""Values come back from the store as they went in, on both engines, whatever they say."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.alarm import Alarm
from bot.rules.card import Note, NoteKind
from bot.rules.flapping import Flap
from bot.rules.incident import Acknowledgement, Incident, Person, Sort, State
from bot.rules.notice import Notice, NoticeKind
from bot.rules.record import Expression, Threshold
from bot.rules.severity import Severity
from bot.store import alarms, incidents, newest, notes, notices
from bot.store.engine import Database, Writing
from bot.store.incidents import Change
from bot.store.newest import Seen
from bot.store.note_json import note_from_json
from bot.store.notices import NoticeChange
from bot.store.tables import cards as cards_table
from bot.store.tables import notes as notes_table
from tests.support.examples import tried
from tests.support.rows import incident_card
from tests.support.values import NOON, alarm

ROUNDS = tried(40)

# What the parser lets through: any text but NUL and lone surrogates, any finite number.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
words = st.none() | texts
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
seconds = st.floats(0, 7e9, allow_nan=False)  # up to the year 2191
times = seconds.map(lambda number: datetime.fromtimestamp(number, UTC))
counts = st.integers(0, 2**31 - 1)
ids = st.integers(1, 2**63 - 1)
severities = st.none() | st.sampled_from(Severity)
maps = st.dictionaries(texts, texts, max_size=4)
thresholds = st.builds(
    Threshold,
    comparison=st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
    limit=st.floats(allow_nan=False, allow_infinity=False),
    statistic=words,
    times=st.none() | counts,
)
all_incidents = st.builds(
    Incident,
    id=ids,
    alarm_id=st.just(1),
    sort=st.sampled_from(Sort),
    state=st.sampled_from(State),
    severity=severities,
    worst_severity=severities,
    opened_at=times,
    fired_at=times,
    heard_at=times,
    received_at=times,
    callbacks=counts,
    firings=counts,
    first_value=numbers,
    last_value=numbers,
    worst_value=numbers,
    recovery_value=numbers,
    recovered_at=st.none() | times,
    threshold=st.none() | thresholds,
    expressions=st.lists(
        st.builds(Expression, texts, severities, st.none() | counts), max_size=3
    ).map(tuple),
    acknowledged=st.none() | st.builds(Acknowledgement, st.builds(Person, texts, texts), times),
    flap=st.none() | st.builds(Flap, st.lists(times).map(tuple), st.none() | times, counts),
    previous_id=st.none() | ids,
    episode_id=words,
    event_id=words,
    event_status=words,
    content=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)
all_alarms = st.builds(
    Alarm,
    id=st.integers(2, 2**63 - 1),
    key=st.text("0123456789abcdef", min_size=32, max_size=32),
    name=texts,
    account=words,
    rule_id=words,
    project=words,
    metric=words,
    metric_label=words,
    unit=words,
    dimensions=maps,
    instance_name=words,
    region_id=words,
    region_name=words,
    group_id=words,
    group_name=words,
    labels=maps,
    heard_until=st.none() | times,
)
all_notes = st.builds(
    Note,
    key=texts,
    kind=st.sampled_from(NoteKind),
    at=times,
    broadcast=st.booleans(),
    before=severities,
    after=severities,
    times=st.none() | counts,
    since=st.none() | times,
    lasted=st.none() | st.timedeltas(timedelta(0), timedelta(days=3650)),
    value=numbers,
)
all_notices = st.builds(
    Notice,
    id=ids,
    kind=st.sampled_from(NoticeKind),
    opened_at=times,
    last_at=times,
    callback_id=st.uuids().map(str),
    count=counts,
    source=words,
    reason=words,
)


@asynccontextmanager
async def undone(database: Database) -> AsyncGenerator[Writing]:
    """A transaction that leaves nothing behind."""
    async with database.writing() as tx:
        yield tx
        await tx.connection.rollback()


@pytest.fixture
async def card_id(database: Database) -> str:
    """A card to hang notes on."""
    return await incident_card(database)


@ROUNDS
@given(told=all_incidents)
async def test_every_incident_comes_back_as_it_went_in(database: Database, told: Incident) -> None:
    async with undone(database) as tx:
        await alarms.add(tx, [alarm(1)])
        await incidents.save(tx, [Change(None, told)], now=NOON)
        assert await incidents.with_ids(tx, [told.id]) == {told.id: told}
        assert await newest.of(tx, [1]) == {1: Seen(told, 0)}


@ROUNDS
@given(before=all_incidents, after=all_incidents)
async def test_every_change_of_an_incident_is_kept_whole(
    database: Database, before: Incident, after: Incident
) -> None:
    changed = replace(after, id=before.id)

    async with undone(database) as tx:
        await alarms.add(tx, [alarm(1)])
        await incidents.save(tx, [Change(None, before)], now=NOON)
        await incidents.save(tx, [Change(before, changed)], now=NOON)
        assert await incidents.with_ids(tx, [before.id]) == {before.id: changed}


@ROUNDS
@given(told=all_alarms)
async def test_every_alarm_comes_back_as_it_went_in(database: Database, told: Alarm) -> None:
    async with undone(database) as tx:
        await alarms.add(tx, [told])
        assert await alarms.with_keys(tx, [told.key]) == [told]


@ROUNDS
@given(told=all_notices)
async def test_every_notice_comes_back_as_it_went_in(database: Database, told: Notice) -> None:
    async with undone(database) as tx:
        await notices.save(tx, [NoticeChange(None, told)], now=NOON)
        assert await notices.with_id(tx, told.id) == told


@ROUNDS
@given(told=all_notes)
async def test_every_note_comes_back_as_it_went_in(
    database: Database, card_id: str, told: Note
) -> None:
    async with undone(database) as tx:
        await tx.connection.execute(sa.update(cards_table).values(thread="full"))
        told = replace(told, broadcast=True)  # whatever it is, it is told
        await notes.add(tx, [(card_id, told)], now=NOON)
        kept = await tx.connection.scalar(sa.select(notes_table.c.note))
        assert replace(note_from_json(kept), broadcast=True) == told


async def test_a_time_comes_back_in_utc_whatever_zone_it_went_in(database: Database) -> None:
    in_china = NOON.astimezone(timezone(timedelta(hours=8)))

    async with undone(database) as tx:
        await alarms.add(tx, [alarm(2, heard_until=in_china)])
        (found,) = await alarms.with_keys(tx, [alarm(2).key])
        assert (found.heard_until, found.heard_until.tzinfo) == (NOON, UTC)
