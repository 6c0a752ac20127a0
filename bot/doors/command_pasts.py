"""Verbs about the past: an alarm's history, and statistics. Each with a picture."""

from bot.clock import Clock
from bot.doors.commands import Commands
from bot.doors.requests import Answer, Drawn
from bot.doors.visitor import Visitor
from bot.rules.command import Ask, CommandRefused, number
from bot.rules.history import Span
from bot.rules.stats_range import range_of
from bot.rules.until import zone_of
from bot.slack.history_message import history_message
from bot.slack.stats_message import stats_message
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import history, stats

RULE = "rule"  # `history 42 30d rule`: all instances of the rule


class Pasts:
    """`history` and `stats`."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def serve(self, commands: Commands) -> None:
        """Which verbs are answered here."""
        commands.verbs |= {Ask.HISTORY: self.history, Ask.STATS: self.stats}

    async def history(self, visitor: Visitor, rest: str) -> Answer:
        """`history 42`, `history 42 30d`, `history 42 30d rule`."""
        found, rest = number(rest, Ask.HISTORY)
        asked = rest.lower().split()
        past = await history.of_incident(
            self._database,
            found,
            span=_span([word for word in asked if word != RULE]),
            whole_rule=RULE in asked,
            before_id=None,
            now=self._clock(),
            language=visitor.language,
        )
        if past is None:
            return Words.of(visitor.language).mark("list.unknown", number=f"#{found}")
        best = history_message(past, language=visitor.language, tz=visitor.tz)
        plain = history_message(past, language=visitor.language, tz=visitor.tz, picture=False)
        return Drawn(best, plain)

    async def stats(self, visitor: Visitor, rest: str) -> Answer:
        """`stats`, `stats 30d`, `stats 2026-11`."""
        since, until = range_of(rest, now=self._clock(), zone=zone_of(visitor.tz))
        found = await stats.of(self._database, since=since, until=until)
        best = stats_message(found, language=visitor.language, tz=visitor.tz)
        plain = stats_message(found, language=visitor.language, tz=visitor.tz, picture=False)
        return Drawn(best, plain)


def _span(words: list[str]) -> Span:
    if not words:
        return Span.WEEK
    try:
        return Span(words[0])
    except ValueError as error:
        spans = ", ".join(one.value for one in Span)
        raise CommandRefused("no_span", text=words[0][:40], spans=spans) from error
