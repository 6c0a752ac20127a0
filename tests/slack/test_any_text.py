"""Whatever the text in a card is: it is within Slack's limits and obeys nobody."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given

from bot.rules.card import CardFace, Language, Note
from bot.rules.record import Json
from bot.slack.card import render_card
from bot.slack.check import Surface, check_payload
from bot.slack.message import Message
from bot.slack.note import render_note
from bot.slack.text import units
from tests.slack.faces import DISK, EVENT, FACES, FIRING, RECOVERED
from tests.slack.strategies import PIECES, faces, named_everywhere, nasty, notes
from tests.support.examples import tried

both = pytest.mark.parametrize("language", list(Language))
OURS = re.compile(
    r"<!date\^\d+\^[a-z_{} ()]+\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>"  # our times
    r"|<@[UW][A-Z0-9]+>"  # who acknowledged
    r"|<https://[^\s<>|]+\|[^<>|]+>"  # our links
)


def marked_texts(value: Json) -> Iterator[str]:
    """Every mrkdwn text in a message's JSON."""
    if isinstance(value, list):
        for each in value:
            yield from marked_texts(each)
    elif isinstance(value, dict):
        text = value.get("text")
        if value.get("type") == "mrkdwn" and isinstance(text, str):
            assert value.get("verbatim") is True
            yield text
        for each in value.values():
            yield from marked_texts(each)


def assert_harmless(message: Message) -> None:
    assert check_payload(message.payload(), Surface.MESSAGE) == ()
    assert 0 < units(message.text) <= 3_000
    assert "\n" not in message.text
    for text in [
        message.text,
        *marked_texts(message.payload()["blocks"]),
        *marked_texts(message.payload()["attachments"]),
    ]:
        rest = OURS.sub("", text)
        assert "<" not in rest
        assert ">" not in rest
        assert not re.search(r"&(?!(?:amp|lt|gt);)", rest)


@pytest.mark.fault("F49")
@both
@given(face=faces)
@tried(150)
def test_any_card_is_within_limits_and_pings_nobody(face: CardFace, language: Language) -> None:
    assert_harmless(render_card(face, language))


@pytest.mark.fault("F49")
@both
@given(note=notes, name=nasty, value=nasty)
@tried(100)
def test_any_note_is_within_limits_and_pings_nobody(
    note: Note, name: str, value: str, language: Language
) -> None:
    assert_harmless(render_note(note, name, value, language))


@pytest.mark.fault("F49")
@both
@pytest.mark.parametrize("text", [*PIECES, "", " ", "<!channel> " * 500, "\u202e" * 500])
@pytest.mark.parametrize(
    "card", [FIRING, RECOVERED, DISK, EVENT], ids=["firing", "recovered", "disk", "event"]
)
def test_the_same_nasty_text_everywhere_stays_harmless(card, text: str, language: Language) -> None:
    assert_harmless(render_card(named_everywhere(card, text), language))


@both
@given(face=faces)
@tried(30)
def test_equal_faces_give_equal_messages(face: CardFace, language: Language) -> None:
    assert render_card(face, language).digest == render_card(face, language).digest


@both
@pytest.mark.parametrize("face", FACES.values(), ids=FACES.keys())
def test_message_without_blocks_is_still_the_whole_news(face: CardFace, language: Language) -> None:
    plain = render_card(face, language).plainly()
    assert plain.payload() == {"text": plain.text, "blocks": [], "attachments": []}
    assert_harmless(plain)
