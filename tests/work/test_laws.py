"""The laws of delivery (bot/work/deliver.py), one after the other, against a real Slack's wire."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.rules.job import CardJob
from bot.rules.record import Reported
from bot.rules.routing import Route
from bot.rules.severity import Severity
from bot.slack.calls import CALL_TIMEOUT
from bot.slack.card import render_card
from bot.slack.marks import card_mark
from bot.store.tables import incidents
from bot.work.act import Effect, Verb
from bot.work.deliver import LEASE
from bot.work.faces import face_of
from bot.work.timing import SETTLE
from tests.support.world import ANN, LI, World

SLOW = pytest.mark.slow  # it waits for the hard timeout of a call


def text_of(message: object) -> str:
    return str(vars(message))


# Law 1: only saves bump `wanted`; equal values write nothing and bump nothing.


async def test_a_callback_that_changes_bumps_wanted(town: World) -> None:
    await town.hear()
    await town.hear(value=97.5)
    assert (await town.card())["wanted"] == 2


async def test_a_second_click_bumps_nothing(town: World) -> None:
    await town.hear()
    card = (await town.card())["id"]
    assert (await town.click(Verb.ACKNOWLEDGE, card)).effect is Effect.DONE
    assert (await town.click(Verb.ACKNOWLEDGE, card, LI)).effect is Effect.NOTHING_NEW
    assert (await town.card())["wanted"] == 2


# Law 2: claimed with a lease, committed before any call.


async def test_a_claimed_card_is_not_claimed_twice(town: World) -> None:
    await town.hear()
    assert await town.deliverer.claim() is not None
    assert await town.another_replica("two").claim() is None


async def test_a_lease_that_ran_out_is_taken_over(town: World) -> None:
    await town.hear()
    await town.deliverer.claim()
    town.time.pass_by(LEASE.total_seconds() + 1)
    other = town.another_replica("two")
    await other.drain()
    town.time.pass_by(SETTLE.total_seconds())
    await other.drain()
    assert len(town.top()) == 1


async def test_one_channel_is_worked_on_by_one_at_a_time(town: World) -> None:
    await town.hear(alarm="cpu")
    await town.hear(alarm="disk")
    assert await town.deliverer.claim() is not None
    assert await town.another_replica("two").claim() is None


# Laws 3 and 4: what was rendered at the claim is what is recorded.


async def test_a_change_during_the_post_is_shown_by_an_edit(town: World) -> None:
    await town.hear()
    job = await town.deliverer.claim()
    assert job is not None
    await town.hear(value=97.5)
    await town.deliverer.work_off(job)
    assert (await town.card())["posted"] == 1
    await town.deliver(rounds=2)
    card = await town.card()
    assert card["posted"] == card["wanted"] == 2
    assert "97.5" in text_of(town.top()[0])


# Law 5.


def test_the_lease_is_longer_than_the_longest_call() -> None:
    assert 2 * CALL_TIMEOUT + timedelta(seconds=5) < LEASE


@pytest.mark.fault("F44")
@pytest.mark.parametrize("left", [CALL_TIMEOUT / 2, -CALL_TIMEOUT], ids=["nearly-over", "over"])
async def test_a_thawed_process_does_not_call_on_an_old_lease(town: World, left: timedelta) -> None:
    await town.hear()
    job = await town.deliverer.claim()
    assert job is not None
    town.time.pass_by((LEASE - left).total_seconds())
    await town.deliverer.work_off(job)
    assert town.slack.calls("chat.postMessage") == []


# Law 6.


async def test_a_card_that_looks_the_same_is_not_sent_again(town: World) -> None:
    await town.hear()
    await town.deliver()
    card = (await town.card())["id"]
    await town.click(Verb.ACKNOWLEDGE, card)
    await town.click(Verb.UNACKNOWLEDGE, card)
    await town.deliver()
    assert (await town.card())["posted"] == 3
    assert town.slack.calls("chat.update") == []


async def test_an_edit_whose_answer_was_lost_is_not_taken_for_unmade(town: World) -> None:
    await town.hear()
    await town.deliver()
    town.slack.fault("chat.update", "drop-after-post")
    card = (await town.card())["id"]
    await town.click(Verb.ACKNOWLEDGE, card)
    await town.deliverer.drain()
    await town.click(Verb.UNACKNOWLEDGE, card)
    await town.deliver(rounds=3)
    assert "Acknowledged by" not in town.top()[0].text


# Law 7: a post whose outcome is unclear is looked for before it is repeated.


@pytest.mark.fault("F19")
@pytest.mark.parametrize(
    "fault",
    ["drop-after-post", "500-after-post", pytest.param("hang-after-post(30)", marks=SLOW)],
)
async def test_a_post_whose_answer_was_lost_stays_one_card(town: World, fault: str) -> None:
    town.slack.fault("chat.postMessage", fault)
    await town.hear()
    await town.deliver(rounds=3)
    assert len(town.top()) == 1
    card = await town.card()
    assert card["ts"] == town.top()[0].ts
    assert card["posted"] == card["wanted"]


@pytest.mark.parametrize("fault", ["drop-before", "500", "badjson", "html200"])
async def test_a_post_that_never_arrived_is_made_once_it_settled(town: World, fault: str) -> None:
    town.slack.fault("chat.postMessage", fault)
    await town.hear()
    await town.deliver(rounds=3, seconds=SETTLE.total_seconds())
    assert len(town.top()) == 1


async def test_a_try_is_noted_before_it_is_made(town: World) -> None:
    await town.hear()
    await town.deliverer.claim()
    assert (await town.card())["tried_at"] is not None


async def test_a_killed_process_doubles_no_card(town: World) -> None:
    await town.hear()
    job = await town.deliverer.claim()
    assert isinstance(job, CardJob)
    message = render_card(face_of(job), job.language)
    await town.calls.post("alarms", message, mark=card_mark(job.card_id, job.version))
    # The process dies here: the message is in Slack, and nothing of it is recorded.
    town.time.pass_by(LEASE.total_seconds() + 1)
    other = town.another_replica("two")
    await other.drain()
    assert (await town.card())["ts"] == town.top()[0].ts
    town.time.pass_by(SETTLE.total_seconds())
    await other.drain()
    assert len(town.top()) == 1


# Law 8: notes.


async def test_a_note_waits_for_its_card(town: World) -> None:
    await town.hear()
    await town.deliver()
    town.slack.fault("chat.postMessage", "error(ratelimited)")
    await town.hear(severity=Severity.CRITICAL)
    await town.deliver(rounds=4)
    assert [note.thread_ts for note in town.said()] == [town.top()[0].ts]


@pytest.mark.fault("F19")
async def test_a_note_is_said_once_through_a_lost_answer(town: World) -> None:
    await town.hear()
    await town.deliver()
    town.slack.fault("chat.postMessage", "drop-after-post")
    await town.hear(severity=Severity.CRITICAL)
    await town.deliver(rounds=4, seconds=SETTLE.total_seconds())
    assert len(town.said()) == 1


async def test_a_first_post_tells_what_happened_before_it(town: World) -> None:
    await town.hear()
    await town.hear(severity=Severity.CRITICAL)
    await town.hear(Reported.OK, value=40)
    await town.deliver(rounds=5)
    assert town.said() == []
    assert len(town.top()) == 1


# Law 9: the failure table.


@pytest.mark.fault("F24")
async def test_a_refused_card_is_sent_in_plain_words(town: World) -> None:
    town.slack.fault("chat.postMessage", "error(invalid_blocks)")
    await town.hear()
    await town.deliver()
    (message,) = town.top()
    assert message.blocks == []
    assert "91.25" in message.text


@pytest.mark.fault("F23")
async def test_a_card_deleted_by_a_person_is_posted_anew(town: World) -> None:
    await town.hear()
    await town.deliver()
    town.slack.delete_message("alarms", town.top()[0].ts)
    await town.hear(value=97.5)
    await town.deliver(rounds=4)
    (message,) = town.top()
    assert "97.5" in text_of(message)


@pytest.mark.fault("F21")
async def test_a_revoked_token_stops_every_call_and_resumes(town: World) -> None:
    town.slack.revoke()
    await town.hear(alarm="cpu")
    await town.hear(alarm="disk")
    await town.deliver(rounds=5)
    assert len(town.slack.calls("chat.postMessage")) == 1
    town.slack.restore_token()
    await town.deliver(rounds=3, seconds=61)
    assert len(town.top()) == 2


async def test_an_unknown_word_on_an_edit_is_given_up_per_version(town: World) -> None:
    await town.hear()
    await town.deliver()
    town.slack.fault("chat.update", "error(word_of_the_future)", times=None)
    await town.hear(value=97.5)
    await town.deliver(rounds=30, seconds=61)
    tries = len(town.slack.calls("chat.update"))
    assert tries == 20
    town.slack.clear_faults()
    await town.hear(value=98.0)
    await town.deliver(rounds=2)
    assert "98" in text_of(town.top()[0])


async def test_a_first_post_is_never_given_up(town: World) -> None:
    town.slack.fault("chat.postMessage", "error(word_of_the_future)", times=40)
    await town.hear()
    await town.deliver(rounds=45, seconds=61)
    assert len(town.top()) == 1


# Law 10: failures stay where they are.


async def test_a_dead_channel_stops_no_other_channel(town: World) -> None:
    town.routes = (Route("db", {"rule": ("rule-db",)}, "db-alarms"),)
    town.slack.archive("db-alarms")
    await town.hear(alarm="db", severity=Severity.CRITICAL)
    await town.hear(alarm="cpu")
    await town.deliver(rounds=3)
    assert len(town.top("alarms")) == 1
    assert (await town.channel("db-alarms"))["parked_reason"] == "is_archived"
    town.slack.archive("db-alarms", archived=False)
    await town.deliver(rounds=3, seconds=61)
    assert len(town.top("db-alarms")) == 1
    assert (await town.channel("db-alarms"))["parked_reason"] is None


async def test_a_row_that_cannot_be_read_stops_nobody_else(town: World) -> None:
    await town.hear(alarm="cpu", severity=Severity.CRITICAL)
    await town.hear(alarm="disk", severity=Severity.INFO)
    (first, _) = await town.cards()
    async with town.database.writing() as tx:
        await tx.connection.execute(
            sa.update(incidents)
            .where(incidents.c.id == first["incident_id"])
            .values(sort="of_the_future")
        )
    await town.deliver(rounds=3)
    assert ["disk" in message.text for message in town.top()] == [True]
    assert "unreadable row" in (await town.cards())[0]["last_error"]


async def test_a_job_that_takes_longer_than_its_lease_is_let_go(town: World) -> None:
    await town.hear()
    job = await town.deliverer.claim()
    assert job is not None
    town.time.pass_by(LEASE.total_seconds())
    await town.deliverer.work_off(job)
    assert town.slack.calls("chat.postMessage") == []


# Law 11: a 429 is nobody's fault.


@pytest.mark.fault("F17")
async def test_a_rate_limit_shuts_the_channel_and_counts_no_attempt(town: World) -> None:
    town.slack.fault("chat.postMessage", "429(20)")
    await town.hear()
    await town.deliver(rounds=5)
    assert len(town.slack.calls("chat.postMessage")) == 1
    assert (await town.card())["attempts"] == 0
    await town.deliver(rounds=2, seconds=20)
    assert len(town.top()) == 1


@pytest.mark.fault("F17")
async def test_a_rate_limit_on_edits_leaves_posts_alone(town: World) -> None:
    await town.hear(alarm="cpu")
    await town.deliver()
    town.slack.fault("chat.update", "429(30)")
    await town.hear(alarm="cpu", value=97.5)
    await town.deliver()
    await town.hear(alarm="disk")
    await town.deliver(rounds=2)
    assert len(town.top()) == 2
    assert len(town.slack.calls("chat.update")) == 1


async def test_posts_of_a_channel_keep_a_second_apart(town: World) -> None:
    for number in range(5):
        await town.hear(alarm=f"alarm-{number}")
    await town.deliverer.drain()
    assert len(town.top()) == 1
    town.time.pass_by(0.9)
    await town.deliverer.drain()
    assert len(town.top()) == 1
    town.time.pass_by(0.2)
    await town.deliverer.drain()
    assert len(town.top()) == 2


# Law 12: the order when the gate is narrow.


async def test_the_worst_new_card_goes_first(town: World) -> None:
    await town.hear(alarm="info", severity=Severity.INFO)
    await town.hear(alarm="warn", severity=Severity.WARN)
    await town.hear(alarm="critical", severity=Severity.CRITICAL)
    await town.deliver(rounds=3)
    order = [message.text for message in town.top()]
    assert [next(n for n in ("critical", "warn", "info") if f"Alarm {n}" in t) for t in order] == [
        "critical",
        "warn",
        "info",
    ]


async def test_a_card_shown_late_says_how_late(town: World) -> None:
    await town.hear()
    town.time.pass_by(240)
    await town.deliver()
    assert "4 min" in text_of(town.top()[0])


# Law 13.


async def test_after_stop_nothing_is_claimed(town: World) -> None:
    town.deliverer.stop()
    await town.hear()
    await town.deliverer.run()
    assert town.slack.calls("chat.postMessage") == []


async def test_who_acknowledged_stands_on_the_card(town: World) -> None:
    await town.hear()
    await town.deliver()
    await town.click(Verb.ACKNOWLEDGE, (await town.card())["id"], ANN)
    await town.deliver()
    assert ANN.id in text_of(town.top()[0])


async def test_what_came_and_went_is_shown_though_threads_have_more_to_say_than_they_may(
    town: World,
) -> None:
    noisy = ("cpu", "disk", "load")
    for alarm in noisy:
        await town.hear(alarm=alarm)
    await town.go_on(seconds=5)
    await town.hear(alarm="brief")
    await town.hear(Reported.OK, alarm="brief")
    for number in range(40):
        for alarm in noisy:
            await town.hear(Reported.ALERT if number % 2 else Reported.OK, alarm=alarm)
        await town.go_on(seconds=1)
    assert any(note["outcome"] is None for note in await town.notes())
    assert [card.text.split()[0] for card in town.top() if "brief" in card.text] == ["Recovered"]
