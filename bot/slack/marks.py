"""Marks: the metadata of our messages, by which they are found again after an unclear outcome.

Every member of the workspace may read metadata: ids only. Apart from `calls`, which sends and
searches: what was marked by any release has to be known by the next.
"""

from dataclasses import dataclass

from bot.slack.answers import Answer
from bot.slack.message import JsonObject

CARD_EVENT = "tocsin_card"
NOTE_EVENT = "tocsin_note"


@dataclass(frozen=True, slots=True)
class Found:
    """A card that stands in the channel already, as it was posted: at `version`."""

    ts: str
    version: int


def card_in(message: Answer, card_id: str) -> Found | None:
    """This card, where the message bears its mark."""
    mark = _mark_of(message, CARD_EVENT)
    if mark.optional("card_id") != card_id:
        return None
    return Found(message.text("ts"), mark.number("version") or 0)


def card_mark(card_id: str, version: int) -> JsonObject:
    """The metadata of a card's first post."""
    return {"event_type": CARD_EVENT, "event_payload": {"card_id": card_id, "version": version}}


def note_mark(key: str) -> JsonObject:
    """The metadata of a note."""
    return {"event_type": NOTE_EVENT, "event_payload": {"key": key}}


def is_note(message: Answer, key: str) -> bool:
    """Whether the message bears the mark of the note with this key."""
    return _mark_of(message, NOTE_EVENT).optional("key") == key


def _mark_of(message: Answer, event: str) -> Answer:
    metadata = message.one("metadata")
    return metadata.one("event_payload" if metadata.optional("event_type") == event else "")
