"""Claims: what is next, for whom, and when. Laws 2, 7, 8, 10, 11 and 12, as rows keep them."""

import asyncio
from datetime import timedelta

import pytest

from bot.rules.card import Language
from bot.rules.delivery import EDIT_BURST, EDIT_GAP, POST_GAP, Urgency
from bot.rules.job import CardJob, Claim, Job, NoteJob
from bot.store import cards, channels, claim_ends, claims, gates, notes
from bot.store.cards import NewCard
from bot.store.columns import NEVER
from bot.store.engine import Database
from tests.support.rows import (
    LEASE,
    card,
    card_row,
    channel_row,
    claim,
    claim_card,
    claim_note,
    edits_shut,
    incident_card,
    keep,
    note_row,
    notice_card,
    progress,
    queue,
    record_shown,
    show,
    shown_card,
    soonest,
    until_somebody_waits,
)
from tests.support.values import NOON, alarm, incident, minute, second

FIRST_CRITICAL, FIRST_WARN, FIRST_INFO = list(Urgency)[:3]
CLICK, REST = Urgency.CLICK, Urgency.REST


async def put_back(database: Database, job: CardJob, *, seconds: float, unclear: bool) -> None:
    """Slack refused, or nobody knows; the card is due again so many seconds after noon."""
    async with database.writing() as tx:
        await claim_ends.put_back(
            tx, job, due_at=second(seconds), error="x", counted=True, unclear=unclear
        )
        await channels.release(tx, job.channel.id, job.claim.owner)


# What is next.


async def test_with_nothing_behind_there_is_nothing_to_do(database: Database) -> None:
    assert await claim(database) is None
    assert await soonest(database) is None


async def test_a_card_that_is_true_is_not_claimed(database: Database) -> None:
    await shown_card(database)
    assert await claim(database, now=minute(5)) is None
    assert await soonest(database, now=minute(5)) is None


async def test_a_claim_tells_everything_there_is_to_render(database: Database) -> None:
    await keep(database, incident(1), watched=alarm(1, unit="%"))
    made = await card(database, 1, "alarms")
    job = await claim_card(database)
    assert (job.card_id, job.version, job.ts, job.digest) == (made, 1, None, None)
    assert (job.channel.name, job.channel.address) == ("alarms", "alarms")
    assert (job.subject.incident, job.subject.alarm) == (incident(1), alarm(1, unit="%"))
    assert (job.attempts, job.tried_at, job.late_by) == (0, None, None)


async def test_the_card_of_a_notice_is_claimed_with_its_notice(database: Database) -> None:
    made = await notice_card(database)
    job = await claim_card(database)
    assert (job.card_id, job.subject.notice.id, job.language) == (made, 1, Language.CHINESE)
    assert (job.subject.incident, job.subject.alarm) == (None, None)


async def test_an_edit_is_claimed_with_what_was_shown_last(database: Database) -> None:
    await shown_card(database)
    told = await progress(database, incident(), now=minute(1))
    job = await claim_card(database, now=minute(1))
    assert (job.ts, job.digest, job.version) == ("100.1", "d", 2)
    assert job.subject.incident == told


async def test_many_changes_are_one_edit_of_the_newest_version(database: Database) -> None:
    await shown_card(database)
    told = incident()
    for _ in range(20):
        told = await progress(database, told, now=minute(1))
    assert (await show(database, now=minute(1))).version == 21
    assert await claim(database, now=minute(9)) is None


# Law 12: best first.


async def all_in_order(database: Database) -> list[Job]:
    """Everything that can be claimed at once, each in a channel of its own, best first."""
    found: list[Job] = []
    while job := await claim(database, now=minute(1)):
        found.append(job)
    return found


async def test_new_cards_come_before_edits_and_the_most_severe_first(database: Database) -> None:
    shown = await shown_card(database, 1, "one")
    await progress(database, incident(1), urgency=REST)
    info = await incident_card(database, 2, "two", urgency=FIRST_INFO)
    critical = await incident_card(database, 3, "three", urgency=FIRST_CRITICAL, now=second(30))
    warn = await incident_card(database, 4, "four", urgency=FIRST_WARN)
    found = [job.card_id for job in await all_in_order(database)]
    assert found == [critical, warn, info, shown]


async def test_pings_come_after_new_cards_and_clicks_after_pings(database: Database) -> None:
    shown = [await shown_card(database, number, f"channel {number}") for number in range(4)]
    await progress(database, incident(0), urgency=REST)
    await progress(database, incident(1), urgency=CLICK)
    await queue(database, shown[2], "quiet")
    await queue(database, shown[3], "ping", broadcast=True, now=second(9))
    await incident_card(database, 5, "five", urgency=FIRST_INFO)
    order = [
        job.note.key if isinstance(job, NoteJob) else job.subject.incident.id
        for job in await all_in_order(database)
    ]
    assert order == [5, "ping", 1, "quiet", 0]


async def test_cards_of_one_batch_go_in_the_order_of_its_callbacks(database: Database) -> None:
    numbers = list(range(1, 31))
    await keep(database, *(incident(number) for number in numbers))
    async with database.writing() as tx:
        places = await channels.numbers(tx, {f"channel {number}" for number in numbers})
        new = [
            NewCard(places[f"channel {n}"], Language.ENGLISH, FIRST_WARN, incident_id=n)
            for n in numbers
        ]
        await cards.add(tx, new, now=NOON)
    found = [job.subject.incident.id for job in await all_in_order(database)]
    assert found == numbers


async def test_of_equally_urgent_cards_the_one_behind_longest_goes_first(
    database: Database,
) -> None:
    late = await incident_card(database, 1, "one", now=second(20))
    early = await incident_card(database, 2, "two", now=second(10))
    assert [job.card_id for job in await all_in_order(database)] == [early, late]


# Law 2: a lease, and a channel for one at a time.


async def test_a_claimed_card_is_not_claimed_again(database: Database) -> None:
    await incident_card(database)
    await claim_card(database)
    assert await claim(database, "b", now=second(29.9)) is None


async def test_a_claim_that_ran_out_is_free_again(database: Database) -> None:
    made = await incident_card(database)
    await claim_card(database)
    job = await claim_card(database, "b", now=second(30))
    assert (job.card_id, job.claim.owner) == (made, "b")


async def test_a_card_is_leased_even_where_its_channel_was_let_go(database: Database) -> None:
    await incident_card(database)
    job = await claim_card(database)
    async with database.writing() as tx:
        await channels.release(tx, job.channel.id, "a")
    assert await claim(database, "b", now=second(29)) is None
    assert await soonest(database, now=second(1)) == second(30)


async def test_the_lease_stands_in_the_rows_until_its_end(database: Database) -> None:
    made = await incident_card(database)
    job = await claim_card(database)
    for row in (await card_row(database, made), await channel_row(database, job.channel.id)):
        assert (row["lease_owner"], row["lease_until"]) == ("a", NOON + LEASE)


async def test_a_channel_is_worked_on_by_one_at_a_time(database: Database) -> None:
    await incident_card(database, 1, "ops", urgency=FIRST_CRITICAL)
    await incident_card(database, 2, "ops")
    elsewhere = await incident_card(database, 3, "db", urgency=FIRST_INFO)
    await claim_card(database)
    assert (await claim_card(database, "b")).card_id == elsewhere
    assert await claim(database, "c") is None


async def test_a_channel_worked_on_holds_up_its_notes_too(database: Database) -> None:
    thread = await shown_card(database, 1, "ops")
    await queue(database, thread, "n")
    await incident_card(database, 2, "ops", urgency=FIRST_CRITICAL, now=minute(1))
    await claim_card(database, now=minute(1))
    assert await claim(database, "b", now=minute(1)) is None


async def test_a_note_in_the_air_holds_up_the_cards_of_its_channel(database: Database) -> None:
    thread = await shown_card(database, 1, "ops")
    await queue(database, thread, "n")
    await claim_note(database, now=minute(1))
    await incident_card(database, 2, "ops", now=minute(1))
    assert await claim(database, "b", now=minute(1)) is None


async def test_a_change_while_a_card_is_in_the_air_is_claimed_after_it(
    database: Database,
) -> None:
    await incident_card(database)
    job = await claim_card(database)
    await progress(database, incident(), now=second(1))
    assert await claim(database, "b", now=second(1)) is None
    await record_shown(database, job, now=second(2), ts="1.1")
    assert (await claim_card(database, "b", now=second(2))).version == 2


@pytest.mark.fault("F45")
async def test_two_replicas_at_one_moment_never_get_the_same_card(database: Database) -> None:
    for number in range(1, 21):
        await incident_card(database, number, f"channel {number}")

    async def worker(owner: str) -> list[str]:
        mine: list[str] = []
        while job := await claim(database, owner):
            mine.append(job.card_id)
        return mine

    won = await asyncio.gather(*(worker(owner) for owner in "abcd"))
    claimed = [card_id for mine in won for card_id in mine]
    assert len(claimed) == len(set(claimed)) == 20


@pytest.mark.fault("F45")
async def test_two_replicas_at_one_moment_never_work_on_one_channel(database: Database) -> None:
    await incident_card(database, 1, "ops", urgency=FIRST_CRITICAL)
    await incident_card(database, 2, "ops")
    async with database.writing() as tx:
        mine = Claim("a", NOON, NOON + LEASE)
        assert await claims.next_job(tx, mine, await gates.edits(tx))
        other = asyncio.create_task(claim(database, "b"))
        await until_somebody_waits(database)
    assert await other is None


async def test_on_postgres_a_claim_under_way_holds_nobody_up(postgres_url: str) -> None:
    database = Database(postgres_url)
    await incident_card(database, 1, "ops", urgency=FIRST_CRITICAL)
    second_best = await incident_card(database, 2, "db")
    async with database.writing() as tx:
        mine = Claim("a", NOON, NOON + LEASE)
        assert await claims.next_job(tx, mine, await gates.edits(tx))
        assert (await claim_card(database, "b")).card_id == second_best
    await database.close()


async def test_a_claim_that_is_not_committed_is_no_claim(database: Database) -> None:
    made = await incident_card(database)
    async with database.writing() as tx:
        assert await claims.next_job(tx, Claim("a", NOON, second(30)), await gates.edits(tx))
        await tx.connection.rollback()
    row = await card_row(database, made)
    assert (row["lease_owner"], row["lease_until"], row["tried_at"]) == (None, NEVER, None)


# Law 7: the try is noted before it is made.


async def test_a_first_post_is_noted_as_tried_before_it_is_made(database: Database) -> None:
    made = await incident_card(database)
    assert (await claim_card(database)).tried_at is None
    assert (await card_row(database, made))["tried_at"] == NOON


async def test_after_a_crash_the_card_is_claimed_to_be_looked_for(database: Database) -> None:
    await incident_card(database)
    await claim_card(database)
    assert (await claim_card(database, "b", now=second(30))).tried_at == NOON


async def test_however_often_it_is_looked_for_the_first_try_is_remembered(
    database: Database,
) -> None:
    await incident_card(database)
    await claim_card(database)
    await claim_card(database, "b", now=second(30))
    assert (await claim_card(database, "c", now=second(60))).tried_at == NOON


async def test_an_edit_is_never_noted_as_tried(database: Database) -> None:
    made = await shown_card(database)
    await progress(database, incident(), now=minute(1))
    assert (await claim_card(database, now=minute(1))).tried_at is None
    assert (await card_row(database, made))["tried_at"] is None


async def test_a_note_is_noted_as_tried_before_it_is_said(database: Database) -> None:
    await queue(database, await shown_card(database), "n")
    job = await claim_note(database, now=minute(1))
    assert job.tried_at is None
    assert (await note_row(database, job.note_id))["tried_at"] == minute(1)
    for owner, number in (("b", 2), ("c", 3)):
        assert (await claim_note(database, owner, now=minute(number))).tried_at == minute(1)


# Gates.


async def test_a_second_post_to_a_channel_waits_a_second(database: Database) -> None:
    await shown_card(database, 1)
    await incident_card(database, 2)
    assert await claim(database, now=second(0.999)) is None
    assert await soonest(database, now=second(0.5)) == NOON + POST_GAP
    await claim_card(database, now=NOON + POST_GAP)


async def test_the_posts_of_one_channel_do_not_hold_up_those_of_another(
    database: Database,
) -> None:
    await shown_card(database, 1, "ops")
    await incident_card(database, 2, "ops", urgency=FIRST_CRITICAL)
    elsewhere = await incident_card(database, 3, "db")
    assert (await claim_card(database)).card_id == elsewhere


async def test_an_edit_need_not_wait_for_the_turn_of_a_post(database: Database) -> None:
    made = await shown_card(database)
    await progress(database, incident())
    assert (await claim_card(database)).card_id == made


async def test_a_note_waits_for_its_turn_like_a_post(database: Database) -> None:
    await queue(database, await shown_card(database), "n")
    assert await claim(database, now=second(0.5)) is None
    assert await soonest(database, now=second(0.5)) == NOON + POST_GAP


async def test_edits_pass_the_gate_in_a_burst_and_then_at_its_pace(database: Database) -> None:
    for number in range(1, EDIT_BURST + 3):
        await shown_card(database, number, f"channel {number}")
        await progress(database, incident(number))
    for _ in range(EDIT_BURST):
        await claim_card(database)
    assert await claim(database) is None
    assert await soonest(database) == NOON + EDIT_GAP
    await claim_card(database, now=NOON + EDIT_GAP)
    assert await claim(database, now=NOON + EDIT_GAP) is None


async def test_edits_that_slack_does_not_want_now_hold_up_no_post(database: Database) -> None:
    await shown_card(database, 1, "ops")
    await progress(database, incident(1), urgency=CLICK)
    new = await incident_card(database, 2, "db", urgency=REST)
    await edits_shut(database, seconds=30)
    assert (await claim_card(database)).card_id == new
    assert await claim(database, now=second(29)) is None
    assert await soonest(database, now=second(1)) == second(30)
    await claim_card(database, now=second(30))


async def test_a_post_uses_up_no_edit(database: Database) -> None:
    for number in range(1, 2 * EDIT_BURST):
        await incident_card(database, number, f"channel {number}")
        await claim_card(database)
    async with database.reading() as tx:
        assert (await gates.edits(tx)).due == NEVER


async def test_looking_for_an_unclear_post_waits_for_no_turn(database: Database) -> None:
    await shown_card(database, 1)
    await incident_card(database, 2, now=second(1))
    job = await claim_card(database, now=second(1))
    async with database.writing() as tx:
        later = second(1)
        await claim_ends.put_back(tx, job, due_at=later, error="x", counted=False, unclear=True)
        await channels.release(tx, job.channel.id, "a", wait_until=second(9))
    assert await soonest(database, now=second(2)) == second(2)
    assert (await claim_card(database, now=second(2))).tried_at == second(1)


async def test_looking_for_an_unclear_note_waits_for_no_turn(database: Database) -> None:
    await queue(database, await shown_card(database), "n")
    job = await claim_note(database, now=second(1))
    async with database.writing() as tx:
        await notes.put_back(tx, job, due_at=second(1), error="x", counted=False, unclear=True)
        await channels.release(tx, job.channel.id, "a", wait_until=second(9))
    assert await soonest(database, now=second(2)) == second(2)
    assert (await claim_note(database, now=second(2))).tried_at == second(1)


async def test_a_card_put_back_waits_until_it_is_due(database: Database) -> None:
    await incident_card(database)
    job = await claim_card(database)
    await put_back(database, job, seconds=8, unclear=False)
    assert await claim(database, now=second(7.9)) is None
    assert await soonest(database, now=second(1)) == second(8)
    assert (await claim_card(database, now=second(8))).attempts == 1


async def test_the_setback_of_one_card_touches_one_card(database: Database) -> None:
    await incident_card(database, 1, urgency=FIRST_CRITICAL)
    other = await incident_card(database, 2)
    await put_back(database, await claim_card(database), seconds=60, unclear=False)
    assert (await claim_card(database)).card_id == other


async def test_a_parked_channel_touches_no_other(database: Database) -> None:
    await incident_card(database, 1, "gone", urgency=FIRST_CRITICAL)
    other = await incident_card(database, 2, "ops")
    job = await claim_card(database)
    async with database.writing() as tx:
        await claim_ends.put_back(tx, job, due_at=NOON, error="x", counted=False, unclear=False)
        await channels.park(
            tx, job.channel.id, "a", until=minute(1), reason="is_archived", now=NOON
        )
    assert (await show(database, now=second(5))).card_id == other
    assert await claim(database, "b", now=second(59)) is None
    assert await soonest(database, now=second(6)) == minute(1)
    await claim_card(database, "b", now=minute(1))


# Law 8: notes.


async def test_a_note_waits_until_its_card_is_shown(database: Database) -> None:
    made = await incident_card(database)
    job = await claim_card(database)
    await queue(database, made, "n", broadcast=True)
    assert await claim(database, "b") is None
    await record_shown(database, job, now=second(1), ts="7.7")
    note = await claim_note(database, now=second(2))
    assert (note.card_ts, note.card_id, note.note.key) == ("7.7", made, "n")


async def test_notes_of_a_thread_are_said_in_their_order(database: Database) -> None:
    thread = await shown_card(database)
    await queue(database, thread, "quiet", now=second(1))
    await queue(database, thread, "ping", now=second(2), broadcast=True)
    said = []
    for number in (10, 20):
        job = await claim_note(database, now=second(number))
        said.append(job.note.key)
        async with database.writing() as tx:
            await notes.record_said(tx, job, ts="1.1")
            await channels.release(tx, job.channel.id, "a", posted_at=second(number))
    assert said == ["quiet", "ping"]
    assert await claim(database, now=minute(1)) is None


async def test_a_note_waits_while_an_older_one_of_its_thread_is_in_trouble(
    database: Database,
) -> None:
    thread = await shown_card(database)
    await queue(database, thread, "older", "newer")
    job = await claim_note(database, now=second(5))
    async with database.writing() as tx:
        await notes.put_back(tx, job, due_at=minute(1), error="x", counted=True, unclear=False)
        await channels.release(tx, job.channel.id, "a", wait_until=second(6))
    assert await claim(database, now=second(59)) is None
    assert await soonest(database, now=second(30)) == minute(1)
    assert (await claim_note(database, now=minute(1))).note.key == "older"


async def test_a_thread_in_trouble_holds_up_no_other_thread(database: Database) -> None:
    one, other = await shown_card(database, 1, "a"), await shown_card(database, 2, "b")
    await queue(database, one, "older", "newer")
    await queue(database, other, "elsewhere")
    await claim_note(database, now=second(5))
    assert (await claim_note(database, "b", now=second(5))).note.key == "elsewhere"


async def test_a_note_given_up_lets_the_next_one_go(database: Database) -> None:
    await queue(database, await shown_card(database), "older", "newer")
    job = await claim_note(database, now=second(5))
    async with database.writing() as tx:
        await notes.give_up(tx, job, error="msg_too_long")
        await channels.release(tx, job.channel.id, "a")
    assert (await claim_note(database, now=second(6))).note.key == "newer"


async def test_a_note_queued_twice_is_said_once(database: Database) -> None:
    thread = await shown_card(database)
    await queue(database, thread, "n", "n")
    await queue(database, thread, "n")
    job = await claim_note(database, now=second(5))
    async with database.writing() as tx:
        await notes.record_said(tx, job, ts="1.1")
        await channels.release(tx, job.channel.id, "a")
    await queue(database, thread, "n", now=second(6))
    assert await claim(database, now=minute(1)) is None


async def test_one_note_is_said_on_each_card_of_its_incident(database: Database) -> None:
    one = await shown_card(database, 1, "ops")
    other = await card(database, 1, "db")
    await show(database, ts="200.1")
    await queue(database, one, "n")
    await queue(database, other, "n")
    told = {(await claim_note(database, now=second(5))).card_id for _ in range(2)}
    assert told == {one, other}


async def test_a_first_post_tells_the_notes_before_it_and_no_later_ones(
    database: Database,
) -> None:
    made = await incident_card(database)
    await queue(database, made, "before")
    job = await claim_card(database, now=second(1))
    await queue(database, made, "after", now=second(2))
    await record_shown(database, job, now=second(3), ts="1.1")
    assert (await claim_note(database, now=minute(1))).note.key == "after"


async def test_a_change_applied_while_its_card_is_claimed_keeps_its_ping(
    database: Database,
) -> None:
    """The batch began before the claim and was stored after it: the post did not tell it."""
    made = await incident_card(database)
    job = await claim_card(database, now=second(1))
    await progress(database, incident(), now=NOON)
    await queue(database, made, "severity raised", now=NOON, broadcast=True)
    await record_shown(database, job, now=second(2), ts="1.1")
    assert (await claim_note(database, now=minute(1))).note.key == "severity raised"


async def test_looking_for_a_post_tells_no_note(database: Database) -> None:
    made = await incident_card(database)
    await claim_card(database)
    await queue(database, made, "since the try", now=second(1))
    looking = await claim_card(database, "b", now=second(30))
    await record_shown(database, looking, now=second(31), ts="1.1")
    assert (await claim_note(database, now=minute(1))).note.key == "since the try"


# Late cards.


@pytest.mark.parametrize(
    ("seconds", "late"), [(59, None), (60, 60), (3725, 3725)], ids=["in time", "late", "an hour"]
)
async def test_a_card_shown_late_says_how_late(
    database: Database, seconds: int, late: int | None
) -> None:
    await incident_card(database)
    job = await claim_card(database, now=second(seconds))
    assert job.late_by == (timedelta(seconds=late) if late else None)


async def test_a_card_that_came_late_says_so_for_ever(database: Database) -> None:
    await incident_card(database)
    await show(database, now=second(90))
    await progress(database, incident(), now=minute(60))
    job = await claim_card(database, now=minute(60))
    assert job.late_by == timedelta(seconds=90)


async def test_a_card_posted_anew_because_somebody_deleted_it_is_not_late(
    database: Database,
) -> None:
    await shown_card(database)
    await progress(database, incident(), now=minute(60))
    job = await claim_card(database, now=minute(60))
    async with database.writing() as tx:
        await claim_ends.forget_message(tx, job, now=minute(60))
        await channels.release(tx, job.channel.id, "a")
    anew = await claim_card(database, now=minute(60))
    assert (anew.ts, anew.late_by) == (None, None)


# When to look again.


async def test_work_in_the_air_is_looked_at_when_its_lease_ends(database: Database) -> None:
    await incident_card(database)
    await claim_card(database)
    assert await soonest(database, now=second(1)) == second(30)


async def test_the_soonest_of_all_channels_counts(database: Database) -> None:
    await incident_card(database, 1, "ops", urgency=FIRST_CRITICAL)
    await put_back(database, await claim_card(database), seconds=60, unclear=False)
    await incident_card(database, 2, "db")
    await put_back(database, await claim_card(database), seconds=20, unclear=False)
    assert await soonest(database, now=second(1)) == second(20)


async def test_what_could_have_been_done_long_ago_may_be_done_now(database: Database) -> None:
    await incident_card(database)
    assert await soonest(database, now=minute(5)) == minute(5)
