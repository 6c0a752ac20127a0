"""Acting from the card: mute with a preview, notes, resolving, handing over. Each press in time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import utc_now
from bot.demo_samples import CPU
from bot.local_slack import Message
from bot.rules.mute import Mute
from bot.work import mute
from tests.support.outage import away, sqlite_locked
from tests.support.signed import form_of, signed
from tests.support.town import OPEN, SLACK_WAITS, Town, buttons, eventually, town


async def fired(made: Town) -> Message:
    """An alarm whose card is shown."""
    await made.send(CPU.says("ALERT", 91.25, utc_now()))
    return await made.card()


def modal(made: Town, by: str = "ann") -> dict[str, Any]:
    """The modal in front of somebody."""
    view = made.slack.modal(by)
    assert view is not None
    return view.body


def text_of(view: dict[str, Any], block_id: str) -> str:
    found = [block for block in view["blocks"] if block["block_id"] == block_id]
    return found[0]["text"]["text"] if found else ""


def said(message: Message) -> str:
    """All that a card shows, as one text."""
    return str([*message.blocks, *message.attachments])


async def mutes_of(made: Town) -> list[Mute]:
    """All mutes that are not over."""
    return await mute.page(made.bot.database, ended=False, limit=10)


async def opened(
    made: Town, what: str, choice: str | None = None, by: str = "ann"
) -> dict[str, Any]:
    """Press something that opens a modal, and wait until it is filled."""
    delivery = await made.slack.click(what, choice=choice, by=by)
    assert delivery.ok
    await made.slack.until(lambda: made.slack.modal(by))
    await made.slack.until(lambda: "One moment" not in str(modal(made, by)))
    return modal(made, by)


# Mute


async def test_mute_opens_a_modal_that_is_filled_in_for_exactly_this_alarm(
    either_town: Town,
) -> None:
    await fired(either_town)
    view = await opened(either_town, "Mute…")
    assert view["title"]["text"] == "Mute alarm"
    boxes = next(block for block in view["blocks"] if block["block_id"] == "ticked")["element"]
    assert boxes["initial_options"] == boxes["options"]
    offered = [option["text"]["text"] for option in boxes["options"]]
    assert "instanceId = web-prod-01 (10.23.4.15, i-bp1a7k2m9qz3x5c8v0n1)" in offered
    assert "One alarm fires now and would go quiet" in text_of(view, "preview")
    assert "one callback, one incident on one instance" in text_of(view, "preview")


async def test_an_instance_whose_name_is_too_long_is_offered_by_its_id(small_town: Town) -> None:
    await small_town.send(replace(CPU, name="n" * 60).says("ALERT", 91.25, utc_now()))
    await small_town.card()
    view = await opened(small_town, "Mute…")
    boxes = next(block for block in view["blocks"] if block["block_id"] == "ticked")["element"]
    offered = [option["text"]["text"] for option in boxes["options"]]
    assert "instanceId = i-bp1a7k2m9qz3x5c8v0n1" in offered


async def test_a_muted_card_says_who_until_when_and_why(each_town: Town) -> None:
    await fired(each_town)
    await opened(each_town, "Mute…")
    assert (await each_town.slack.submit({"reason": "log rotation", "length": "4h"})).ok
    await each_town.slack.until(lambda: "Muted by" in said(each_town.cards()[0]))
    shown = said(each_town.cards()[0])
    assert "U0ANN00001" in shown
    assert "log rotation" in shown
    assert buttons(each_town.cards()[0])[1] == "Unmute"
    (made,) = await eventually(lambda: mutes_of(each_town))
    assert made.reason == "log rotation"
    assert made.length == timedelta(hours=4)


async def test_the_preview_follows_what_is_chosen(small_town: Town) -> None:
    await fired(small_town)
    other = replace(CPU, instance="i-another").says("ALERT", 92, utc_now())
    await small_town.sent_and_applied(other)
    view = await opened(small_town, "Mute…")
    assert "One alarm fires now" in text_of(view, "preview")
    assert (await small_town.slack.click_in_modal("ticked", choice=[])).ok
    await small_town.slack.until(
        lambda: "2 alarms fire now and would go quiet" in text_of(modal(small_town), "preview")
    )
    assert (await small_town.slack.click_in_modal("scope", choice="anything")).ok
    await small_town.slack.until(
        lambda: "Name at least one condition" in text_of(modal(small_town), "preview")
    )
    submitted = await small_town.slack.submit({})
    assert submitted.ok
    assert "scope" in small_town.slack.modal("ann").errors
    assert await mutes_of(small_town) == []


async def test_a_moment_of_ones_own_can_be_chosen_and_must_lie_ahead(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "Mute…")
    await small_town.slack.click_in_modal("length", choice="custom")
    await small_town.slack.until(
        lambda: any(block["block_id"] == "custom" for block in modal(small_town)["blocks"])
    )
    past = int((utc_now() - timedelta(hours=1)).timestamp())
    await small_town.slack.submit({"custom": past})
    assert "future" in small_town.slack.modal("ann").errors["custom"]
    ahead = int((utc_now() + timedelta(hours=3)).timestamp())
    assert (await small_town.slack.submit({"custom": ahead})).ok
    assert small_town.slack.modal("ann") is None
    (made,) = await eventually(lambda: mutes_of(small_town))
    assert int(made.ends_at.timestamp()) == ahead


async def test_a_mute_can_be_ended_from_the_card(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "Mute…")
    await small_town.slack.submit({})
    await small_town.slack.until(lambda: "Unmute" in buttons(small_town.cards()[0]))
    assert (await small_town.slack.click("Unmute")).ok
    await small_town.slack.until(lambda: buttons(small_town.cards()[0]) == OPEN)
    await small_town.slack.until(lambda: any("ended the mute" in n for n in small_town.notes()))


async def test_extend_on_the_note_of_an_ended_mute_mutes_again(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "Mute…")
    await small_town.slack.submit({})
    await small_town.slack.until(lambda: "Unmute" in buttons(small_town.cards()[0]))
    await small_town.slack.click("Unmute")
    await small_town.slack.until(lambda: any("ended the mute" in n for n in small_town.notes()))
    assert (await small_town.slack.click("Extend", channel="alarms")).ok
    await small_town.slack.until(lambda: "Unmute" in buttons(small_town.cards()[0]))


async def test_a_modal_that_was_closed_meanwhile_is_no_fault(small_town: Town) -> None:
    await fired(small_town)
    small_town.slack.fault("views.update", "error(not_found)")
    await opened(small_town, "Mute…")
    delivery = await small_town.slack.click_in_modal("scope", choice="anything")
    assert delivery.ok
    assert small_town.whispers("ann") == []


async def test_a_newer_state_of_the_modal_wins(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "Mute…")
    small_town.slack.fault("views.update", "error(hash_conflict)")
    assert (await small_town.slack.click_in_modal("scope", choice="anything")).ok
    assert small_town.whispers("ann") == []


async def test_a_trigger_that_expired_is_told(small_town: Town) -> None:
    await fired(small_town)
    small_town.slack.fault("views.open", "error(expired_trigger_id)")
    assert (await small_town.slack.click("Mute…")).ok
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert "press the button again" in small_town.whispers("ann")[0]


async def test_a_modal_that_slack_refuses_is_told(small_town: Town) -> None:
    await fired(small_town)
    small_town.slack.fault("views.open", "error(invalid_blocks)")
    assert (await small_town.slack.click("Mute…")).ok
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert "Slack did not take my answer" in small_town.whispers("ann")[0]


@pytest.mark.fault("F30")
async def test_a_submission_that_is_replayed_makes_no_second_mute(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "Mute…")
    await small_town.slack.submit({})
    sent = [one for one in small_town.slack.journal.entries if one.direction == "out"][-1]
    body = form_of(dict(sent.args))
    for _ in range(3):
        headers = signed(small_town.slack.settings.signing_secret, body)
        url = f"{small_town.url}/slack/events"
        async with small_town.http.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200
    assert len(await mutes_of(small_town)) == 1


# Notes, resolving, handing over


async def test_a_note_stands_on_the_card(either_town: Town) -> None:
    await fired(either_town)
    await opened(either_town, "more", "Add note…")
    assert (await either_town.slack.submit({"text": "the disk is full of *old* logs"})).ok
    await either_town.slack.until(lambda: "old* logs" in said(either_town.cards()[0]))


async def test_the_shortcut_adds_a_note_to_the_card_it_is_used_on(each_town: Town) -> None:
    card = await fired(each_town)
    await each_town.all_true()
    assert (await each_town.slack.use_shortcut("add_note", on=card, by="li")).ok
    await each_town.slack.until(lambda: each_town.slack.modal("li"))
    await each_town.slack.submit({"text": "seen"}, by="li")
    await each_town.slack.until(lambda: "📝 <@U0LI000001>" in said(each_town.cards()[0]))


async def test_the_shortcut_elsewhere_says_where_it_works(small_town: Town) -> None:
    await fired(small_town)
    other = await small_town.slack.say("hello", channel="alarms")
    assert (await small_town.slack.use_shortcut("add_note", on=other)).ok
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert "not one of my cards" in small_town.whispers("ann")[0]


async def test_resolve_closes_with_a_reason_and_can_be_undone(each_town: Town) -> None:
    await fired(each_town)
    await opened(each_town, "more", "Resolve…")
    assert (await each_town.slack.submit({"text": "the host is gone"})).ok
    await each_town.slack.until(lambda: "the host is gone" in said(each_town.cards()[0]))
    assert (await each_town.incident())["state"] == "closed"
    await opened(each_town, "more", "Open again…")
    assert (await each_town.slack.submit({"text": "it is back"})).ok
    await each_town.slack.until(lambda: buttons(each_town.cards()[0]) == OPEN)
    assert (await each_town.incident())["state"] == "firing"


async def test_an_alarm_can_be_given_to_somebody(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "more", "Assign…")
    assert (await small_town.slack.submit({"person": "li"})).ok
    await small_town.slack.until(
        lambda: "acknowledged by <@U0LI000001>" in said(small_town.cards()[0])
    )
    taken = (await small_town.incident())["acknowledged_by"]
    assert taken["id"] == "U0LI000001"
    assert taken["name"] == "li"


async def test_an_alarm_is_given_to_nobody_but_a_user(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "more", "Assign…")
    await small_town.slack.submit({"person": "li"})
    sent = [one for one in small_town.slack.journal.entries if one.direction == "out"][-1]
    body = form_of(dict(sent.args)).replace(b"U0LI000001", b"C0123ABCD")
    headers = signed(small_town.slack.settings.signing_secret, body)
    url = f"{small_town.url}/slack/events"
    async with small_town.http.post(url, data=body, headers=headers) as answer:
        assert (await answer.json())["errors"] == {"person": "Pick somebody of this workspace"}
    assert (await small_town.incident())["acknowledged_by"]["id"] == "U0LI000001"


async def test_taking_over_what_somebody_has(small_town: Town) -> None:
    await fired(small_town)
    await small_town.slack.click("Acknowledge")
    await small_town.slack.until(lambda: "Unacknowledge" in buttons(small_town.cards()[0]))
    assert (await small_town.slack.click("more", choice="Take over", by="li")).ok
    await small_town.slack.until(
        lambda: "acknowledged by <@U0LI000001>" in said(small_town.cards()[0])
    )


async def test_feedback_stands_on_the_card(small_town: Town) -> None:
    await fired(small_town)
    await opened(small_town, "more", "Feedback…")
    assert (await small_town.slack.submit({"opinion": "false_positive"})).ok
    await small_town.slack.until(lambda: "feedback: false positive" in said(small_town.cards()[0]))


async def test_a_modal_is_in_the_language_of_who_pressed(small_town: Town) -> None:
    await fired(small_town)
    view = await opened(small_town, "Mute…", by="mei")
    assert view["title"]["text"] == "静默报警"
    await small_town.slack.close_modal(by="mei")
    await small_town.slack.click("Acknowledge", by="ann")
    await small_town.slack.until(lambda: "Unacknowledge" in buttons(small_town.cards()[0]))
    await small_town.slack.click("more", choice="Take over", by="mei")
    await small_town.slack.click("more", choice="Take over", by="mei")
    await small_town.slack.until(lambda: small_town.whispers("mei"))
    assert small_town.whispers("mei") == ["您已经认领过了"]


@pytest.mark.parametrize("value", ["", "x", "frobnicate:x", "note:", "note:nonsense", "take:x"])
async def test_a_menu_of_another_release_is_answered_kindly(small_town: Town, value: str) -> None:
    card = await fired(small_town)
    menu = next(
        element
        for block in card.attachments[0]["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "overflow"
    )
    menu["options"][0]["value"] = value
    await small_town.slack.click("more", on=card, choice=menu["options"][0]["text"]["text"])
    await small_town.slack.until(lambda: small_town.whispers("ann"))
    assert "no longer know" in small_town.whispers("ann")[0] or "another version" in str(
        small_town.whispers("ann")
    )


@pytest.mark.fault("F35")
@pytest.mark.prompt
async def test_a_modal_opens_beside_a_locked_database(sqlite_url: str) -> None:
    async with town(sqlite_url) as made:
        await fired(made)
        async with sqlite_locked(sqlite_url):
            view = await opened(made, "Mute…")
        assert "ticked" in str(view)


@pytest.mark.prompt
async def test_a_modal_that_cannot_be_filled_says_so(postgres_url: str) -> None:
    async with town(postgres_url) as made:
        await fired(made)
        async with away(postgres_url):
            delivery = await made.slack.click("Mute…")
            assert delivery.ok
            assert delivery.seconds < SLACK_WAITS
            await made.slack.until(
                lambda: "went wrong" in str(made.slack.modal("ann") or made.whispers("ann"))
            )


@pytest.mark.fault("F35")
@pytest.mark.prompt
async def test_what_is_submitted_beside_a_locked_database_is_done_later(sqlite_url: str) -> None:
    async with town(sqlite_url) as made:
        await fired(made)
        await opened(made, "more", "Add note…")
        async with sqlite_locked(sqlite_url):
            delivery = await made.slack.submit({"text": "seen"})
            assert delivery.ok
            assert delivery.seconds < SLACK_WAITS
        await made.slack.until(lambda: "📝" in said(made.cards()[0]))
