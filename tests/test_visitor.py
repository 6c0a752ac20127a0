"""Who comes through a Slack door: of every kind of payload, also of ones that Slack never sends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doors.requests import called, pressed
from bot.doors.visitor import LONGEST_NAME, Nonsense, Visitor, visitor_of
from bot.rules.card import Language
from bot.rules.incident import Person
from bot.slack.filled import Filled
from bot.work.people import Profile
from tests.support.examples import tried

ANN = {"id": "U1", "username": "ann", "name": "ann k", "team_id": "T1"}
PRESS = {
    "type": "block_actions",
    "user": ANN,
    "team": {"id": "T1", "domain": "x"},
    "channel": {"id": "C1", "name": "ops"},
    "trigger_id": "1.2.a",
    "response_url": "https://hooks.slack.com/x",
    "actions": [{"action_id": "acknowledge", "value": "c1"}],
}
COMMAND = {
    "command": "/alarms",
    "user_id": "U1",
    "user_name": "ann",
    "team_id": "T1",
    "channel_id": "C1",
    "trigger_id": "1.2.a",
    "response_url": "https://hooks.slack.com/x",
}
SUBMISSION = {
    "type": "view_submission",
    "user": ANN,
    "team": {"id": "T1"},
    "trigger_id": "1.2.a",
    "view": {"id": "V1", "hash": "1.abc", "private_metadata": '{"channel": "C7"}'},
}

SOMEBODY = Visitor(Person("U1", "ann"), Language.ENGLISH, "UTC", "C1", "T1", None, None, None)


class Everybody:
    """Speaks Chinese, in Shanghai."""

    async def of(self, user_id: str, name: str = "") -> Profile:
        return Profile(user_id, name, Language.CHINESE, "Asia/Shanghai")


async def met(body: Any) -> Visitor:
    return await visitor_of(body, Everybody())


@pytest.mark.parametrize("body", [PRESS, COMMAND])
async def test_a_press_and_a_command_tell_who_where_and_how_to_answer(body: Any) -> None:
    visitor = await met(body)
    assert (visitor.person.id, visitor.person.name) == ("U1", "ann")
    assert (visitor.channel_id, visitor.team_id, visitor.trigger_id) == ("C1", "T1", "1.2.a")
    assert visitor.response_url == "https://hooks.slack.com/x"
    assert (visitor.language, visitor.tz) == (Language.CHINESE, "Asia/Shanghai")


async def test_the_audit_tells_a_command_from_a_press() -> None:
    assert (await met(PRESS)).via == "slack"
    assert (await met(COMMAND)).via == "command"


async def test_a_submission_is_unique_by_the_state_of_its_view() -> None:
    keys = [
        (await met(body)).key
        for body in (
            SUBMISSION,
            SUBMISSION | {"view": SUBMISSION["view"] | {"hash": "2.abc"}},
            SUBMISSION | {"view": SUBMISSION["view"] | {"id": "V2"}},
            PRESS,
        )
    ]
    assert len(set(keys)) == 4
    assert (await met(dict(SUBMISSION))).key == keys[0]


async def test_a_modal_knows_the_channel_it_was_opened_in() -> None:
    assert (await met(SUBMISSION)).channel_id == "C7"


async def test_a_payload_of_an_organisation_tells_the_workspace_of_the_person() -> None:
    assert (await met(PRESS | {"team": None})).team_id == "T1"


async def test_an_event_has_nothing_that_makes_it_unique() -> None:
    visitor = await met({"user": {"id": "U1"}, "team_id": "T1"})
    assert (visitor.key, visitor.trigger_id, visitor.channel_id) == (None, None, None)
    assert visitor.person.name == "U1"


@pytest.mark.parametrize(
    "user", [None, {}, {"id": None}, {"id": ""}, {"id": 7}, {"id": ["U1"]}, {"id": "U" * 65}, "U1"]
)
async def test_nobody_is_nonsense(user: Any) -> None:
    with pytest.raises(Nonsense):
        await met(PRESS | {"user": user})


async def test_a_long_name_is_cut() -> None:
    visitor = await met(PRESS | {"user": ANN | {"username": "x" * 5_000}})
    assert visitor.person.name == "x" * LONGEST_NAME


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b"])
async def test_a_name_can_be_stored(name: str) -> None:
    visitor = await met(PRESS | {"user": ANN | {"username": name}})
    assert visitor.person.name.encode()
    assert "\x00" not in visitor.person.name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "name", "hash", "team_id"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(
    told=st.dictionaries(st.sampled_from([*PRESS, *COMMAND, "view", "message"]), JSON, max_size=5),
    whole=st.sampled_from([PRESS, COMMAND, SUBMISSION]),
)
@tried(300)
async def test_any_payload_is_somebody_or_nonsense(told: Any, whole: Any) -> None:
    try:
        visitor = await met(whole | told)
    except Nonsense:
        return
    for text in (visitor.person.id, visitor.person.name, visitor.key, visitor.channel_id):
        assert text is None or isinstance(text, str)


@pytest.mark.parametrize("nasty", ["\x00", "\ud800", "a\x00\udfffb"])
def test_what_is_typed_and_pressed_can_be_stored(nasty: str) -> None:
    typed = Filled({"reason": {"reason": {"value": f"log {nasty}rotation"}}})
    asked = called({"text": f"note 1 {nasty}x"}, SOMEBODY)
    button = {"actions": [{"action_id": "mute", "value": f"c1{nasty}"}]}
    for text in (typed.text("reason"), asked.text, pressed(button, SOMEBODY).value):
        assert text.encode()
        assert "\x00" not in text


def test_emoji_and_chinese_are_stored_as_they_are() -> None:
    text = "磁盘 👩‍👩‍👧 🇨🇳 é ﷽"
    assert called({"text": text}, SOMEBODY).text == text
