"""The History modal: what stands in it, and what a press on it leads to."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.rules.card import Language
from bot.rules.history import History, Span
from bot.slack.filled import seen
from bot.slack.history_message import history_message
from bot.slack.history_view import (
    HISTORY_VIEW,
    NEWER,
    OLDER,
    SCOPE,
    SPAN,
    Page,
    history_view,
    page_of,
)
from tests.slack.faces import CARD_ID
from tests.support.pasts import EMPTY, HISTORIES, RULE, WEEK

CARD = Page(CARD_ID)


def view(history: History = WEEK, **more: Any) -> dict[str, Any]:
    return history_view(
        history, language=Language.ENGLISH, tz="Asia/Shanghai", card_id=CARD_ID, **more
    )


def text_of(view: dict[str, Any]) -> str:
    return json.dumps(view["blocks"], ensure_ascii=False)


def block(view: dict[str, Any], block_id: str) -> dict[str, Any] | None:
    return next((one for one in view["blocks"] if one["block_id"] == block_id), None)


def controls(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows = [one["elements"] for one in view["blocks"] if one["type"] == "actions"]
    return {element["action_id"]: element for row in rows for element in row}


def back(view: dict[str, Any]) -> Page | None:
    """What the door reads from the view that Slack sends back."""
    return page_of(seen({"id": "V1", **view}))


def test_a_modal_has_a_picture_of_characters_at_once() -> None:
    picture = block(view(), "picture")
    assert picture is not None
    assert "┄" in picture["text"]["text"]
    assert "━" in picture["text"]["text"]


def test_a_drawn_picture_takes_its_place_and_says_what_it_shows() -> None:
    shown = view(picture="F0PICTURE1")
    picture = block(shown, "picture:F0PICTURE1")
    assert picture is not None
    assert picture["slack_file"] == {"id": "F0PICTURE1"}
    assert "14 incidents" in picture["alt_text"]
    assert "┄" not in text_of(shown)


def test_lines_of_a_drawn_picture_are_named_where_there_are_several() -> None:
    shown = block(view(RULE, picture="F0PICTURE1"), "lines")
    assert shown is not None
    told = shown["elements"][0]["text"]
    assert "A web-prod-01" in told
    assert "9 more instances" in told
    assert block(view(picture="F0PICTURE1"), "lines") is None


def test_an_incident_tells_when_how_long_how_bad_who_and_what_was_written() -> None:
    told = block(view(), "past:1042")
    assert told is not None
    for said in ("#1042", "2 h", "97.5 %", "<@U012LI3456>", "4 min", "log rotation", "1 earlier"):
        assert said in told["text"]["text"]


def test_an_incident_that_fires_and_that_nobody_took_says_both() -> None:
    told = block(view(), "past:998")
    assert told is not None
    assert "still firing" in told["text"]["text"]
    assert "nobody acknowledged it" in told["text"]["text"]


def test_nothing_in_the_time_is_said_and_has_no_picture() -> None:
    shown = view(EMPTY, picture="F0PICTURE1")
    assert "No values were heard" in text_of(shown)
    assert "Nothing fired" in text_of(shown)
    assert not any(one["type"] == "image" for one in shown["blocks"])


def test_the_menus_show_what_is_chosen() -> None:
    chosen = controls(view(RULE))
    assert chosen[SPAN]["initial_option"]["value"] == "7d"
    assert chosen[SCOPE]["initial_option"]["value"] == "rule"


def test_an_alarm_without_a_rule_offers_no_other_instances() -> None:
    alone = replace(WEEK, alarm=replace(WEEK.alarm, rule_id=None))
    assert set(controls(view(alone))) == {SPAN, OLDER}


@pytest.mark.parametrize("name", HISTORIES)
def test_controls_hold_ids_alone(name: str) -> None:
    values = [one.get("value", "") for one in controls(view(HISTORIES[name])).values()]
    assert all(one == "" or one.isdecimal() for one in values)


def test_what_is_shown_comes_back_with_a_press() -> None:
    shown = view(replace(RULE, span=Span.QUARTER), trail=(0, 1200))
    assert back(shown) == Page(CARD_ID, Span.QUARTER, True, 1100, (0, 1200))
    assert shown["callback_id"] == HISTORY_VIEW


def test_a_view_of_another_kind_shows_no_page() -> None:
    assert back({"private_metadata": "no json"}) is None


def test_older_and_back_again_leads_where_one_came_from() -> None:
    second = CARD.pressed(OLDER, "40")
    third = second.pressed(OLDER, "30")
    assert (third.before_id, third.trail) == (30, (0, 40))
    assert third.pressed(NEWER, "30") == second
    assert second.pressed(NEWER, "40") == CARD


def test_a_page_that_was_opened_in_the_middle_leads_to_the_newest() -> None:
    assert replace(CARD, before_id=40).pressed(NEWER, "40") == CARD


def test_another_time_or_scope_begins_with_the_newest() -> None:
    deep = CARD.pressed(OLDER, "40")
    assert deep.pressed(SPAN, "90d") == Page(CARD_ID, Span.QUARTER)
    assert deep.pressed(SCOPE, "rule") == Page(CARD_ID, whole_rule=True)
    assert deep.pressed(SCOPE, "rule").pressed(SCOPE, "alarm") == CARD


@pytest.mark.parametrize(
    ("action", "value"), [(SPAN, "7 years"), (OLDER, "x"), (OLDER, ""), ("acknowledge", "1")]
)
def test_nonsense_changes_nothing(action: str, value: str) -> None:
    assert CARD.pressed(action, value) == CARD


def test_a_long_walk_back_fits_the_metadata() -> None:
    page = CARD
    for number in range(10**12, 10**12 - 500, -1):
        page = page.pressed(OLDER, str(number))
    shown = view(replace(WEEK, before_id=page.before_id), trail=page.trail)
    assert len(shown["private_metadata"]) <= 3_000
    assert back(shown) == replace(page, span=Span.WEEK)


def test_a_message_has_slacks_own_picture_or_one_of_characters() -> None:
    asked = {"language": Language.ENGLISH, "tz": "UTC"}
    kinds = [
        [one["type"] for one in history_message(WEEK, **asked, picture=picture).blocks]
        for picture in (True, False)
    ]
    assert "data_visualization" in kinds[0]
    assert "data_visualization" not in kinds[1]
