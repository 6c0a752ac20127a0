"""What a person filled in: a view's `state.values` and the ids it carries, read without trust.

Our inputs have one name for their block and their action.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast  # Slack's payloads: whatever came over the wire

from bot.ids import MOST_NUMBER
from bot.slack.text import storable


def _object(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return storable(value) if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Filled:
    """The values of a view's inputs, by name."""

    values: Mapping[str, Any]

    def _input(self, name: str) -> Mapping[str, Any]:
        return _object(_object(self.values.get(name)).get(name))

    def has(self, name: str) -> bool:
        """Whether the view has this input at all."""
        return bool(self._input(name))

    def text(self, name: str) -> str:
        """What was typed."""
        return _text(self._input(name).get("value")).strip()

    def choice(self, name: str) -> str:
        """The chosen option of a menu or of radio buttons."""
        return _text(_object(self._input(name).get("selected_option")).get("value"))

    def choices(self, name: str) -> frozenset[str]:
        """The ticked boxes."""
        ticked = self._input(name).get("selected_options")
        options = cast("list[object]", ticked) if isinstance(ticked, list) else []
        return frozenset(_text(_object(one).get("value")) for one in options)

    def moment(self, name: str) -> datetime | None:
        """A picked day and time (UTC)."""
        seconds = self._input(name).get("selected_date_time")
        if not isinstance(seconds, int):
            return None
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError):
            return None

    def person(self, name: str) -> str:
        """The id of a picked person."""
        return _text(self._input(name).get("selected_user"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A view as Slack sent it back."""

    id: str
    hash: str
    callback_id: str
    ids: Mapping[str, Any]
    filled: Filled

    def text(self, name: str) -> str | None:
        """One of its ids that is text."""
        return _text(self.ids.get(name)) or None

    def number(self, name: str) -> int | None:
        """One of its ids that is a number."""
        value = self.ids.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_NUMBER:
            return None
        return value


def seen(view: object) -> Seen:
    """Read a view; what is missing is empty."""
    body = _object(view)
    return Seen(
        id=_text(body.get("id")),
        hash=_text(body.get("hash")),
        callback_id=_text(body.get("callback_id")),
        ids=_ids(_text(body.get("private_metadata"))),
        filled=Filled(_object(_object(body.get("state")).get("values"))),
    )


def _ids(text: str) -> Mapping[str, Any]:
    try:
        return _object(json.loads(text)) if text else {}
    except ValueError:
        return {}
