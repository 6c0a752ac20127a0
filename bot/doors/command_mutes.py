"""Mutes by command: make, list, extend, end. The same mutes as from a card."""

from bot.clock import Clock
from bot.doors.commands import Commands
from bot.doors.requests import Answer
from bot.doors.visitor import Visitor
from bot.ids import number_or_none
from bot.rules.command import Ask, CommandRefused, mute_asked, number
from bot.rules.mute_form import MuteForm
from bot.rules.permits import Action, of_end, of_mute
from bot.rules.until import until, zone_of
from bot.slack.mute_answers import mute_ended, mute_extended, mute_made, mutes_message
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import ask, mute
from bot.work.permits import Permits

PAGE = 10


class MuteCommands:
    """`mute`, `mutes`, `extend`, `unmute`."""

    def __init__(
        self, database: Database, permits: Permits, *, clock: Clock, poke: mute.Poke
    ) -> None:
        self._database = database
        self._permits = permits
        self._clock = clock
        self._poke = poke

    def serve(self, commands: Commands) -> None:
        """Which verbs are answered here."""
        commands.verbs |= {
            Ask.MUTE: self.mute,
            Ask.MUTES: self.mutes,
            Ask.EXTEND: self.extend,
            Ask.UNMUTE: self.unmute,
        }

    async def mute(self, visitor: Visitor, rest: str) -> Answer:
        """`mute 42 for 4h because log rotation`."""
        now, words = self._clock(), Words.of(visitor.language)
        wanted = mute_asked(rest, now=now, zone=zone_of(visitor.tz))
        told = await ask.incident(self._database, wanted.incident) if wanted.incident else None
        if wanted.incident and told is None:
            return words.mark("list.unknown", number=f"#{wanted.incident}")
        exactly = MuteForm.of(told.listed.alarm).matchers if told else ()
        new = wanted.new(exactly).checked(now)
        await self._may(visitor, of_mute(new, now))
        made = await mute.create(
            self._database,
            new,
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=now,
            poke=self._poke,
        )
        return mute_made(made, await mute.holding(self._database, made.id), words)

    async def mutes(self, visitor: Visitor, rest: str) -> Answer:
        """Those that are not over; `mutes ended`: those that are."""
        words = Words.of(visitor.language)
        ended = rest.split(" ", maxsplit=1)[0] in ("ended", "over", "已结束")
        before = next(filter(None, map(number_or_none, rest.split())), None)
        page = await mute.page(self._database, ended=ended, limit=PAGE + 1, before_id=before)
        held = {one.id: await mute.holding(self._database, one.id) for one in page[:PAGE]}
        kind = "mutes ended" if ended else "mutes"
        more = f"{kind} {page[PAGE - 1].id}" if len(page) > PAGE else None
        return mutes_message(page[:PAGE], held, words, more=more, ended=ended)

    async def extend(self, visitor: Visitor, rest: str) -> Answer:
        """`extend 7`, `extend 7 2h`, `extend 7 until 18:00`."""
        found, text = number(rest, Ask.EXTEND)
        text = text.removeprefix("until ").removeprefix("by ").removeprefix("for ").strip()
        now = self._clock()
        end = until(text, now=now, zone=zone_of(visitor.tz)).at if text else None
        if end is not None and end <= now:
            raise CommandRefused("not_ahead")
        words = Words.of(visitor.language)
        before = await mute.find(self._database, found)
        if before is None:
            return words.mark("mute_form.unknown")
        later = before.extended(end, now).ends_at
        await self._may(visitor, of_end(later, now))
        after = await mute.extend(
            self._database,
            found,
            until=later,
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=now,
            poke=self._poke,
        )
        return mute_extended(after, words) if after else words.mark("mute_form.unknown")

    async def unmute(self, visitor: Visitor, rest: str) -> Answer:
        """`unmute 7`."""
        found, _ = number(rest, Ask.UNMUTE)
        await self._may(visitor, Action.UNMUTE)
        after = await mute.end(
            self._database,
            found,
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=self._clock(),
            poke=self._poke,
        )
        words = Words.of(visitor.language)
        return mute_ended(after, words) if after else words.mark("mute_form.unknown")

    async def _may(self, visitor: Visitor, action: Action) -> None:
        await self._permits.demand(
            action, person=visitor.person, channel=visitor.channel_id, via=visitor.via
        )
