"""Verbs that only ask: what fires now, lists, searches, one incident, CSV."""

from bot.clock import Clock
from bot.doors.commands import Commands
from bot.doors.requests import Answer
from bot.doors.rows import Rows
from bot.doors.visitor import Visitor
from bot.rules.command import Ask, number
from bot.rules.query_terms import Query
from bot.rules.until import zone_of
from bot.slack.calls import SlackCalls
from bot.slack.incident_list import Page, as_table, lines
from bot.slack.show import show_message
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import ask, faces, search

PAGE = 10
NOW_PAGE = 20
CSV_MOST = 100_000  # rows of one file
FIRING = "state:firing,no_data sort:severity"
CURSOR = "cursor:"  # what "more" adds to the question


class Asks:
    """Answers from the history."""

    def __init__(
        self,
        database: Database,
        slack: SlackCalls,
        rows: Rows,
        *,
        clock: Clock,
    ) -> None:
        self._database = database
        self._slack = slack
        self._files = slack.files
        self._rows = rows
        self._clock = clock

    def serve(self, commands: Commands) -> None:
        """Which verbs are answered here."""
        commands.verbs |= {
            Ask.NOW: self.now,
            Ask.LIST: self.list,
            Ask.SEARCH: self.search,
            Ask.SHOW: self.show,
            Ask.CSV: self.csv,
        }

    async def now(self, visitor: Visitor, rest: str) -> Answer:
        """What fires now, worst first."""
        return await self._found(visitor, f"{FIRING} {rest}", "now", f"now {rest}".strip())

    async def list(self, visitor: Visitor, rest: str) -> Answer:
        """Incidents, newest first."""
        return await self._found(visitor, rest, "list", f"list {rest}".strip())

    async def search(self, visitor: Visitor, rest: str) -> Answer:
        """What fits."""
        return await self._found(visitor, rest, "search", f"search {rest}".strip())

    async def _query(self, text: str, visitor: Visitor) -> Query:
        zone = zone_of(visitor.tz)
        return await search.understood(
            self._database, text, now=self._clock(), zone=zone, me=visitor.person.id
        )

    async def _found(self, visitor: Visitor, text: str, kind: str, question: str) -> Answer:
        cursor, text = _cursor(text)
        _, question = _cursor(question)
        words, now = Words.of(visitor.language), self._clock()
        query = await self._query(text, visitor)
        limit = NOW_PAGE if kind == "now" else PAGE
        found = await search.search(self._database, query, limit=limit, cursor=cursor)
        count = await search.count(self._database, query)
        title = (
            words.mark(f"list.titles.{kind}", count=count)
            if count
            else words.mark(f"list.none.{kind}")
        )
        page = Page(
            rows=self._rows.of(found.items, visitor.language),
            title=title,
            more=_continued(question, found.next_cursor),
            share=question if count and not cursor else None,
        )
        return (lines if kind == "now" else as_table)(page, words, now)

    async def show(self, visitor: Visitor, rest: str) -> Answer:
        """One incident: its card, what people wrote and did."""
        found, _ = number(rest, Ask.SHOW)
        words = Words.of(visitor.language)
        told = await ask.incident(self._database, found)
        if told is None:
            return words.mark("list.unknown", number=f"#{found}")
        card_id = next((card.id for card in told.cards), "")
        listed = told.listed
        face = faces.incident_face(
            listed.incident, listed.alarm, card_id, visitor.language, told.family
        )
        written, done = await ask.people_of(self._database, found)
        url, group = self._rows.url_of(told), told.group_id
        return show_message(face, written, done, url, visitor.language, group_id=group)

    async def csv(self, visitor: Visitor, rest: str) -> Answer:
        """What fits, as a file in the person's direct messages."""
        words = Words.of(visitor.language)
        query = await self._query(rest, visitor)
        made = await search.to_csv(self._database, query, most=CSV_MOST)
        count = min(await search.count(self._database, query), CSV_MOST)
        name = f"alarms-{self._clock():%Y%m%d-%H%M%S}.csv"
        place = await self._slack.channel_id(visitor.person.id)
        await self._files.upload(name, made, title=name, channel_id=place, thread_ts=None)
        return words.mark("command.csv", name=name, count=count)


def _cursor(text: str) -> tuple[str | None, str]:
    """The cursor that a "more" button added to its question, and the question."""
    kept = [word for word in text.split(" ") if not word.startswith(CURSOR)]
    cursors = [word.removeprefix(CURSOR) for word in text.split(" ") if word.startswith(CURSOR)]
    return (cursors[0] if cursors else None), " ".join(kept).strip()


def _continued(question: str, cursor: str | None) -> str | None:
    verb, _, rest = question.partition(" ")
    return f"{verb} {CURSOR}{cursor} {rest}".strip() if cursor else None
