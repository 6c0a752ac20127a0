"""The main job: an alarm becomes a card, a person takes it, it recovers, and everybody sees."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU, CPU_2, FORM, TRAFFIC, Sample, reboot
from tests.support.town import CALLBACK_TOKEN, OPEN, TAKEN, Town, buttons, colour, lines, town

GREEN = "#2eb886"


def warning(value: float = 91.25, *, minutes_ago: float = 0) -> Sample:
    return CPU.says("ALERT", value, utc_now() - timedelta(minutes=minutes_ago))


def critical(value: float = 97.5) -> Sample:
    return CPU.says("ALERT", value, utc_now(), now="CRITICAL", before="WARN")


def recovery(*, minutes_ago: float = 0) -> Sample:
    return CPU.says("OK", 41.7, utc_now() - timedelta(minutes=minutes_ago), now="OK", before="WARN")


async def acknowledged(town: Town) -> None:
    await town.card()
    assert (await town.slack.click("Acknowledge")).ok
    await town.slack.until(lambda: buttons(town.cards()[-1]) == TAKEN)


# An alarm arrives


async def test_an_alarm_appears_as_a_card(either_town: Town) -> None:
    await either_town.send(warning())
    card = await either_town.card()
    assert "CPU" in card.text
    assert "91.25 %" in card.text
    assert "web-prod-01" in card.text
    assert buttons(card) == OPEN


async def test_a_callback_by_get_appears_as_well(small_town: Town) -> None:
    fields = warning().body.decode()
    async with small_town.http.get(f"{small_town.callback_url}?{fields}") as answer:
        assert answer.status == 200
    assert "91.25 %" in (await small_town.card()).text


async def test_the_same_rule_on_two_instances_makes_two_cards(small_town: Town) -> None:
    await small_town.send(warning())
    await small_town.send(CPU_2.says("ALERT", 88.4, utc_now()))
    cards = await small_town.slack.until(
        lambda: len(small_town.cards()) == 2 and small_town.cards()
    )
    assert "web-prod-01" in cards[0].text
    assert "web-prod-02" in cards[1].text


@pytest.mark.fault("F2")
async def test_a_repeated_alarm_edits_its_card(each_town: Town) -> None:
    await each_town.send(warning())
    await each_town.card()
    await each_town.send(warning(95.5))
    await each_town.slack.until(lambda: "95.5 %" in each_town.cards()[0].text)
    assert len(each_town.cards()) == 1


async def test_an_alarm_that_gets_worse_says_so_in_its_thread(small_town: Town) -> None:
    await small_town.send(warning())
    before = colour(await small_town.card())
    await small_town.send(critical())
    await small_town.slack.until(small_town.notes)
    assert "Severity raised from WARN to CRITICAL" in small_town.notes()[0]
    assert "· web-prod-01" in small_town.notes()[0]
    card = await small_town.slack.until(
        lambda: small_town.cards()[0] if "CRITICAL" in small_town.cards()[0].text else None
    )
    assert colour(card) != before


async def test_lost_data_is_no_recovery(small_town: Town) -> None:
    await small_town.send(TRAFFIC.says("INSUFFICIENT_DATA", 0, utc_now(), now="INFO"))
    card = await small_town.card()
    assert "not a recovery" in card.text
    assert buttons(card) == OPEN


# Somebody takes it


async def test_acknowledge_names_ann_on_the_card(either_town: Town) -> None:
    await either_town.send(warning())
    await acknowledged(either_town)
    card = either_town.cards()[0]
    assert "Acknowledged by ann" in card.text
    assert "U0ANN00001" in str(card.attachments)


async def test_acknowledge_is_told_by_the_api(each_town: Town) -> None:
    await each_town.send(warning())
    await acknowledged(each_town)
    taken = (await each_town.incident())["acknowledged_by"]
    assert taken == {"id": "U0ANN00001", "name": "ann"}


async def test_acknowledge_can_be_undone_on_the_card(either_town: Town) -> None:
    await either_town.send(warning())
    await acknowledged(either_town)
    assert (await either_town.slack.click("Unacknowledge")).ok
    await either_town.slack.until(lambda: buttons(either_town.cards()[0]) == OPEN)
    assert "Acknowledged" not in either_town.cards()[0].text


async def test_an_alarm_in_two_channels_is_taken_in_both(sqlite_url: str, tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    routes.write_text("routes:\n  - channel: db-alarms\n    continue: true\n  - channel: alarms\n")
    async with town(sqlite_url, extra={"TOCSIN_ROUTES": str(routes)}) as made:
        await made.send(warning())
        await made.card("db-alarms")
        await made.slack.click("Acknowledge", on=await made.card("alarms"))
        await made.slack.until(
            lambda: (
                "Acknowledged by ann" in made.cards("alarms")[0].text
                and "Acknowledged by ann" in made.cards("db-alarms")[0].text
            )
        )


# It is over


async def test_a_recovery_turns_the_card_green_and_small(either_town: Town) -> None:
    await either_town.send(warning())
    before = lines(await either_town.card())
    await either_town.send(recovery())
    await either_town.slack.until(lambda: colour(either_town.cards()[0]) == GREEN)
    card = either_town.cards()[0]
    assert lines(card) < before
    assert buttons(card) == []
    assert "91.25 %" in card.text


async def test_a_recovery_is_told_in_the_thread(small_town: Town) -> None:
    await small_town.send(warning(minutes_ago=12))
    await small_town.card()
    await small_town.send(recovery())
    await small_town.slack.until(small_town.notes)
    assert len(small_town.notes()) == 1
    assert "Recovered after 12 min" in small_town.notes()[0]


async def test_a_recovery_of_an_unknown_alarm_is_quiet(small_town: Town) -> None:
    told = await small_town.sent_and_applied(recovery())
    assert told["outcome"] == "recovered"
    assert colour(await small_town.card()) == GREEN
    assert small_town.notes() == []


# It comes back


async def test_a_firing_soon_after_reopens_the_same_card(each_town: Town) -> None:
    await each_town.send(warning(minutes_ago=9))
    await each_town.card()
    await each_town.send(recovery(minutes_ago=5))
    told = await each_town.sent_and_applied(warning(93.0))
    assert told["outcome"] == "reopened"
    said = await each_town.slack.until(lambda: [n for n in each_town.notes() if "again" in n])
    assert "2nd time in 9 min" in said[0]
    await each_town.slack.until(lambda: "93 %" in each_town.cards()[0].text)
    assert len(each_town.cards()) == 1


async def test_a_firing_long_after_opens_a_new_card(each_town: Town) -> None:
    first = await each_town.sent_and_applied(warning(minutes_ago=60))
    await each_town.send(recovery(minutes_ago=50))
    second = await each_town.sent_and_applied(warning())
    assert second["outcome"] == "opened"
    incident = await each_town.ask(f"incidents/{second['incident_id']}")
    assert incident["previous_id"] == first["incident_id"]
    await each_town.slack.until(lambda: len(each_town.cards()) == 2)


async def test_an_acknowledgement_never_passes_to_a_new_incident(small_town: Town) -> None:
    await small_town.send(warning(minutes_ago=60))
    await acknowledged(small_town)
    await small_town.send(recovery(minutes_ago=50))
    told = await small_town.sent_and_applied(warning())
    incident = await small_town.ask(f"incidents/{told['incident_id']}")
    assert incident["acknowledged_by"] is None
    await small_town.slack.until(lambda: len(small_town.cards()) == 2)
    assert buttons(small_town.cards()[1]) == OPEN


async def test_an_acknowledgement_is_over_when_it_fires_again(small_town: Town) -> None:
    await small_town.send(warning(minutes_ago=9))
    await acknowledged(small_town)
    await small_town.send(recovery(minutes_ago=5))
    await small_town.send(warning(93.0))
    await small_town.slack.until(
        lambda: "93 %" in small_town.cards()[0].text and buttons(small_town.cards()[0]) == OPEN
    )


# What is no threshold alarm


async def test_a_system_event_makes_a_card_of_its_own(either_town: Town) -> None:
    told = await either_town.sent_and_applied(reboot(utc_now()))
    assert told["outcome"] == "event"
    card = await either_town.card()
    assert "event" in card.text
    assert "web-prod-02" in card.text


async def test_a_system_event_can_be_acknowledged(small_town: Town) -> None:
    await small_town.send(reboot(utc_now()))
    await acknowledged(small_town)
    assert "Acknowledged by ann" in small_town.cards()[0].text


async def test_the_consoles_test_is_received_in_the_channel(either_town: Town) -> None:
    async with either_town.http.get(either_town.callback_url) as answer:
        assert answer.status == 200
        told = await either_town.outcome((await answer.json())["callback_id"])
    assert told["outcome"] == "test"
    assert "Test received" in (await either_town.card()).text


@pytest.mark.fault("F11")
async def test_unreadable_callbacks_are_kept_with_their_reason(each_town: Town) -> None:
    told = await each_town.sent_and_applied(Sample(FORM, b"%%% no alarm %%%"))
    assert told["outcome"] == "unreadable"
    assert told["reason"]
    assert told["raw"]["body"] == "%%% no alarm %%%"


async def test_unreadable_callbacks_share_one_card_a_minute(small_town: Town) -> None:
    for number in range(3):
        await small_town.send(Sample(FORM, f"%%% {number} %%%".encode()))
    await small_town.slack.until(
        lambda: any("3 in this minute" in card.text for card in small_town.cards())
    )
    assert len(small_town.cards()) == 1
    assert CALLBACK_TOKEN not in str(small_town.cards())


# Slack is in trouble


@pytest.mark.fault("F19")
async def test_a_post_whose_answer_is_lost_stays_one_card(each_town: Town) -> None:
    each_town.slack.fault("chat.postMessage", "drop-after-post")
    await each_town.send(warning())
    await each_town.card()
    await each_town.all_true()
    assert len(each_town.cards()) == 1


@pytest.mark.fault("F15")
async def test_an_alarm_waits_for_a_slack_that_is_away(small_town: Town) -> None:
    small_town.slack.fault("chat.postMessage", "error(service_unavailable)", times=2)
    await small_town.send(warning())
    assert "91.25 %" in (await small_town.card()).text


@pytest.mark.fault("F23")
async def test_a_deleted_card_is_posted_anew_at_the_next_change(small_town: Town) -> None:
    await small_town.send(warning())
    card = await small_town.card()
    small_town.slack.delete_message("alarms", card.ts)
    await small_town.send(warning(95.5))
    assert "95.5 %" in (await small_town.card()).text
