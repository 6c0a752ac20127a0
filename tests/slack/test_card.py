"""What a card says, moment by moment; its exact looks are in the golden files."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rules.card import CardFace, IncidentCard, Language
from bot.rules.incident import Acknowledgement, Person, State
from bot.rules.record import Json, Threshold
from bot.rules.severity import Severity
from bot.slack.card import render_card
from bot.slack.message import JsonObject, Message
from tests.slack.faces import (
    ACKNOWLEDGED,
    ANN,
    CARD_ID,
    DISK,
    EASED,
    ESCALATED,
    EVENT,
    FACES,
    FIRED_AGAIN,
    FIRING,
    LATE,
    MUTED,
    NO_DATA,
    RECOVERED,
    TEST,
    UNHEARD,
    UNREADABLE,
    after,
    changed,
    labelled,
)

DATE = re.compile(r"<!date\^[^|]*\|(\d{4}-\d\d-\d\d )?([^>]*)>")


def rendered(face: CardFace, language: Language = Language.ENGLISH) -> Message:
    return render_card(face, language)


def said(face: CardFace) -> str:
    """Everything that a reader sees, a line each, times as `04:02 UTC`."""
    message = rendered(face)
    lines = _lines(list(message.blocks)) + _lines(list(message.attachments))
    return DATE.sub(r"\2", "\n".join(lines))


def _lines(value: Json) -> list[str]:
    if isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str):
            return [text]
        return [line for each in value.values() for line in _lines(each)]
    if isinstance(value, list):
        return [line for each in value for line in _lines(each)]
    return []


def buttons(face: CardFace) -> list[tuple[object, object]]:
    """Action and value of each button."""
    rows = [each["elements"] for each in _blocks(face) if each["type"] == "actions"]
    elements = [each for row in rows if isinstance(row, list) for each in row]
    return [
        (each["action_id"], each["value"])
        for each in elements
        if isinstance(each, dict) and each["type"] == "button"
    ]


def menu(face: CardFace) -> list[object]:
    """The choices behind the dots, in the row of buttons or beside the paragraph."""
    rows = [each for each in _blocks(face) if each["type"] == "actions"]
    first = rendered(face).blocks[0]
    element = rows[0]["elements"][-1] if rows else first["accessory"]
    assert element["type"] == "overflow"
    return [each["value"] for each in element["options"]]


OTHERS = [("mute", CARD_ID), ("history", CARD_ID)]


def _blocks(face: CardFace) -> list[JsonObject]:
    """The blocks beside the bar."""
    blocks = rendered(face).attachments[0]["blocks"]
    assert isinstance(blocks, list)
    return [each for each in blocks if isinstance(each, dict)]


def colour(face: CardFace) -> Json:
    """The bar's colour."""
    return rendered(face).attachments[0]["color"]


def test_the_notification_tells_all_in_one_line() -> None:
    assert rendered(FIRING).text == (
        "CRITICAL: CPU usage 97.5 % (≥ 85 %) on web-prod-01, 支付集群 CPU 过高"
    )


def test_the_value_stands_against_its_threshold() -> None:
    assert "CPU usage *97.5 %* · threshold ≥ 85 %, 3 times in a row" in said(FIRING)


@pytest.mark.parametrize(
    ("comparison", "shown"),
    [(">", "&gt;"), (">=", "≥"), ("<", "&lt;"), ("<=", "≤"), ("==", "="), ("!=", "≠")],
)
def test_a_comparison_is_shown_as_people_write_it(comparison: str, shown: str) -> None:
    card = changed(threshold=Threshold(comparison, 85))
    assert f"threshold {shown} 85 %" in said(card)
    assert "in a row" not in said(card)


def test_a_limit_without_a_label_is_shown_as_a_number() -> None:
    assert "≥ 85," in said(labelled(FIRING, limit=None))


def test_a_rule_of_several_conditions_shows_the_first_as_written() -> None:
    assert "condition `@disk[60].$Average &gt; 90 &amp;&amp; @load" in said(DISK)


def test_the_header_holds_the_mark_and_the_name_as_it_is() -> None:
    header = rendered(DISK).blocks[0]["text"]
    assert header == {"type": "plain_text", "text": "🟡 磁盘 *紧张*", "emoji": True}


def test_colons_in_a_name_do_not_become_emoji() -> None:
    alarm = replace(FIRING.alarm, name="port :100: down")
    header = rendered(replace(FIRING, alarm=alarm)).blocks[0]["text"]
    assert header == {"type": "plain_text", "text": "🔴 port :100: down", "emoji": False}


def test_a_name_of_nothing_visible_is_called_unnamed() -> None:
    alarm = replace(FIRING.alarm, name="\u200b")
    assert "🔴 Unnamed alarm" in said(replace(FIRING, alarm=alarm))


def test_an_open_card_can_be_acknowledged_with_its_id_alone() -> None:
    assert buttons(FIRING) == [("acknowledge", CARD_ID), *OTHERS]


def test_what_is_done_more_rarely_stands_behind_the_dots() -> None:
    asked = [f"{verb}:{CARD_ID}" for verb in ("assign", "note", "resolve", "feedback")]
    assert menu(FIRING) == asked
    assert menu(ACKNOWLEDGED) == [f"take:{CARD_ID}", *asked]


def test_what_is_over_keeps_its_menu_and_has_no_buttons() -> None:
    asked = [f"{verb}:{CARD_ID}" for verb in ("history", "note", "feedback")]
    assert menu(RECOVERED) == asked


def test_a_muted_card_offers_to_end_the_mute() -> None:
    assert buttons(MUTED)[1] == ("end_mute", "17")


def test_an_acknowledged_card_offers_the_opposite() -> None:
    assert buttons(ACKNOWLEDGED) == [("unacknowledge", CARD_ID), *OTHERS]
    assert "👀 acknowledged by <@U024BE7LH> 04:05 UTC" in said(ACKNOWLEDGED)
    assert rendered(ACKNOWLEDGED).text.startswith("Acknowledged by ann. CRITICAL: ")


def test_who_acknowledged_from_outside_slack_is_not_a_mention() -> None:
    robot = Acknowledgement(Person("api:deploy", "deploy <bot>"), after(3))
    assert "acknowledged by deploy &lt;bot&gt;" in said(changed(acknowledged=robot))


def test_an_acknowledged_card_is_calmer_and_keeps_its_hue() -> None:
    assert colour(FIRING) != colour(ACKNOWLEDGED)
    assert colour(changed(ACKNOWLEDGED, severity=Severity.WARN)) != colour(ACKNOWLEDGED)


def test_each_severity_has_a_colour_and_a_mark_of_its_own() -> None:
    cards = [changed(severity=each) for each in (*Severity, None)]
    assert len({colour(card) for card in cards}) == 4
    assert len({said(card)[0] for card in cards}) == 4


def test_first_and_worst_value_show_only_where_they_differ() -> None:
    assert "Values" not in said(FIRING)
    assert "*Values*\nfirst 88 %, worst 99.1 %" in said(ESCALATED)


def test_a_severity_that_fell_names_the_worst() -> None:
    assert "*WARN* · firing" in said(EASED)
    assert "was CRITICAL" in said(EASED)
    assert "was CRITICAL" not in said(ESCALATED)


def test_repeated_callbacks_are_counted_on_the_card() -> None:
    assert "heard" not in said(FIRING)
    assert "heard 3 times" in said(ESCALATED)


def test_no_data_is_never_called_a_recovery() -> None:
    assert "no data since 04:22 UTC, not a recovery" in said(NO_DATA)
    assert "CPU usage, last value *97.4 %*" in said(NO_DATA)
    assert rendered(NO_DATA).text.startswith("No data, not a recovery. CRITICAL: ")
    assert buttons(NO_DATA) == [("acknowledge", CARD_ID), *OTHERS]


def test_fired_again_says_how_often_and_since_when() -> None:
    assert "fired again 04:22 UTC, 3rd time since 04:02 UTC" in said(FIRED_AGAIN)
    assert rendered(FIRED_AGAIN).text.startswith("Fired again, 3rd time. WARN: ")


def test_a_recovery_hides_no_firing_value() -> None:
    told = "fired at *97.4 %*, worst *99.1 %*, recovered at *41 %*"
    assert f"Recovered after 12 min: CPU usage {told}" in said(RECOVERED)


def test_a_recovered_card_shrinks_and_asks_for_nothing() -> None:
    assert len(rendered(RECOVERED).blocks) == 1
    assert buttons(RECOVERED) == []
    assert colour(RECOVERED) == "#2eb886"
    (body,) = _blocks(RECOVERED)
    assert body["type"] == "context"
    assert "Alarm history" in said(RECOVERED)
    assert "Alarm rule" not in said(RECOVERED)


def test_a_recovered_card_keeps_who_had_it() -> None:
    assert "acknowledged by <@U024BE7LH>" in said(RECOVERED)


def test_a_recovery_out_of_nowhere_says_so() -> None:
    assert "Recovered; its start was never received" in said(UNHEARD)
    assert "started" not in said(UNHEARD)


def test_a_recovery_after_several_firings_counts_them() -> None:
    card = changed(RECOVERED, firings=3, fired_at=after(9))
    assert "Recovered after 3 min" in said(card)
    assert "fired 3 times" in said(card)


def test_a_card_shown_late_says_how_late() -> None:
    assert "shown 4 min late" in said(LATE)
    assert "shown 4 min late" in said(replace(RECOVERED, late_by=timedelta(minutes=4)))
    assert "shown 4 min late" in said(replace(TEST, late_by=timedelta(minutes=4)))


def test_the_id_that_the_console_searches_stands_under_the_name() -> None:
    assert "*Instance*\nweb-prod-01\n`i-bp1a2b3c4d5e6f7g8h9i`" in said(FIRING)
    same = labelled(FIRING, instance="i-bp1a2b3c4d5e6f7g8h9i")
    assert said(same).count("*Instance*\ni-bp1a2b3c4d5e6f7g8h9i") == 1
    assert "`i-bp1" not in said(same)


def test_the_account_stands_once_and_not_as_a_dimension() -> None:
    assert said(FIRING).count("1234567890123456") == 1


def test_dimensions_show_what_the_instance_does_not() -> None:
    assert "*Dimensions*\ndevice: /dev/vda1\nmountpoint: /data" in said(DISK)
    assert "Dimensions" not in said(FIRING)


def test_dimensions_that_another_field_shows_are_left_out() -> None:
    known = {
        "regionId": "cn-hangzhou",
        "ip": "10.0.12.7",
        "arn": "acs:x:instance/i-bp1a2b3c4d5e6f7g8h9i",
    }
    alarm = replace(FIRING.alarm, dimensions={**FIRING.alarm.dimensions, **known})
    card = labelled(replace(FIRING, alarm=alarm), instance="web-prod-01 (10.0.12.7)")
    assert "Dimensions" not in said(card)


def test_the_status_word_is_shown_of_events_only() -> None:
    assert "Status" not in said(changed(event_status="OCCURRED"))
    assert "*Status*\nExecuting" in said(EVENT)


def test_many_dimensions_are_cut_with_their_number() -> None:
    alarm = replace(FIRING.alarm, dimensions={f"key{n}": f"value{n}" for n in range(8)})
    assert "key4: value4\nand 3 more" in said(replace(FIRING, alarm=alarm))


def test_an_alarm_without_instance_or_value_still_reads_well() -> None:
    alarm = replace(FIRING.alarm, dimensions={}, instance_name=None)
    card = labelled(replace(FIRING, alarm=alarm), instance=None, last_value=None)
    assert rendered(card).text == "CRITICAL: 支付集群 CPU 过高"
    assert "CPU usage · threshold ≥ 85 %" in said(card)


def test_links_are_links_and_no_buttons() -> None:
    assert "|Alarm history> · <" in said(FIRING)
    assert "&amp;tab=1|Instance>" in said(FIRING)
    assert "Alarm history" not in said(replace(FIRING, links=()))


def test_an_event_tells_its_facts_and_can_be_acknowledged() -> None:
    assert rendered(EVENT).text == (
        "CRITICAL event: Instance:SystemMaintenance.Reboot:Executing on web-prod-01, Executing"
    )
    assert "*reason*\nSystemMaintenance.Reboot &lt;scheduled&gt;" in said(EVENT)
    assert "ecsInstanceName" not in said(EVENT)
    assert buttons(EVENT) == [("acknowledge", CARD_ID), *OTHERS]


def test_an_event_that_ended_shrinks_as_well() -> None:
    over = changed(EVENT, state=State.RECOVERED, recovered_at=after(5))
    assert "Over" in said(over)
    assert buttons(over) == []


def test_an_incident_closed_by_hand_asks_for_nothing() -> None:
    closed = changed(state=State.CLOSED)
    assert "Closed" in said(closed)
    assert buttons(closed) == []


def test_a_test_is_called_a_test_and_names_the_token() -> None:
    assert rendered(TEST).text == "Test received: the callback URL works"
    assert "with token team-a" in said(TEST)


def test_unreadable_callbacks_tell_number_reason_and_id() -> None:
    assert rendered(UNREADABLE).text == (
        "Unreadable callback, 7 in this minute."
        " Reason: The body is JSON but holds none of the known fields"
    )
    assert "callback `0196a1b2-0000-7000-8000-000000000001`" in said(UNREADABLE)


@pytest.mark.parametrize("face", FACES.values(), ids=FACES.keys())
def test_blocks_stand_beside_the_text_so_that_it_is_not_shown_twice(face: CardFace) -> None:
    message = rendered(face)
    assert message.blocks
    assert len(message.attachments) == 1


@pytest.mark.parametrize("face", FACES.values(), ids=FACES.keys())
def test_block_ids_come_from_the_card_and_are_unique(face: CardFace) -> None:
    ids = [str(each["block_id"]) for each in [*rendered(face).blocks, *_blocks(face)]]
    assert len(ids) == len(set(ids))
    assert all(each.startswith(f"{CARD_ID}:") for each in ids)


@pytest.mark.parametrize("face", FACES.values(), ids=FACES.keys())
def test_chinese_cards_hold_no_english_of_ours(face: CardFace) -> None:
    ours = r"acknowledged|threshold|heard|Started|Instance\*|severity|Recovered"
    assert not re.search(ours, str(rendered(face, Language.CHINESE).payload()))


def test_what_changes_on_the_card_changes_its_digest() -> None:
    cards: list[IncidentCard] = [FIRING, ACKNOWLEDGED, ESCALATED, EASED, NO_DATA, RECOVERED, LATE]
    assert len({rendered(card).digest for card in cards}) == len(cards)
    again = changed(acknowledged=Acknowledgement(ANN, after(3)), callbacks=2, heard_at=after(2))
    assert rendered(again).digest == rendered(ACKNOWLEDGED).digest
