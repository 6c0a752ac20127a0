"""How a note looks as its JSON column, and back. One place, so that a round trip loses nothing.

Apart from `values`, which is about an incident's columns: a note has one, which holds whatever
releases before this one wrote, and what they did not know is absent.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from bot.rules.card import MuteNote, Note, NoteKind
from bot.rules.incident import Person
from bot.rules.mute import EndReason
from bot.store.values import Columns, severity_or_none


def note_to_json(note: Note) -> Columns:
    """A note as its JSON column: times as ISO text, durations as seconds."""
    return asdict(note) | {
        "at": note.at.isoformat(),
        "since": note.since.isoformat() if note.since else None,
        "lasted": note.lasted.total_seconds() if note.lasted is not None else None,
        "mute": _mute_note_to_json(note.mute),
    }


def note_from_json(json: Columns) -> Note:
    """The inverse of `note_to_json`."""
    return Note(
        key=json["key"],
        kind=NoteKind(json["kind"]),
        at=datetime.fromisoformat(json["at"]),
        broadcast=json["broadcast"],
        before=severity_or_none(json["before"]),
        after=severity_or_none(json["after"]),
        times=json["times"],
        since=datetime.fromisoformat(json["since"]) if json["since"] else None,
        lasted=timedelta(seconds=json["lasted"]) if json["lasted"] is not None else None,
        value=json["value"],
        by=_person(json.get("by")),
        to=_person(json.get("to")),
        text=json.get("text"),
        mute=_mute_note_from_json(json.get("mute")),
        stays=json.get("stays", False),
        hushed=json.get("hushed", False),
        names=tuple(json.get("names", ())),
    )


def _person(json: Columns | None) -> Person | None:
    return Person(**json) if json else None


def _mute_note_to_json(mute: MuteNote | None) -> Columns | None:
    return asdict(mute) | {"until": mute.until.isoformat()} if mute else None


def _mute_note_from_json(json: Columns | None) -> MuteNote | None:
    if json is None:
        return None
    return MuteNote(
        mute_id=json["mute_id"],
        by=Person(**json["by"]),
        until=datetime.fromisoformat(json["until"]),
        because=EndReason(json["because"]) if json["because"] else None,
    )
