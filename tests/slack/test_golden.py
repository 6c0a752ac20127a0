"""Golden cards, and what each must say whatever its wording."""

import pytest

from bot.slack.check import Surface, check_payload
from bot.slack.message import Message
from tests.slack.goldens import FOLDER, messages, written

MESSAGES = dict(messages())


@pytest.mark.parametrize("name", MESSAGES)
def test_message_is_as_it_was_read_and_approved(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == written(MESSAGES[name])


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
def test_slack_would_take_every_golden_message(message: Message) -> None:
    assert check_payload(message.payload(), Surface.MESSAGE) == ()


def test_no_golden_file_is_left_of_a_card_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(MESSAGES)
