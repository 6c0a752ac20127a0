"""Words for people, in their language, from the catalogues beside this file.

No other file of the program may hold a sentence that a person reads in Slack. A key names a
template with `{placeholders}`, or forms of one that depend on `count` (`one`, `other`) or,
for ordinals, on the number's ending. The catalogues hold no markup: they go into plain text
and mrkdwn alike.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import cast

from bot.rules.card import Language
from bot.slack.text import Mrkdwn, joined, safe

FORMS = frozenset({"one", "two", "few", "other"})
Template = str | Mapping[str, str]

MINUTE, HOUR, DAY = 60, 3_600, 86_400


class Words:
    """One language's catalogue."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._templates = templates

    @staticmethod
    @cache
    def of(language: Language) -> "Words":
        """The catalogue of a language, a file for each room of it; read once."""
        folder = resources.files("bot.slack").joinpath("words", language.value)
        books = (each for each in folder.iterdir() if each.name.endswith(".toml"))
        trees = [tomllib.loads(each.read_text(encoding="utf-8")) for each in books]
        return Words(dict(leaf for tree in trees for leaf in _leaves(tree, prefix="")))

    def __contains__(self, key: str) -> bool:
        return key in self._templates

    def __iter__(self) -> Iterator[str]:
        return iter(self._templates)

    def template(self, key: str) -> Template:
        """As it stands in the catalogue. An unknown key is a fault of ours: KeyError."""
        return self._templates[key]

    def say(self, key: str, **values: object) -> str:
        """Plain text; what comes from outside in `values` is not escaped."""
        return self._form(key, values).format_map(values)

    def mark(self, key: str, **values: object) -> Mrkdwn:
        """Mrkdwn; values are made safe unless they are `Mrkdwn` already."""
        marked = {name: safe(str(v) if not isinstance(v, str) else v) for name, v in values.items()}
        return Mrkdwn(self._form(key, values).format_map(marked))

    def ordinal(self, number: int) -> str:
        """`3rd`, `第 3 次`'s `第 3`."""
        forms = cast("Mapping[str, str]", self._templates["ordinal"])
        return forms.get(_ending(number), forms["other"]).format(number=number)

    def lasting(self, duration: timedelta) -> str:
        """The two largest units, rounded down: `12 min`, `1 h 35 min`, `3 d 4 h`."""
        seconds = max(int(duration.total_seconds()), 0)
        if seconds < MINUTE:
            return self.say("lasting.seconds", seconds=seconds)
        if seconds < HOUR:
            return self.say("lasting.minutes", minutes=seconds // MINUTE)
        if seconds < DAY:
            return self._two("hours", seconds // HOUR, "minutes", seconds % HOUR // MINUTE)
        return self._two("days", seconds // DAY, "hours", seconds % DAY // HOUR)

    def listed(self, parts: Sequence[str]) -> Mrkdwn:
        """Parts with the language's comma between them."""
        return joined(cast("str", self._templates["comma"]), parts)

    def _two(self, large: str, much: int, small: str, little: int) -> str:
        first = self.say(f"lasting.{large}", **{large: much})
        return f"{first} {self.say(f'lasting.{small}', **{small: little})}" if little else first

    def _form(self, key: str, values: Mapping[str, object]) -> str:
        template = self._templates[key]
        if isinstance(template, str):
            return template
        return template.get("one", template["other"]) if values["count"] == 1 else template["other"]


def _leaves(tree: Mapping[str, object], *, prefix: str) -> Iterator[tuple[str, Template]]:
    for name, value in tree.items():
        key = prefix + name
        if isinstance(value, str):
            yield key, value
            continue
        branch = cast("dict[str, object]", value)
        if "other" in branch and branch.keys() <= FORMS:
            yield key, cast("dict[str, str]", branch)
        else:
            yield from _leaves(branch, prefix=f"{key}.")


def _ending(number: int) -> str:
    """English ordinals: 1st, 2nd, 3rd, 4th, 11th, 12th, 13th, 21st."""
    if number % 100 in (11, 12, 13):
        return "other"
    return {1: "one", 2: "two", 3: "few"}.get(number % 10, "other")
