"""People: their language and time zone for private answers, asked of Slack now and then.

An answer never waits long for it: without Slack it is in the bot's own language, in UTC.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.rules.card import Language
from bot.slack.failures import SlackFailure
from bot.slack.people import PeopleCalls, PersonSeen

KEPT = timedelta(minutes=10)  # a person who changes their language sees it this soon
PATIENCE = 0.5  # seconds; a modal's trigger lives three
MOST_KEPT = 5_000
UNKNOWN_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Profile:
    """How to speak to somebody; `tz` is an IANA name."""

    id: str
    name: str
    language: Language
    tz: str


class People:
    """Remembers profiles."""

    def __init__(self, calls: PeopleCalls, *, default: Language, clock: Clock) -> None:
        self._calls = calls
        self._default = default
        self._clock = clock
        self._kept: dict[str, tuple[datetime, Profile]] = {}

    async def of(self, user_id: str, name: str = "") -> Profile:
        """Somebody's profile; the default one, and not remembered, where Slack does not tell."""
        now = self._clock()
        kept = self._kept.get(user_id)
        if kept and now - kept[0] < KEPT:
            return kept[1]
        try:
            async with asyncio.timeout(PATIENCE):
                seen = await self._calls.person(user_id)
        except (SlackFailure, TimeoutError):
            return kept[1] if kept else Profile(user_id, name, self._default, UNKNOWN_ZONE)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        profile = self._profile(seen, name)
        self._kept[user_id] = (now, profile)
        return profile

    def _profile(self, seen: PersonSeen, name: str) -> Profile:
        return Profile(
            seen.id, seen.name or name, self._language(seen.locale), seen.tz or UNKNOWN_ZONE
        )

    def _language(self, locale: str) -> Language:
        if not locale:
            return self._default
        return Language.CHINESE if locale.lower().startswith("zh") else Language.ENGLISH
