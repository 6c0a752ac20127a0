"""Mutes at work: what is quiet, what is shown all the same, and how each one ends, aloud."""

from datetime import timedelta

import pytest

from bot.rules.mute import EndReason, MuteRefused
from bot.rules.record import Reported
from bot.rules.severity import Severity
from bot.work import mute
from bot.work.act import Effect, Verb
from tests.support.world import ANN, LI, World, matcher_of

CPU = "instanceid=i-cpu"
HOUR = 3_600


def told(town: World, channel: str = "alarms") -> str:
    return "\n".join(message.text for message in town.said(channel))


# Quiet


async def test_a_muted_incident_is_recorded_and_posts_nothing(town: World) -> None:
    await town.mute(CPU)
    await town.hear()
    await town.deliver(rounds=3)
    assert town.top() == []
    (card,) = await town.cards()
    assert card["held"] == "muted"


async def test_what_a_mute_does_not_match_is_heard(town: World) -> None:
    await town.mute(CPU)
    await town.hear(alarm="disk")
    await town.deliver()
    assert len(town.top()) == 1


async def test_a_card_shown_already_says_who_muted_it_until_when_and_why(town: World) -> None:
    await town.hear()
    await town.deliver()
    await town.mute(CPU)
    await town.deliver()
    (shown,) = town.top()
    body = str(shown.attachments)
    assert f"Muted by <@{ANN.id}> until <!date^" in body
    assert "log rotation" in body


async def test_a_card_shown_already_stays_true_and_pings_nobody(town: World) -> None:
    await town.hear()
    await town.deliver()
    await town.mute(CPU)
    await town.hear(value=99.5)
    await town.hear(Reported.OK, value=40.0)
    await town.deliver(rounds=3)
    (shown,) = town.top()
    assert "Recovered after" in shown.text
    assert town.said() == []


async def test_a_card_that_somebody_deleted_is_not_posted_anew_while_muted(town: World) -> None:
    await town.hear()
    await town.deliver()
    await town.mute(CPU)
    await town.deliver()
    town.slack.delete_message("alarms", town.top()[0].ts)
    await town.hear(value=99.5)
    await town.deliver(rounds=3)
    assert town.top() == []


async def test_a_mute_that_begins_later_begins_by_itself(town: World) -> None:
    await town.hear()
    await town.deliver()
    later = town.time.now + timedelta(hours=1)
    await town.mute(CPU, hours=2, starts_at=later)
    town.time.pass_by(HOUR + 1)
    await town.tick()
    await town.deliver()
    assert "Muted by" in str(town.top()[0].attachments)


async def test_a_mute_made_twice_by_one_request_is_one(town: World) -> None:
    new = mute.NewMute((matcher_of(CPU),), "x", town.time.now + timedelta(hours=1))
    first, second = [
        await mute.create(
            town.database, new, by=ANN, via="slack", key="t1", now=town.time.now, poke=list
        )
        for _ in range(2)
    ]
    assert first.id == second.id
    assert len(await mute.page(town.database, ended=False, limit=9)) == 1


async def test_a_mute_of_everything_is_refused(town: World) -> None:
    with pytest.raises(MuteRefused):
        await town.mute("severity!=CRITICAL")


async def test_a_card_posted_just_before_the_crash_is_found_and_says_that_it_is_muted(
    town: World,
) -> None:
    await town.hear()
    town.slack.fault("chat.postMessage", "drop-after-post")
    await town.deliver()
    await town.mute(CPU)
    await town.deliver(rounds=12)
    assert "Muted by" in str(town.top()[0].attachments)


# Endings


@pytest.mark.fault("F32")
async def test_what_still_fires_when_time_is_up_is_posted_and_says_why(town: World) -> None:
    made = await town.mute(CPU)
    await town.hear()
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver(rounds=3)
    (shown,) = town.top()
    assert "Muted" not in str(shown.attachments)
    assert f"The mute by <@{ANN.id}> ended and it still fires" in told(town)
    assert "extend_mute" in str(town.said()[0].blocks)
    assert (await town.mute_row(made.id)).look_again_at is None


async def test_a_card_that_was_muted_is_not_called_late(town: World) -> None:
    await town.mute(CPU)
    await town.hear()
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver()
    assert "late" not in str(town.top()[0].attachments)


@pytest.mark.fault("F32")
async def test_what_was_shown_before_is_told_in_its_thread_once(town: World) -> None:
    await town.hear()
    await town.deliver()
    await town.mute(CPU)
    town.time.pass_by(HOUR)
    for _ in range(3):
        await town.tick()
        await town.deliver(rounds=2)
    assert told(town).count("ended and it still fires") == 1


async def test_a_callback_that_comes_before_the_tick_ends_the_mute_as_well(town: World) -> None:
    await town.hear()
    await town.deliver()
    await town.mute(CPU)
    town.time.pass_by(HOUR)
    await town.hear(value=95.0)
    await town.tick()
    await town.deliver(rounds=3)
    assert told(town).count("ended and it still fires") == 1


async def test_what_came_and_went_under_a_mute_is_never_posted(town: World) -> None:
    await town.mute(CPU)
    await town.hear()
    await town.hear(Reported.OK, value=40.0)
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver(rounds=3)
    assert town.top() == []


async def test_something_worse_ends_a_mute_and_is_heard(town: World) -> None:
    await town.hear()
    await town.deliver()
    made = await town.mute(CPU)
    await town.hear(severity=Severity.CRITICAL, value=99.0)
    await town.tick()
    await town.deliver(rounds=3)
    ended = (await town.mute_row(made.id)).ended
    assert ended is not None
    assert ended.because is EndReason.SEVERITY
    assert "Severity raised from WARN to CRITICAL" in told(town)
    assert told(town).count("ended because it got worse") == 1


async def test_something_worse_stays_quiet_if_the_author_wants_it(town: World) -> None:
    await town.hear()
    await town.deliver()
    made = await town.mute(CPU, wakes_on_worse=False)
    await town.hear(severity=Severity.CRITICAL, value=99.0)
    await town.tick()
    await town.deliver(rounds=3)
    assert (await town.mute_row(made.id)).ended is None
    assert town.said() == []


async def test_a_mute_until_recovery_ends_when_the_last_has_recovered(town: World) -> None:
    await town.hear(alarm="a")
    await town.hear(alarm="b")
    made = await town.mute("project=acs_ecs", until_recovered=True, hours=48)
    await town.hear(Reported.OK, alarm="a")
    await town.tick()
    assert (await town.mute_row(made.id)).ended is None
    await town.hear(Reported.OK, alarm="b")
    await town.tick()
    ended = (await town.mute_row(made.id)).ended
    assert ended is not None
    assert ended.because is EndReason.RECOVERY
    await town.hear(alarm="a")
    await town.deliver(rounds=3)
    assert ["Fired again" in message.text for message in town.top()] == [True]


async def test_a_mute_with_nothing_to_do_ends(town: World) -> None:
    made = await town.mute(CPU, hours=10, idle=timedelta(hours=1))
    town.time.pass_by(HOUR / 2)
    await town.hear()
    town.time.pass_by(HOUR * 3 / 4)
    await town.tick()
    assert (await town.mute_row(made.id)).ended is None
    town.time.pass_by(HOUR / 4 + 1)
    await town.tick()
    ended = (await town.mute_row(made.id)).ended
    assert ended is not None
    assert ended.because is EndReason.IDLE


async def test_another_mute_keeps_quiet_what_the_first_lets_go(town: World) -> None:
    await town.mute(CPU, hours=1)
    await town.hear()
    await town.mute("metric=CPUUtilization", hours=2, by=LI)
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver(rounds=3)
    assert town.top() == []


async def test_a_person_can_end_it_and_is_named(town: World) -> None:
    made = await town.mute(CPU)
    await town.hear()
    await mute.end(town.database, made.id, by=LI, via="tests", now=town.time.now, poke=list)
    await town.tick()
    await town.deliver(rounds=3)
    assert f"<@{LI.id}> ended the mute and it still fires" in told(town)


async def test_extending_an_ended_mute_makes_it_quiet_again(town: World) -> None:
    made = await town.mute(CPU)
    await town.hear()
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver(rounds=3)
    await mute.extend(town.database, made.id, by=LI, via="tests", now=town.time.now, poke=list)
    await town.deliver()
    assert "Muted by" in str(town.top()[0].attachments)
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver(rounds=3)
    assert told(town).count("ended and it still fires") == 2


async def test_editing_a_mute_lets_go_what_it_no_longer_matches(town: World) -> None:
    await town.hear(alarm="a")
    await town.hear(alarm="b")
    made = await town.mute("project=acs_ecs")
    narrower = mute.NewMute(
        (matcher_of("instanceid=i-b"),), "only b", town.time.now + timedelta(hours=1)
    )
    await mute.edit(
        town.database, made.id, narrower, by=LI, via="tests", now=town.time.now, poke=list
    )
    await town.tick()
    await town.deliver(rounds=3)
    assert [message.text for message in town.top() if "i-a" in message.text]
    assert not [message.text for message in town.top() if "i-b" in message.text]


# Words to people


async def test_the_author_gets_a_receipt_of_what_was_hidden(town: World) -> None:
    await town.mute("project=acs_ecs")
    await town.hear(alarm="a", value=97.0)
    await town.hear(alarm="a", value=99.1)
    await town.hear(alarm="b", value=91.0)
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver(rounds=4)
    direct = next(c.id for c in town.slack.space.channels.values() if c.im_with == ANN.id)
    (receipt,) = town.top(direct)
    assert "Your mute has ended" in receipt.text
    assert "It hid 3 callbacks on 2 instances" in receipt.text
    assert "99.1" in receipt.text


async def test_a_mute_by_a_script_writes_to_nobody(town: World) -> None:
    from bot.rules.incident import Person

    await town.mute(CPU, by=Person("api:deploy", "deploy"))
    town.time.pass_by(HOUR)
    await town.tick()
    await town.deliver(rounds=3)
    assert await town.cards() == []


async def test_a_long_mute_reminds_its_thread_before_it_ends(town: World) -> None:
    await town.hear()
    await town.deliver()
    card = (await town.card())["id"]
    await town.mute(CPU, hours=4, card_id=card)
    town.time.pass_by(3.7 * HOUR)
    await town.tick()
    assert told(town) == ""
    town.time.pass_by(0.1 * HOUR)
    for _ in range(3):
        await town.tick()
        await town.deliver(rounds=2)
    assert told(town).count(f"The mute by <@{ANN.id}> ends at") == 1


async def test_each_act_on_a_mute_leaves_one_line_in_the_audit(town: World) -> None:
    import sqlalchemy as sa

    from bot.store.tables import acts

    made = await town.mute(CPU)
    now = town.time.now
    await mute.extend(town.database, made.id, by=LI, via="api", now=now, poke=list)
    await mute.end(town.database, made.id, by=LI, via="api", key="k", now=now, poke=list)
    await mute.end(town.database, made.id, by=LI, via="api", key="k", now=now, poke=list)
    async with town.database.reading() as tx:
        rows = (await tx.connection.execute(sa.select(acts).order_by(acts.c.at))).mappings().all()
    assert sorted(row["verb"] for row in rows) == ["extend_mute", "mute", "unmute"]
    assert {row["mute_id"] for row in rows} == {made.id}


# Opened again by hand: the mutes of that moment are asked, not those of when it was closed


async def closed_while_muted(town: World) -> tuple[str, int]:
    """The card of an incident that a person closed while a mute kept it quiet, and the mute."""
    made = await town.mute(CPU)
    await town.hear()
    (card,) = await town.cards()
    assert (await town.click(Verb.RESOLVE, card["id"])).effect is Effect.DONE
    return card["id"], made.id


async def test_what_is_opened_again_after_its_mute_has_ended_is_heard(town: World) -> None:
    card, number = await closed_while_muted(town)
    await mute.end(town.database, number, by=ANN, via="slack", now=town.time.now, poke=list)
    await town.tick()
    opened = (await town.click(Verb.REOPEN, card)).incident
    assert opened is not None
    assert (opened.is_open, opened.mute_id) == (True, None)
    await town.deliver(rounds=3)
    assert (await town.cards())[0]["held"] is None
    assert len(town.top()) == 1


async def test_what_is_opened_again_while_its_mute_lasts_stays_quiet(town: World) -> None:
    card, number = await closed_while_muted(town)
    opened = (await town.click(Verb.REOPEN, card)).incident
    assert opened is not None
    assert (opened.is_open, opened.mute_id) == (True, number)
    await mute.end(town.database, number, by=ANN, via="slack", now=town.time.now, poke=list)
    await town.tick()
    assert await mute.holding(town.database, number) == 0


async def test_what_is_opened_again_after_a_mute_was_made_is_quiet(town: World) -> None:
    await town.hear()
    await town.deliver()
    (card,) = await town.cards()
    await town.click(Verb.RESOLVE, card["id"])
    made = await town.mute(CPU)
    opened = (await town.click(Verb.REOPEN, card["id"])).incident
    assert opened is not None
    assert opened.mute_id == made.id
