"""The tick: the only place that turns the clock into rows.

Mutes begin, are about to end and end, storms and flapping calm, groups are shown; each such moment
is a column, so a bot that was down does at its start what it missed, once. Every mute is a
transaction of its own, and two replicas never work on the same one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.rules.delivery import Urgency
from bot.rules.incident import Incident
from bot.rules.mute import Ending, EndReason, Mute
from bot.rules.notes import mute_ended, mute_ending
from bot.store import cards, channels, holds, moments, mutes, notes, quiet, storms
from bot.store.cards import NewCard
from bot.store.engine import Database, Lane, Reading, Writing
from bot.work import calm
from bot.work.flood import Flood
from bot.work.groups import Groups
from bot.work.kin import NOBODY, Kin
from bot.work.mute import Poke, apply, let_go
from bot.work.quieten import hidden_by, quieten
from bot.work.stand_in import StandIns

log = structlog.get_logger()

LONGEST_SLEEP = timedelta(seconds=30)  # another replica, or the command line, may make mutes
SHORTEST_SLEEP = timedelta(milliseconds=20)  # another replica may be at work on what is due
AFTER_FAILURE = timedelta(seconds=2)

Look = Callable[[], Awaitable[bool]]


class Ticker:
    """One replica's tick; `poke` wakes the delivery loop."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        poke: Poke,
        flood: Flood,
        kin: Kin = NOBODY,
        fallback: str | None = None,
    ) -> None:
        """`fallback` is the channel for cards of channels that Slack refuses."""
        self._database = database
        self._fallback = fallback or ""
        self._stand_ins = StandIns(database, flood, fallback) if fallback else None
        self._flood = flood
        self._groups = Groups(flood)
        self._kin = kin
        self._clock = clock
        self._poke = poke
        self._something = asyncio.Event()
        self._stopping = False
        self._soonest: list[datetime] = []

    def poke(self) -> None:
        """A mute was made or changed: do not sleep over it."""
        self._something.set()

    def stop(self) -> None:
        """Finish the mute at hand; `run` then ends."""
        self._stopping = True
        self.poke()

    async def run(self) -> None:
        """Look whenever the clock may have something to say."""
        while not self._stopping:
            self._something.clear()
            pause = await self._tick_or_wait()
            try:
                async with asyncio.timeout(pause.total_seconds()):
                    await self._something.wait()
            except TimeoutError:
                continue

    async def _tick_or_wait(self) -> timedelta:
        try:
            await self.tick()
        except StorageUnavailable as error:
            log.warning("tick.postponed", reason=str(error))
            return AFTER_FAILURE
        until = [at - self._clock() for at in self._soonest]
        return min([LONGEST_SLEEP, *(max(each, SHORTEST_SLEEP) for each in until)])

    async def tick(self) -> None:
        """Do everything that is due now."""
        something = True
        while something and not self._stopping:
            something = False
            for look in await self._due():
                while not self._stopping and await look():
                    something = True  # by which more may have become due
                    self._poke()

    async def _due(self) -> list[Look]:
        """What there is to look at: looking itself holds up everybody who writes."""
        return await self._database.read_at_once(self._look_around, Lane.DELIVER)

    async def _look_around(self, tx: Reading) -> list[Look]:
        now = self._clock()
        found = await moments.of_tick(tx, fallback=self._fallback)
        looks: list[tuple[Look, datetime | None]] = [
            (self._look_at_one, found.mutes),
            # Groups before storms: what is over needs no card of its own.
            (self._look_at_groups, found.groups),
            (self._look_at_a_storm, found.storms),
            (self._look_at_what_flaps, found.flapping),
        ]
        self._soonest = [at for _, at in looks if at is not None]
        due = [look for look, at in looks if at and at <= now]
        due += [self._look_at_refused_channels] * found.refused
        return due + [self._look_at_orphans] * found.orphans

    async def _look_at_what_flaps(self) -> bool:
        async with self._database.writing() as tx:
            return await calm.look_at_one(tx, self._clock())

    async def _look_at_refused_channels(self) -> bool:
        return self._stand_ins is not None and await self._stand_ins.make(now=self._clock())

    async def _look_at_orphans(self) -> bool:
        """What waited for a parent that has ended, however it ended, is heard now."""
        async with self._database.writing() as tx:
            now = self._clock()
            await mutes.wait_for_apply(tx)
            heard = await self._kin.let_go(tx, now)
            if heard:
                await self._show(tx, heard, now)
        return heard is not None

    async def _look_at_groups(self) -> bool:
        async with self._database.writing() as tx:
            await mutes.wait_for_apply(tx)
            return await self._groups.look_at_some(tx, self._clock())

    async def _show(self, tx: Writing, heard: list[Incident], now: datetime) -> None:
        """What is heard again is shown by its group, by a storm, or by its own card."""
        not_shown = await _not_shown(tx, heard)
        left = await self._groups.take_back(tx, not_shown, now=now)
        await self._flood.sort(tx, left, now=now)

    async def _look_at_a_storm(self) -> bool:
        async with self._database.writing() as tx:
            now = self._clock()
            await mutes.wait_for_apply(tx)
            storm = await storms.next_due(tx, now)
            if storm is None:
                return False
            is_calm = await self._flood.look_at(tx, storm, now=now)
        log.info("storm.looked_at", storm=storm.id, calm=is_calm)
        return True

    async def _look_at_one(self) -> bool:
        async with self._database.writing() as tx:
            now = self._clock()
            await mutes.wait_for_apply(tx)
            mute = await mutes.next_due(tx, now)
            if mute is None:
                return False
            await self._look_at(tx, mute, now)
        return True

    async def _look_at(self, tx: Writing, mute: Mute, now: datetime) -> None:
        because = mute.ended_by_time(now)
        if because and not mute.ended:
            mute = mute.over(Ending(now, because))
        if mute.ended:
            await self._say_it_ended(tx, mute, mute.ended, now)
            return
        if not mute.applied and mute.is_active(now):
            heard = await let_go(tx, mute, now)
            await self._show(tx, heard, now)
            mute = await apply(tx, mute, now)
        if mute.wants_reminder(now):
            await self._remind(tx, mute, now)
            mute = mute.reminded()
        await mutes.save(tx, mute.watched())

    async def _say_it_ended(self, tx: Writing, mute: Mute, ending: Ending, now: datetime) -> None:
        """What still fires comes back, aloud; the author is told what it hid."""
        await mutes.save(tx, mute)
        held = await quiet.of_mute(tx, mute.id)
        heard = await quieten(tx, held, await mutes.living(tx), now=now)
        await self._tell_threads(tx, mute, ending.because, heard, now)
        await self._show(tx, heard, now)
        hidden = await hidden_by(tx, mute)
        await self._tell_author(tx, mute, now)
        await mutes.save(tx, mute.told(hidden))
        log.info("mute.ended", mute=mute.id, because=ending.because, heard=len(heard))

    async def _tell_threads(
        self, tx: Writing, mute: Mute, because: EndReason, heard: list[Incident], now: datetime
    ) -> None:
        shown = await cards.of_incidents(tx, [one.id for one in heard])
        pairs = [
            (card.id, mute_ended(card.incident_id, mute, because, now))
            for card in shown
            if card.incident_id is not None
        ]
        await notes.add(tx, pairs, now=now)

    async def _remind(self, tx: Writing, mute: Mute, now: datetime) -> None:
        """In the thread where it was made, if that card is shown; else to its author alone."""
        card_id = await cards.shown_of(tx, mute.card_id, mute.id)
        if card_id:
            await notes.add(tx, [(card_id, mute_ending(mute, now))], now=now)
        else:
            await self._tell_author(tx, replace(mute, hidden=None), now)

    async def _tell_author(self, tx: Writing, mute: Mute, now: datetime) -> None:
        """A direct message: the channel that is named like a person."""
        author = mute.created_by.id
        if not is_person(author):
            return
        if await cards.of_mute(tx, mute.id):
            await cards.want(tx, mute.id, now=now)
            return
        number = (await channels.numbers(tx, {author}))[author]
        new = NewCard(number, self._flood.language, Urgency.REST, mute_id=mute.id)
        await cards.add(tx, [new], now=now)


async def _not_shown(tx: Writing, heard: list[Incident]) -> dict[int, list[Incident]]:
    """What the end of a mute would post now, by channel."""
    by_id = {one.id: one for one in heard}
    found: dict[int, list[Incident]] = {}
    for channel_id, number in await holds.not_shown(tx, list(by_id)):
        found.setdefault(channel_id, []).append(by_id[number])
    return found


def is_person(actor_id: str) -> bool:
    """Whether an actor is somebody in Slack; the API and the command line have other names."""
    return actor_id[:1] in ("U", "W") and actor_id.isalnum() and actor_id.isupper()
