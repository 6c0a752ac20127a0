"""The fields of one message, found by name whatever the case, and read as what they are."""

from collections.abc import Mapping
from datetime import datetime

from bot.cloudmonitor import scalars
from bot.cloudmonitor.maps import map_of, object_of
from bot.rules.record import Json
from bot.rules.severity import Severity


class Fields:
    """A message's fields. Names are compared without regard to case (`Curvalue` occurs)."""

    def __init__(self, raw: Mapping[str, Json]) -> None:
        self._raw: dict[str, Json] = {}
        for name, value in raw.items():
            self._raw.setdefault(name.lower(), value)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._raw

    def raw(self, name: str) -> Json:
        """The value as it came."""
        return self._raw.get(name.lower())

    def text(self, *names: str) -> str | None:
        """The first of these fields that says something."""
        return next((text for name in names if (text := scalars.text_of(self.raw(name)))), None)

    def number(self, *names: str) -> float | None:
        """The first of these fields that is a finite number."""
        numbers = (scalars.number_of(self.raw(name)) for name in names)
        return next((number for number in numbers if number is not None), None)

    def level(self, *names: str) -> Severity | None:
        """The first of these fields that is a level."""
        return next((level for name in names if (level := scalars.level_of(self.raw(name)))), None)

    def time(self, *names: str) -> datetime | None:
        """The first of these fields that is a moment."""
        return next((time for name in names if (time := scalars.time_of(self.raw(name)))), None)

    def map(self, name: str) -> dict[str, str]:
        """A map as texts."""
        return map_of(self.raw(name))

    def object_map(self, name: str) -> dict[str, str]:
        """A map as texts, if it comes as a JSON object; else empty."""
        return map_of(found) if (found := object_of(self.raw(name))) else {}

    @property
    def names(self) -> list[str]:
        """The fields' names, in lower case."""
        return list(self._raw)

    def within(self, name: str) -> "Fields":
        """The fields of an object within, also one inside a text."""
        return Fields(object_of(self.raw(name)))

    def object(self, name: str) -> dict[str, Json]:
        """An object within, made storable."""
        made = scalars.storable_json(object_of(self.raw(name)))
        return made if isinstance(made, dict) else {}
