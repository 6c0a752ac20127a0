"""The fields of one message, found by name whatever the case, and read as what they are."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from bot.cloudmonitor import scalars
from bot.cloudmonitor.maps import map_of, object_of, texts_in
from bot.rules.record import Json
from bot.rules.severity import Severity


class Fields:
    """A message's fields. Names are compared without regard to case (`Curvalue` occurs).

    Of several with one name the first that says something counts.
    """

    def __init__(self, pairs: Iterable[tuple[str, Json]]) -> None:
        self._raw: dict[str, Json] = {}
        for written, value in pairs:
            name = written.lower()
            if name not in self._raw or scalars.is_absent(self._raw[name]):
                self._raw[name] = value

    def __contains__(self, name: str) -> bool:
        """Whether the field is there and says something."""
        return not scalars.is_absent(self.raw(name))

    def raw(self, name: str) -> Json:
        """The value as it came."""
        return self._raw.get(name.lower())

    def text(self, *names: str) -> str | None:
        """The first of these fields that says something."""
        for name in names:
            if text := scalars.text_of(self.raw(name)):
                return text
        return None

    def number(self, *names: str) -> float | None:
        """The first of these fields that is a finite number."""
        numbers = (scalars.number_of(self.raw(name)) for name in names)
        return next((number for number in numbers if number is not None), None)

    def level(self, *names: str) -> Severity | None:
        """The first of these fields that is a level."""
        for name in names:
            if level := scalars.level_of(self.raw(name)):
                return level
        return None

    def time(self, *names: str) -> datetime | None:
        """The first of these fields that is a moment."""
        return next((time for name in names if (time := scalars.time_of(self.raw(name)))), None)

    def map(self, name: str) -> dict[str, str]:
        """A map as texts."""
        return map_of(self.raw(name))

    def object_map(self, name: str) -> dict[str, str]:
        """A map as texts, if it comes as a JSON object; else empty."""
        return texts_in(self.raw(name))

    @property
    def names(self) -> list[str]:
        """The fields' names, in lower case."""
        return list(self._raw)

    @property
    def fingerprint(self) -> str:
        """Equal for messages that say the same in every field."""
        return sha256(json.dumps(self._raw, sort_keys=True).encode()).hexdigest()

    def within(self, name: str) -> "Fields":
        """The fields of an object within, also one inside a text."""
        return Fields(object_of(self.raw(name)).items())

    def object(self, name: str) -> dict[str, Json]:
        """An object within, made storable."""
        made = scalars.storable_json(object_of(self.raw(name)))
        return made if isinstance(made, dict) else {}
