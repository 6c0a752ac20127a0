"""Incidents as rows of a list, with the way to their cards."""

from collections.abc import Callable, Iterable

from bot.rules.card import IncidentCard, Language
from bot.slack.calls import Identity
from bot.slack.incident_list import Row
from bot.work import faces
from bot.work.ask import Told


class Rows:
    """Makes rows; `whoami` knows the address of our workspace."""

    def __init__(self, whoami: Callable[[], Identity | None]) -> None:
        self._whoami = whoami

    def of(self, told: Iterable[Told], language: Language) -> tuple[Row, ...]:
        """In the same order."""
        return tuple(self._row(one, language) for one in told)

    def _row(self, told: Told, language: Language) -> Row:
        listed = told.listed
        labels = faces.labels_of(listed.incident, listed.alarm, language)
        return Row(IncidentCard("", listed.incident, listed.alarm, labels), self.url_of(told))

    def url_of(self, told: Told) -> str | None:
        """Where the first card of it stands, or its group's, in Slack's spelling of such a link."""
        us = self._whoami()
        places = [(card.channel, card.shown_at) for card in told.cards if card.shown_at]
        if us is None or not us.url.startswith(("https://", "http://")) or not places:
            return None
        channel, ts = places[0]
        return f"{us.url.rstrip('/')}/archives/{channel}/p{str(ts).replace('.', '')}"
