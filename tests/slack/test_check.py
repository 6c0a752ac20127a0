"""The checker against a foreign corpus, and what the corpus does not ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.record import Json
from bot.slack.check import ALL_TEXT, Problem, Surface, check_payload
from bot.slack.message import JsonObject
from tests.slack.corpus import (
    BUTTON,
    NOT_LOOKED_INTO,
    SECTION,
    SPEC,
    VIOLATIONS,
    holding,
    sample,
    violation_ids,
)

VALID = sorted(
    str(path.relative_to(SPEC / "fixtures" / "valid").with_suffix(""))
    for path in (SPEC / "fixtures" / "valid").rglob("*.json")
)
# Not Slack's to judge: options of other calls, and metadata that Slack would refuse.
OTHER = {
    "elements/url_source_basic",
    "elements/rich_text_input_basic",
    "messages/webhook_message_basic",
    "messages/webhook_message_delete",
    "objects/conversation_filter_basic",
    "objects/dispatch_action_configuration_basic",
    "objects/input_parameter_basic",
    "objects/trigger_basic",
    "objects/workflow_basic",
}


def message(*blocks: JsonObject, **members: Json) -> JsonObject:
    return {"text": "text", "blocks": list(blocks), **members}


def pressed(**members: Json) -> JsonObject:
    return {"type": "actions", "elements": [{**BUTTON, **members}]}


def paths(payload: JsonObject, surface: Surface = Surface.MESSAGE) -> list[str]:
    return [problem.path for problem in check_payload(payload, surface)]


@pytest.mark.parametrize("name", [name for name in VALID if name not in OTHER])
def test_valid_sample_of_the_corpus_passes(name: str) -> None:
    assert check_payload(*holding(name, sample(name))) == ()


@pytest.mark.parametrize("name", VIOLATIONS)
def test_violation_named_by_the_corpus_is_found(name: str) -> None:
    assert check_payload(*VIOLATIONS[name].payload())


@pytest.mark.parametrize("name", VIOLATIONS)
def test_violation_is_one_step_from_what_passes(name: str) -> None:
    violation = VIOLATIONS[name]
    assert check_payload(*holding(violation.name, sample(violation.name))) == ()


def test_every_violation_of_the_corpus_has_its_test() -> None:
    assert set(violation_ids()) == set(VIOLATIONS) | NOT_LOOKED_INTO


def test_problem_points_to_the_place_as_slack_does() -> None:
    section: JsonObject = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
    found = check_payload(message({"type": "divider"}, section), Surface.MESSAGE)
    assert found == (Problem("/blocks/1/text/text", "must have 1 to 3000 characters"),)


@pytest.mark.parametrize("text", [None, "", "x" * 4_001], ids=["missing", "empty", "too long"])
def test_message_needs_a_text_that_an_edit_takes(text: str | None) -> None:
    payload: JsonObject = {"blocks": [SECTION]} | ({} if text is None else {"text": text})
    assert paths(payload) == ["/text"]


def test_fifty_blocks_pass_and_one_more_does_not() -> None:
    assert paths(message(*[SECTION] * 50)) == []
    assert paths(message(*[SECTION] * 51)) == ["/blocks"]
    assert paths({"type": "home", "blocks": [SECTION] * 100}, Surface.HOME) == []


def test_all_texts_together_have_a_limit_of_ours() -> None:
    long: JsonObject = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}}
    assert paths(message(long, long)) == []
    assert paths(message(long, long, attachments=[{"color": "#fff", "blocks": [long]}])) == [""]
    assert ALL_TEXT < 11_000


def test_an_alert_block_is_refused_outside_modals() -> None:
    alert: JsonObject = {"type": "alert", "text": {"type": "mrkdwn", "text": "x"}}
    assert paths(message(alert)) == ["/blocks/0"]
    assert paths(message(attachments=[{"blocks": [alert]}])) == ["/attachments/0/blocks/0"]


def test_two_blocks_with_one_id_are_found() -> None:
    twice = {**SECTION, "block_id": "a"}
    assert paths(message(twice, twice)) == ["/blocks/1/block_id"]


def test_two_buttons_with_one_action_are_found() -> None:
    row: JsonObject = {"type": "actions", "elements": [{**BUTTON, "action_id": "a"}] * 2}
    assert paths(message(row)) == ["/blocks/0/elements/1/action_id"]


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ({**SECTION, "colour": "red"}, "/blocks/0/colour"),
        (pressed(disabled=True), "/blocks/0/elements/0/disabled"),
        (pressed(style="green"), "/blocks/0/elements/0/style"),
        ({"type": "actions", "elements": []}, "/blocks/0/elements"),
        ({"type": "sectoin", "text": "x"}, "/blocks/0"),
        ({"type": "image", "image_url": "https://a.example"}, "/blocks/0/alt_text"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "/blocks/0/text"),
    ],
)
def test_what_the_library_lets_pass_is_found(block: JsonObject, path: str) -> None:
    assert paths(message(block)) == [path]


def test_a_modal_with_an_input_needs_a_submit_button() -> None:
    view = sample("views/modal_with_blocks") | {"blocks": [sample("blocks/input_block_only")]}
    assert paths(view, Surface.MODAL) == []
    del view["submit"]
    assert paths(view, Surface.MODAL) == ["/submit"]


def test_a_view_of_too_many_bytes_is_found() -> None:
    section: JsonObject = {"type": "section", "text": {"type": "mrkdwn", "text": "中" * 3_000}}
    assert paths({"type": "home", "blocks": [section] * 30}, Surface.HOME) == [""]


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({"event_type": "a", "event_payload": {"id": "1", "n": 2, "o": {"p": True}}}, []),
        ({"event_type": "a", "event_payload": {"list": [1]}}, ["/metadata/event_payload/list"]),
        ({"event_type": "a", "event_payload": {"o": {"p": {}}}}, ["/metadata/event_payload/o"]),
        ({"event_type": "a"}, ["/metadata/event_payload"]),
        ({"event_payload": {}}, ["/metadata/event_type"]),
    ],
)
def test_metadata_must_be_flat(metadata: JsonObject, found: list[str]) -> None:
    assert paths(message(SECTION, metadata=metadata)) == found


members = st.sampled_from(["type", "text", "blocks", "elements", "attachments", "metadata", "x"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(members, json_values), st.sampled_from(Surface))
def test_no_payload_whatever_makes_the_checker_raise(payload: JsonObject, surface: Surface) -> None:
    check_payload(payload, surface)
