"""Verbs that do something to incidents, by their numbers: the same acts as on their cards."""

from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.doors.act_answers import answer_to
from bot.doors.act_dialog import ACTION_OF
from bot.doors.commands import Commands
from bot.doors.requests import Answer
from bot.doors.visitor import Visitor
from bot.rules.command import Ask, CommandRefused, number, numbers, person
from bot.rules.incident import Person
from bot.slack.health import check_line
from bot.slack.text import Mrkdwn, joined
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work.act import Click, Done, Effect, Verb, act
from bot.work.people import People
from bot.work.permits import Permits
from bot.work.watch import Watch

MOST = 20  # incidents in one command

Acted = Callable[[Visitor], Awaitable[None]]


class Doings:
    """Acknowledge, hand over, note, resolve, reopen; and how the bot itself is."""

    def __init__(
        self,
        database: Database,
        permits: Permits,
        people: People,
        watch: Watch,
        *,
        clock: Clock,
        poke: Callable[[], None],
    ) -> None:
        self._database = database
        self._permits = permits
        self._people = people
        self._watch = watch
        self._clock = clock
        self._poke = poke

    def serve(self, commands: Commands) -> None:
        """Which verbs are answered here."""
        commands.verbs |= {
            Ask.ACK: self._of_several(Ask.ACK, Verb.ACKNOWLEDGE),
            Ask.UNACK: self._of_several(Ask.UNACK, Verb.UNACKNOWLEDGE),
            Ask.TAKE: self._of_several(Ask.TAKE, Verb.TAKE),
            Ask.RESOLVE: self._of_several(Ask.RESOLVE, Verb.RESOLVE),
            Ask.REOPEN: self._of_several(Ask.REOPEN, Verb.REOPEN),
            Ask.ASSIGN: self.assign,
            Ask.NOTE: self.note,
            Ask.DOCTOR: self.doctor,
        }

    def _of_several(self, ask: Ask, verb: Verb) -> Callable[[Visitor, str], Awaitable[Answer]]:
        async def answer(visitor: Visitor, rest: str) -> Answer:
            found, text = numbers(rest, ask)
            if len(found) > MOST:
                raise CommandRefused("too_many", most=MOST)
            await self._may(visitor, verb)
            words = Words.of(visitor.language)
            told = [await self._told(visitor, verb, one, words, text=text) for one in found]
            return joined("\n", told)

        return answer

    async def assign(self, visitor: Visitor, rest: str) -> Answer:
        """`assign 42 @li`."""
        found, text = number(rest, Ask.ASSIGN)
        person_id, _ = person(text)
        if person_id is None:
            raise CommandRefused("no_person", text=text[:40] or "–")
        await self._may(visitor, Verb.ASSIGN)
        profile = await self._people.of(person_id, person_id)
        to = Person(profile.id, profile.name)
        words = Words.of(visitor.language)
        return await self._told(visitor, Verb.ASSIGN, found, words, to=to)

    async def note(self, visitor: Visitor, rest: str) -> Answer:
        """`note 42 log rotation failed`."""
        found, text = number(rest, Ask.NOTE)
        if not text:
            raise CommandRefused("no_text")
        await self._may(visitor, Verb.NOTE)
        return await self._told(visitor, Verb.NOTE, found, Words.of(visitor.language), text=text)

    async def _may(self, visitor: Visitor, verb: Verb) -> None:
        await self._permits.demand(
            ACTION_OF[verb],
            person=visitor.person,
            channel=visitor.channel_id,
            via=visitor.via,
        )

    async def _told(
        self,
        visitor: Visitor,
        verb: Verb,
        number: int,
        words: Words,
        *,
        text: str = "",
        to: Person | None = None,
    ) -> Mrkdwn:
        key = f"{visitor.key}/{visitor.person.id}/{number}/{verb.value}" if visitor.key else None
        click = Click(
            verb, None, visitor.person, visitor.via, incident_id=number, to=to, text=text, key=key
        )
        done = await act(self._database, click, now=self._clock(), poke=self._poke)
        return words.mark(
            "command.done", number=f"#{number}", said=self._said(verb, done, visitor, words)
        )

    def _said(self, verb: Verb, done: Done, visitor: Visitor, words: Words) -> Mrkdwn:
        """Far from the card, what was done is said as well."""
        if done.effect is Effect.DONE:
            return words.mark(f"command.acted.{verb.value}")
        if done.effect is Effect.UNKNOWN_CARD:
            return words.mark("command.no_incident")
        said = answer_to(verb, done, visitor.person, words, self._clock())
        return said or words.mark(f"command.acted.{verb.value}")

    async def doctor(self, visitor: Visitor, _rest: str) -> Answer:
        """How the bot is; the settings are checked by `tocsin doctor` on its machine."""
        words = Words.of(visitor.language)
        lines = [
            check_line(name, check.key, check.values, words, ok=check.ok)
            for name, check in (await self._watch.checks()).items()
        ]
        return joined("\n", [*lines, words.mark("doctor.more", command="tocsin doctor")])
