"""Cards: what a worker may record of them, and when. Laws 4, 7, 9 and 11, as rows keep them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import exc

from bot.rules.card import Language
from bot.rules.delivery import POST_GAP, Urgency
from bot.rules.job import CardJob
from bot.rules.notice import Notice
from bot.store import backlog, cards, channels, claim_ends, holds, notes, notices
from bot.store.cards import Card, NewCard
from bot.store.channels import ParkedChannel
from bot.store.claim_ends import UNOWNED_GRACE
from bot.store.columns import NEVER
from bot.store.engine import Database
from bot.store.notices import NoticeChange
from tests.support.rows import (
    card,
    card_row,
    channel_row,
    claim,
    claim_card,
    claim_note,
    incident_card,
    note_row,
    notice_card,
    progress,
    queue,
    record_shown,
    show,
    shown_card,
)
from tests.support.values import NOON, incident, minute, second

FREE = {"lease_owner": None, "lease_until": NEVER}


def some(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def lease(row: Mapping[str, Any]) -> dict[str, Any]:
    return some(row, "lease_owner", "lease_until")


# Making cards.


async def test_a_new_card_is_one_version_behind_at_once(database: Database) -> None:
    made = await incident_card(database, urgency=Urgency.FIRST_INFO, now=minute(3))
    row = await card_row(database, made)
    assert some(row, "wanted", "posted", "refused", "ts", "attempts") == {
        "wanted": 1,
        "posted": 0,
        "refused": 0,
        "ts": None,
        "attempts": 0,
    }
    assert (row["behind_since"], row["due_at"], row["urgency"]) == (minute(3), minute(3), 12)


async def test_an_incident_has_one_card_in_a_channel(database: Database) -> None:
    await incident_card(database, 1, "ops")
    with pytest.raises(exc.IntegrityError):
        await card(database, 1, "ops")


@pytest.mark.parametrize("subject", [{}, {"incident_id": 1, "notice_id": 1}])
async def test_a_card_shows_one_thing(database: Database, subject: dict[str, int]) -> None:
    await incident_card(database, 1)
    await notice_card(database, 1)

    async def make() -> None:
        async with database.writing() as tx:
            place = (await channels.numbers(tx, {"db"}))["db"]
            new = NewCard(place, Language.ENGLISH, Urgency.REST, **subject)
            await cards.add(tx, [new], now=NOON)

    with pytest.raises(exc.IntegrityError, match="one_subject"):
        await make()


async def test_cards_are_told_by_their_incidents_with_their_channels(database: Database) -> None:
    await shown_card(database, 1, "ops")
    await incident_card(database, 2, "db")
    await notice_card(database, 1)
    async with database.reading() as tx:
        told = await cards.of_incidents(tx, [1, 2])
    assert [(one.incident_id, one.channel, one.ts, one.wanted, one.posted) for one in told] == [
        (1, "ops", "100.1", 1, 1),
        (2, "db", None, 1, 0),
    ]


async def test_making_no_card_and_asking_for_none_is_no_fault(database: Database) -> None:
    async with database.writing() as tx:
        await cards.add(tx, [], now=NOON)
        assert await cards.of_incidents(tx, []) == []


# Law 4: what was shown is recorded, by who holds the lease.


async def test_a_card_that_is_shown_is_true_and_free(database: Database) -> None:
    made = await incident_card(database)
    await show(database, ts="5.5")
    row = await card_row(database, made)
    assert some(row, "ts", "posted", "digest", "tried_at", "attempts", "last_error") == {
        "ts": "5.5",
        "posted": 1,
        "digest": "d",
        "tried_at": None,
        "attempts": 0,
        "last_error": None,
    }
    assert lease(row) == FREE


async def test_the_version_recorded_is_the_one_that_was_rendered(database: Database) -> None:
    made = await incident_card(database)
    job = await claim_card(database)
    await progress(database, incident(), now=second(1))
    await record_shown(database, job, now=second(2), ts="5.5")
    row = await card_row(database, made)
    assert some(row, "wanted", "posted") == {"wanted": 2, "posted": 1}
    assert row["behind_since"] == second(2)


async def test_the_mark_only_grows(database: Database) -> None:
    made = await shown_card(database)
    told = await progress(database, incident(), now=minute(1))
    await show(database, now=minute(1))
    await progress(database, told, now=minute(2))
    job = replace(await claim_card(database, now=minute(2)), version=1)
    await record_shown(database, job, now=minute(2), ts="100.1")
    assert (await card_row(database, made))["posted"] == 2


async def test_a_click_made_while_the_card_was_in_the_air_keeps_its_urgency(
    database: Database,
) -> None:
    made = await shown_card(database)
    told = await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    await progress(database, told, now=minute(1), urgency=Urgency.CLICK)
    await record_shown(database, job, now=minute(1), ts="100.1")
    assert (await card_row(database, made))["urgency"] == Urgency.CLICK


async def test_a_new_card_that_is_shown_is_as_urgent_as_any_edit(database: Database) -> None:
    made = await incident_card(database, urgency=Urgency.FIRST_CRITICAL)
    job = await claim_card(database)
    await progress(database, incident(), now=second(1))
    await record_shown(database, job, now=second(2), ts="5.5")
    assert (await card_row(database, made))["urgency"] == Urgency.REST


async def lost(database: Database) -> CardJob:
    """A job whose lease ran out and was taken over by `b` half a minute later."""
    job = await claim_card(database)
    await claim_card(database, "b", now=second(30))
    return job


async def test_who_lost_the_lease_records_nothing_but_the_message(database: Database) -> None:
    made = await incident_card(database)
    job = await lost(database)
    assert not await record_shown(database, job, now=second(31), ts="5.5")
    row = await card_row(database, made)
    assert some(row, "ts", "posted", "lease_owner") == {
        "ts": "5.5",
        "posted": 0,
        "lease_owner": "b",
    }


async def test_who_lost_the_lease_never_replaces_a_known_message(database: Database) -> None:
    made = await incident_card(database)
    job = await claim_card(database)
    await show(database, now=second(30), ts="6.6")
    assert not await record_shown(database, job, now=second(31), ts="5.5")
    assert (await card_row(database, made))["ts"] == "6.6"


async def test_a_lease_that_ran_out_but_was_not_taken_over_still_counts(
    database: Database,
) -> None:
    made = await incident_card(database)
    job = await claim_card(database)
    assert await record_shown(database, job, now=minute(5), ts="5.5")
    assert (await card_row(database, made))["posted"] == 1


async def test_after_an_edit_with_a_lost_lease_the_card_is_said_again(database: Database) -> None:
    made = await shown_card(database)
    await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    await show(database, now=minute(2))
    async with database.writing() as tx:
        await claim_ends.record_unknown(tx, job, now=minute(3))
    row = await card_row(database, made)
    assert some(row, "wanted", "posted", "digest") == {"wanted": 3, "posted": 2, "digest": None}
    assert (row["behind_since"], row["due_at"]) == (minute(3), minute(3))


@pytest.mark.parametrize("act", ["put_back", "give_up", "forget_message"])
async def test_who_lost_the_lease_gives_nothing_back(database: Database, act: str) -> None:
    made = await incident_card(database)
    job = await lost(database)
    before = await card_row(database, made)
    async with database.writing() as tx:
        match act:
            case "put_back":
                await claim_ends.put_back(
                    tx, job, due_at=minute(9), error="x", counted=True, unclear=True
                )
            case "give_up":
                await claim_ends.give_up(tx, job, error="x", now=minute(9))
            case _:
                await claim_ends.forget_message(tx, job, now=minute(9))
    assert await card_row(database, made) == before


# Putting back.


@pytest.mark.parametrize(
    ("counted", "unclear", "attempts", "tried"),
    [(True, False, 1, None), (False, False, 0, None), (False, True, 0, NOON)],
    ids=["refused", "nobody's fault", "unclear"],
)
async def test_a_card_put_back_tells_what_is_known_of_the_try(
    database: Database, counted: bool, unclear: bool, attempts: int, tried: object
) -> None:
    made = await incident_card(database)
    job = await claim_card(database)
    async with database.writing() as tx:
        await claim_ends.put_back(
            tx, job, due_at=second(9), error="why", counted=counted, unclear=unclear
        )
    row = await card_row(database, made)
    assert some(row, "due_at", "attempts", "tried_at", "last_error", "posted") == {
        "due_at": second(9),
        "attempts": attempts,
        "tried_at": tried,
        "last_error": "why",
        "posted": 0,
    }
    assert lease(row) == FREE


async def test_an_unclear_try_stays_the_first_one_until_it_is_settled(database: Database) -> None:
    made = await incident_card(database)
    await claim_card(database)
    looking = await claim_card(database, "b", now=second(30))
    async with database.writing() as tx:
        await claim_ends.put_back(
            tx, looking, due_at=second(31), error=None, counted=False, unclear=True
        )
    assert (await card_row(database, made))["tried_at"] == NOON


async def test_attempts_add_up_until_the_card_is_shown(database: Database) -> None:
    made = await incident_card(database)
    for number in range(3):
        job = await claim_card(database, now=minute(number))
        async with database.writing() as tx:
            await claim_ends.put_back(tx, job, due_at=NOON, error="x", counted=True, unclear=False)
            await channels.release(tx, job.channel.id, "a")
    assert (await card_row(database, made))["attempts"] == 3
    await show(database, now=minute(5))
    row = await card_row(database, made)
    assert some(row, "attempts", "last_error") == {"attempts": 0, "last_error": None}


# Giving up is per version.


async def test_a_version_given_up_is_not_tried_again(database: Database) -> None:
    made = await shown_card(database)
    await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    async with database.writing() as tx:
        await claim_ends.give_up(tx, job, error="cant_update_message", now=minute(1))
        await channels.release(tx, job.channel.id, "a")
    assert await claim(database, now=minute(60)) is None
    row = await card_row(database, made)
    assert some(row, "posted", "refused", "last_error", "attempts") == {
        "posted": 1,
        "refused": 2,
        "last_error": "cant_update_message",
        "attempts": 0,
    }


async def test_a_change_made_before_the_giving_up_is_still_tried(database: Database) -> None:
    await shown_card(database)
    told = await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    await progress(database, told, now=minute(1))
    async with database.writing() as tx:
        await claim_ends.give_up(tx, job, error="x", now=minute(1))
        await channels.release(tx, job.channel.id, "a")
    assert (await claim_card(database, now=minute(1))).version == 3


async def test_a_message_that_is_gone_is_posted_anew(database: Database) -> None:
    made = await shown_card(database)
    await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    async with database.writing() as tx:
        await claim_ends.forget_message(tx, job, now=minute(1))
        await channels.release(tx, job.channel.id, "a")
    anew = await claim_card(database, now=minute(2))
    assert (anew.card_id, anew.ts, anew.digest, anew.tried_at) == (made, None, None, None)


# The channel.


async def test_the_next_post_is_a_second_after_the_answer_to_the_last(database: Database) -> None:
    await incident_card(database)
    job = await claim_card(database)
    async with database.writing() as tx:
        await channels.release(tx, job.channel.id, "a", posted_at=second(4), slack_id="C1")
    row = await channel_row(database, job.channel.id)
    assert row["posts_open_at"] == second(4) + POST_GAP
    assert row["slack_id"] == "C1"
    assert lease(row) == FREE


async def test_slacks_wait_is_longer_than_our_gap(database: Database) -> None:
    await incident_card(database)
    job = await claim_card(database)
    async with database.writing() as tx:
        await channels.release(tx, job.channel.id, "a", posted_at=second(4), wait_until=second(34))
    assert (await channel_row(database, job.channel.id))["posts_open_at"] == second(34)


async def test_an_edit_moves_no_turn_of_posts(database: Database) -> None:
    await shown_card(database)
    await progress(database, incident(), now=minute(1))
    job = await show(database, now=minute(1))
    row = await channel_row(database, job.channel.id)
    assert row["posts_open_at"] == NOON + POST_GAP
    assert lease(row) == FREE


async def test_who_lost_a_channel_does_not_release_it(database: Database) -> None:
    await incident_card(database)
    job = await lost(database)
    async with database.writing() as tx:
        await channels.release(tx, job.channel.id, "a", posted_at=second(31))
        await channels.park(tx, job.channel.id, "a", until=minute(9), reason="x", now=minute(1))
    row = await channel_row(database, job.channel.id)
    assert some(row, "lease_owner", "posts_open_at", "parked_reason") == {
        "lease_owner": "b",
        "posts_open_at": NEVER,
        "parked_reason": None,
    }


async def test_a_channel_known_by_its_slack_id_is_addressed_by_it(database: Database) -> None:
    await incident_card(database, 1)
    job = await claim_card(database)
    async with database.writing() as tx:
        await claim_ends.record_shown(tx, job, ts="1.1", version=1, digest="d", now=NOON)
        await channels.release(tx, job.channel.id, "a", posted_at=NOON, slack_id="C1")
        (told,) = await cards.of_incidents(tx, [1])
    assert told == Card(job.card_id, 1, job.channel.id, "C1", "1.1", 1, 1, None)
    await progress(database, incident(), now=minute(1))
    assert (await claim_card(database, now=minute(1))).channel.address == "C1"


async def parked(database: Database) -> list[ParkedChannel]:
    async with database.reading() as tx:
        return await channels.parked(tx)


async def park(database: Database, job: CardJob) -> None:
    async with database.writing() as tx:
        await claim_ends.put_back(tx, job, due_at=NOON, error="x", counted=False, unclear=False)
        until, reason = job.claim.at + timedelta(minutes=1), "not_in_channel"
        await channels.park(
            tx, job.channel.id, job.claim.owner, until=until, reason=reason, now=job.claim.at
        )


async def shown_after_refusal(database: Database) -> CardJob:
    """A card that Slack shows, though its channel was refused before."""
    await shown_card(database, 1, "ops")
    await progress(database, incident(), now=minute(1))
    await park(database, await claim_card(database, now=minute(1)))
    return await show(database, now=minute(2))


async def test_a_parked_channel_is_told_with_slacks_word(database: Database) -> None:
    await incident_card(database, 1, "ops")
    await park(database, await claim_card(database))
    assert await parked(database) == [ParkedChannel("ops", "not_in_channel")]


async def test_a_channel_that_takes_a_post_again_is_mended(database: Database) -> None:
    await incident_card(database, 1, "ops")
    await park(database, await claim_card(database))
    job = await claim_card(database, now=minute(1))
    async with database.writing() as tx:
        await channels.release(tx, job.channel.id, "a", posted_at=minute(1), slack_id="C1")
    assert (await channel_row(database, job.channel.id))["parked_reason"] is None


async def test_a_channel_that_takes_an_edit_again_is_mended(database: Database) -> None:
    job = await shown_after_refusal(database)
    async with database.writing() as tx:
        await channels.release(tx, job.channel.id, "a", taken_at=minute(2))
    assert (await channel_row(database, job.channel.id))["parked_reason"] is None


async def test_a_channel_that_was_not_asked_is_not_mended(database: Database) -> None:
    """A card that Slack shows already is recorded without a call: that tells nothing."""
    job = await shown_after_refusal(database)
    async with database.writing() as tx:
        await channels.release(tx, job.channel.id, "a")
    assert (await channel_row(database, job.channel.id))["parked_reason"] == "not_in_channel"


async def test_a_channel_is_told_of_while_a_card_or_a_note_waits_there(database: Database) -> None:
    """A mute may hide all that would try it again: then nobody would learn that it is mended."""
    shown = await shown_card(database, 1, "ops")
    await incident_card(database, 2, "ops", now=minute(1))
    await park(database, await claim_card(database, now=minute(1)))
    told = [ParkedChannel("ops", "not_in_channel")]
    assert await parked(database) == told
    async with database.writing() as tx:
        await holds.hold(tx, [2], holds.MUTED)
    assert await parked(database) == []
    await queue(database, shown, "said aloud", broadcast=True)
    assert await parked(database) == told


async def test_a_channel_has_one_number_however_often_it_is_named(database: Database) -> None:
    async with database.writing() as tx:
        first = await channels.numbers(tx, {"ops", "db"})
    async with database.writing() as tx:
        again = await channels.numbers(tx, {"db", "new", "ops"})
        assert await channels.numbers(tx, set()) == {}
    assert again == first | {"new": again["new"]}
    assert len(set(again.values())) == 3


# Who is behind.


async def behind(database: Database) -> tuple[int, object]:
    async with database.reading() as tx:
        return await backlog.count_behind(tx), await backlog.oldest_behind(tx)


async def test_cards_behind_are_counted_and_the_oldest_is_told(database: Database) -> None:
    assert await behind(database) == (0, None)
    await shown_card(database, 1, "ops")
    await incident_card(database, 2, "db", now=minute(3))
    await progress(database, incident(1), now=minute(5))
    assert await behind(database) == (2, minute(3))


async def test_a_card_given_up_is_not_behind(database: Database) -> None:
    await shown_card(database)
    await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    async with database.writing() as tx:
        await claim_ends.give_up(tx, job, error="x", now=minute(1))
    assert await behind(database) == (0, None)


# After a crash.


async def test_at_the_start_every_claim_is_free_after_a_moment(database: Database) -> None:
    made = await incident_card(database)
    job = await claim_card(database)
    async with database.writing() as tx:
        await claim_ends.release_all(tx, now=second(2))
    assert lease(await card_row(database, made)) == FREE
    row = await channel_row(database, job.channel.id)
    assert row["posts_open_at"] == second(2) + UNOWNED_GRACE
    assert (await claim_card(database, "b", now=second(2))).tried_at == NOON


async def test_at_the_start_a_parked_channel_stays_parked(database: Database) -> None:
    await incident_card(database)
    await park(database, await claim_card(database))
    async with database.writing() as tx:
        await claim_ends.release_all(tx, now=second(2))
    assert await claim(database, now=second(5)) is None


async def test_at_the_start_a_note_in_the_air_is_free_and_looked_for(database: Database) -> None:
    await queue(database, await shown_card(database), "n")
    job = await claim_note(database, now=second(5))
    async with database.writing() as tx:
        await claim_ends.release_all(tx, now=second(6))
        await notes.release_all(tx)
    assert lease(await note_row(database, job.note_id)) == FREE
    assert (await claim_note(database, "b", now=second(6))).tried_at == second(5)


# Notices.


async def save_notice(database: Database, before: Notice, after: Notice) -> None:
    async with database.writing() as tx:
        await notices.save(tx, [NoticeChange(before, after)], now=minute(0.5))


async def test_a_notice_with_one_more_callback_bumps_its_card(database: Database) -> None:
    await notice_card(database)
    before = (await show(database)).subject.notice
    after = before.joined("0192f0c0-0000-7000-8000-000000000001", minute(0.5), "no fields")
    await save_notice(database, before, after)
    job = await claim_card(database, now=minute(1))
    assert (job.version, job.subject.notice) == (2, after)


async def test_a_notice_that_did_not_change_bumps_nothing(database: Database) -> None:
    await notice_card(database)
    notice = (await show(database)).subject.notice
    await save_notice(database, notice, notice)
    assert await claim(database, now=minute(1)) is None
