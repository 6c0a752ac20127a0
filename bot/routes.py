"""The routes of the routes file: which channel hears of which alarms."""

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot import setting_texts
from bot.routes_file import Faulty, Keys, patterns_of, section
from bot.routes_group import grouping_of
from bot.rules.card import Language
from bot.rules.routing import Route
from bot.rules.thread import Aloud, Thread

KEYS = ("channel", "match", "language", "thread", "aloud", "continue", "group")

Word = TypeVar("Word", bound=StrEnum)


def read_routes(path: Path) -> tuple[Route, ...]:
    """The routes of a file, in its order. Raises SettingsRefused with every fault."""
    return section(path, "routes", _read, kind="route", keys=KEYS)


def _read(name: str, keys: Keys) -> Route:
    return Route(
        name=name,
        match=patterns_of("match", keys.get("match", {})),
        channel=_channel(keys.get("channel")),
        language=_word(Language, "language", keys.get("language")),
        stop=not _continues(keys.get("continue", False)),
        thread=_word(Thread, "thread", keys.get("thread")),
        aloud=_word(Aloud, "aloud", keys.get("aloud")),
        grouping=grouping_of(keys.get("group")),
    )


def _channel(value: object) -> str:
    if value is None:
        raise Faulty("channel is missing (YAML takes an unquoted # for a comment: '#ops')")
    if not isinstance(value, str):
        raise Faulty("channel must be a text", "channel")
    try:
        return setting_texts.channel(value)
    except ValueError as fault:
        raise Faulty(f"channel {fault}", "channel") from None


def _word(words: type[Word], key: str, value: object) -> Word | None:
    """One of a closed set. YAML takes a bare `off` for false."""
    if value is None:
        return None
    known = [each.value for each in words]
    written = "off" if value is False else value
    if written not in known:
        raise Faulty(f"{key} must be one of: {', '.join(known)}", key)
    return words(written)


def _continues(value: object) -> bool:
    if not isinstance(value, bool):
        raise Faulty("continue must be true or false", "continue")
    return value
