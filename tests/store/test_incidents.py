"""Incidents: a change makes the cards wanted, exactly when something changed (law 1)."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.delivery import Urgency
from bot.rules.hearing import hears
from bot.rules.incident import Acknowledgement, Incident
from bot.rules.opening import opened
from bot.rules.severity import Severity
from bot.store import incidents, newest
from bot.store.channels import release as release_channel
from bot.store.claim_ends import give_up, put_back
from bot.store.engine import Database
from bot.store.incidents import Change
from bot.store.newest import Seen, Stamp
from bot.store.tables import incidents as incidents_table
from tests.support.rows import (
    card,
    card_row,
    change,
    claim_card,
    incident_card,
    keep,
    notice_card,
    progress,
    show,
    shown_card,
    until_somebody_waits,
)
from tests.support.values import ANN, NOON, fires, incident, minute, recovers, second

CLICK, REST = Urgency.CLICK, Urgency.REST


async def stored(database: Database, number: int = 1) -> Incident:
    async with database.reading() as tx:
        return (await incidents.with_ids(tx, [number]))[number]


# Law 1: only a change makes a card wanted.


async def test_a_new_incident_is_stored(database: Database) -> None:
    await keep(database, incident())
    assert await stored(database) == incident()


async def test_a_change_is_stored_and_bumps_the_card_once(database: Database) -> None:
    made = await shown_card(database)
    after = hears(incident(), fires(5, 97.0, Severity.CRITICAL))
    await change(database, incident(), after)
    assert await stored(database) == after
    assert (await card_row(database, made))["wanted"] == 2


async def test_equal_values_write_nothing_and_bump_nothing(database: Database) -> None:
    made = await shown_card(database)
    before = await card_row(database, made)
    await change(database, incident(), incident(), now=minute(5), urgency=CLICK)
    assert await card_row(database, made) == before


async def test_every_card_of_a_changed_incident_is_bumped(database: Database) -> None:
    made = [await incident_card(database, 1, "ops"), await card(database, 1, "db")]
    await progress(database, incident())
    assert [(await card_row(database, one))["wanted"] for one in made] == [2, 2]


async def test_cards_of_other_incidents_and_notices_are_left_alone(database: Database) -> None:
    await incident_card(database, 1)
    others = [await incident_card(database, 2), await notice_card(database, 1)]
    await progress(database, incident(1))
    assert [(await card_row(database, one))["wanted"] for one in others] == [1, 1]


async def test_many_changes_of_one_batch_each_bump_their_own_card(database: Database) -> None:
    made = [await incident_card(database, number) for number in (1, 2, 3)]
    changes = [
        Change(incident(1), replace(incident(1), callbacks=2)),
        Change(incident(2), incident(2)),
        Change(incident(3), replace(incident(3), callbacks=7), CLICK),
        Change(None, incident(4, alarm_id=1)),
    ]
    async with database.writing() as tx:
        await incidents.save(tx, changes, now=minute(1))
    assert [(await card_row(database, one))["wanted"] for one in made] == [2, 1, 2]
    assert [(await stored(database, number)).callbacks for number in (1, 2, 3, 4)] == [2, 1, 7, 1]


async def test_a_change_that_is_not_committed_bumps_nothing(database: Database) -> None:
    made = await shown_card(database)
    async with database.writing() as tx:
        changed = Change(incident(), replace(incident(), callbacks=2))
        await incidents.save(tx, [changed], now=NOON)
        await tx.connection.rollback()
    assert (await card_row(database, made))["wanted"] == 1


async def test_each_change_is_wanted_even_while_the_last_is_not_shown(database: Database) -> None:
    made = await incident_card(database)
    told = incident()
    for _ in range(5):
        told = await progress(database, told)
    assert (await card_row(database, made))["wanted"] == 6


# How soon it is wanted.


def when(row: object) -> tuple[datetime, datetime]:
    return (row["behind_since"], row["due_at"])


async def test_a_card_that_was_true_is_behind_from_now(database: Database) -> None:
    made = await shown_card(database)
    await progress(database, incident(), now=minute(5))
    row = await card_row(database, made)
    assert when(row) == (minute(5), minute(5))
    assert row["urgency"] == REST


async def test_a_card_that_is_behind_keeps_its_place_in_the_line(database: Database) -> None:
    made = await shown_card(database)
    told = await progress(database, incident(), now=minute(5))
    await progress(database, told, now=minute(9))
    assert when(await card_row(database, made)) == (minute(5), minute(5))


async def test_a_change_does_not_cut_the_pause_between_attempts(database: Database) -> None:
    made = await shown_card(database)
    told = await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    async with database.writing() as tx:
        await put_back(tx, job, due_at=minute(9), error="x", counted=True, unclear=False)
        await release_channel(tx, job.channel.id, "a")
    await progress(database, told, now=minute(2))
    assert when(await card_row(database, made)) == (minute(1), minute(9))


async def test_a_card_that_was_given_up_is_tried_again_at_the_next_change(
    database: Database,
) -> None:
    made = await shown_card(database)
    told = await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    async with database.writing() as tx:
        await give_up(tx, job, error="msg_blocks_too_long", now=minute(1))
        await release_channel(tx, job.channel.id, "a")
    await progress(database, told, now=minute(5))
    assert when(await card_row(database, made)) == (minute(5), minute(5))
    assert (await claim_card(database, now=minute(5))).version == 3


@pytest.mark.parametrize(
    ("first", "then", "urgency"),
    [(REST, REST, REST), (REST, CLICK, CLICK), (CLICK, REST, CLICK), (CLICK, CLICK, CLICK)],
)
async def test_a_card_behind_goes_as_soon_as_any_of_its_changes_wants(
    database: Database, first: Urgency, then: Urgency, urgency: Urgency
) -> None:
    made = await shown_card(database)
    told = await progress(database, incident(), urgency=first)
    await progress(database, told, urgency=then)
    assert (await card_row(database, made))["urgency"] == urgency


async def test_the_click_of_yesterday_does_not_hurry_the_edit_of_today(database: Database) -> None:
    made = await shown_card(database)
    told = await progress(database, incident(), urgency=CLICK)
    await show(database, now=second(2))
    await progress(database, told, now=minute(5))
    assert (await card_row(database, made))["urgency"] == REST


@pytest.mark.parametrize(
    ("severity", "urgency"),
    [
        (Severity.CRITICAL, Urgency.FIRST_CRITICAL),
        (Severity.WARN, Urgency.FIRST_WARN),
        (Severity.INFO, Urgency.FIRST_WARN),  # it does not lose the place it had
    ],
)
async def test_a_card_nobody_has_seen_moves_up_when_its_incident_gets_worse(
    database: Database, severity: Severity, urgency: Urgency
) -> None:
    made = await incident_card(database, urgency=Urgency.FIRST_WARN)
    await change(database, incident(), replace(incident(), severity=severity))
    assert (await card_row(database, made))["urgency"] == urgency


async def test_a_card_nobody_has_seen_is_not_put_behind_by_a_click(database: Database) -> None:
    made = await incident_card(database, urgency=Urgency.FIRST_WARN)
    taken = incident().acknowledged_by(ANN, minute(1))
    await change(database, incident(), taken, urgency=CLICK)
    assert (await card_row(database, made))["urgency"] == Urgency.FIRST_WARN


async def test_an_unseen_recovery_that_fires_becomes_urgent(database: Database) -> None:
    over = opened(1, 1, recovers(0), previous=None)
    await keep(database, over)
    made = await card(database, urgency=REST)
    await change(database, over, hears(over, fires(1)))
    assert (await card_row(database, made))["urgency"] == Urgency.FIRST_WARN


# Finding and locking.


async def test_the_newest_incident_of_each_alarm_is_found(database: Database) -> None:
    await keep(database, incident(1), incident(2), incident(3, alarm_id=1))
    async with database.writing() as tx:
        found = await newest.of(tx, [1, 2, 99])
        assert await newest.lock(tx, [1, 2, 99]) == newest.stamps(found)
        assert await newest.lock(tx, []) == await newest.of(tx, []) == {}
    assert found == {1: Seen(incident(3, alarm_id=1), 0), 2: Seen(incident(2), 0)}


async def test_a_change_is_told_by_the_stamp_whoever_makes_it(database: Database) -> None:
    told = incident(1)
    await keep(database, told)
    after = await progress(database, told)
    async with database.writing() as tx:
        assert await newest.of(tx, [1]) == {1: Seen(after, 1)}
        # The last release, and a person with a tool for databases, know nothing of versions.
        await tx.connection.execute(sa.update(incidents_table).values(remarks=7))
        assert await newest.lock(tx, [1]) == {1: Stamp(1, 2)}


async def test_the_incident_of_a_card_is_found(database: Database) -> None:
    made = await incident_card(database, 4)
    async with database.writing() as tx:
        assert await incidents.of_card(tx, made) == incident(4)


async def test_a_notice_or_a_card_of_another_database_shows_no_incident(
    database: Database,
) -> None:
    made = await notice_card(database)
    async with database.writing() as tx:
        assert await incidents.of_card(tx, made) is None
        assert await incidents.of_card(tx, new_id()) is None


@pytest.mark.parametrize("nonsense", ["", "ack", "1", "🔔", "0192f0c0-0000-7000-8000-00000000000"])
async def test_a_button_value_that_is_no_id_shows_no_incident(
    database: Database, nonsense: str
) -> None:
    async with database.writing() as tx:
        assert await incidents.of_card(tx, nonsense) is None


async def test_numbers_go_on_after_the_last_incident(database: Database) -> None:
    async with database.writing() as tx:
        assert await incidents.next_id(tx) == 1
    await keep(database, incident(6))
    async with database.writing() as tx:
        assert await incidents.next_id(tx) == 7


async def test_a_click_and_a_callback_about_one_incident_both_count(database: Database) -> None:
    made = await shown_card(database)

    async def click() -> None:
        async with database.writing() as tx:
            before = await incidents.of_card(tx, made)
            taken = before.acknowledged_by(ANN, minute(1))
            await incidents.save(tx, [Change(before, taken, CLICK)], now=minute(1))

    async with database.writing() as tx:
        before = await incidents.locked(tx, 1)
        clicking = asyncio.create_task(click())
        await until_somebody_waits(database)
        after = hears(before, fires(1, 99.0))
        await incidents.save(tx, [Change(before, after)], now=minute(1))
    await clicking
    told = await stored(database)
    assert (told.last_value, told.acknowledged) == (99.0, Acknowledgement(ANN, minute(1)))
    assert (await card_row(database, made))["wanted"] == 3


async def test_a_callback_after_a_click_that_is_under_way_keeps_the_click(
    database: Database,
) -> None:
    made = await shown_card(database)

    async def apply() -> None:
        async with database.writing() as tx:
            before = await incidents.locked(tx, 1)
            await incidents.save(tx, [Change(before, hears(before, fires(1)))], now=minute(1))

    async with database.writing() as tx:
        before = await incidents.of_card(tx, made)
        applying = asyncio.create_task(apply())
        await until_somebody_waits(database)
        taken = before.acknowledged_by(ANN, minute(1))
        await incidents.save(tx, [Change(before, taken, CLICK)], now=minute(1))
    await applying
    assert (await stored(database)).acknowledged is not None


async def test_of_twenty_clicks_at_once_the_first_keeps_the_incident(database: Database) -> None:
    made = await shown_card(database)

    async def click(number: int) -> bool:
        async with database.writing() as tx:
            before = await incidents.of_card(tx, made)
            taken = before.acknowledged_by(replace(ANN, id=f"U{number}"), minute(1))
            await incidents.save(tx, [Change(before, taken, CLICK)], now=minute(1))
            return taken != before

    won = await asyncio.gather(*(click(number) for number in range(20)))
    assert won.count(True) == 1
    assert (await card_row(database, made))["wanted"] == 2
