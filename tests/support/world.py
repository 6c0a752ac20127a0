"""The delivery loop beside a local Slack, with a clock that the test moves and no waiting."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from bot.ids import new_id
from bot.local_slack import LocalSlack, Message
from bot.rules.card import Language
from bot.rules.flapping import Flapping
from bot.rules.incident import Person
from bot.rules.judge import Outcome
from bot.rules.matcher import Matcher, Operator
from bot.rules.mute import Mute, NewMute
from bot.rules.record import Kind, RawRequest, Reading, Record, Reported, Threshold
from bot.rules.routing import Destination, Route
from bot.rules.severity import Severity
from bot.slack.calls import SlackCalls
from bot.store.engine import Database
from bot.store.inbox import Taken
from bot.store.tables import cards, channels, notes
from bot.work import mute
from bot.work.act import Click, Done, Verb, act
from bot.work.deliver import Deliverer
from bot.work.desk import Letter
from bot.work.filing import Filing
from bot.work.flood import Flood
from bot.work.kin import Kin
from bot.work.tick import Ticker

Meanwhile = Callable[[], Awaitable[object]] | None
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ANN = Person("U0ANN00001", "ann")
LI = Person("U0LI000001", "li")


@dataclass(slots=True)
class Time:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class World:
    """One database, one Slack, one delivery loop; `another_replica` gives a second one."""

    database: Database
    slack: LocalSlack
    calls: SlackCalls
    time: Time
    deliverer: Deliverer
    routes: tuple[Route, ...] = ()
    storm_limit: int = 0
    flapping: Flapping | None = None
    fallback: str | None = None
    kin: Kin = field(default_factory=Kin)
    deleted: set[str] = field(default_factory=set[str])
    _ordinals: "count[int]" = field(default_factory=count)

    async def hear(
        self,
        state: Reported = Reported.ALERT,
        *,
        alarm: str = "cpu",
        severity: Severity | None = Severity.WARN,
        value: float | None = 91.25,
        rule: str | None = None,
        meanwhile: Meanwhile = None,
    ) -> Outcome:
        """One callback about an alarm, happening now; of a `rule` that several alarms have."""
        reading = self.reading(state, alarm=alarm, severity=severity, value=value, rule=rule)
        return (await self.file([reading], meanwhile=meanwhile))[0]

    def reading(
        self,
        state: Reported,
        *,
        alarm: str,
        severity: Severity | None,
        value: float | None,
        rule: str | None = None,
    ) -> Reading:
        """What a callback says that is sent now; a moment passes."""
        record = Record(
            Kind.THRESHOLD,
            state=state,
            severity=severity,
            rule_id=f"rule-{rule or alarm}",
            alert_name=f"Alarm {rule or alarm}",
            metric="CPUUtilization",
            project="acs_ecs",
            value=value,
            unit="%",
            dimensions={"instanceId": f"i-{alarm}"},
            timestamp=self.time.now,
        )
        reading = Reading(
            record,
            alarm_key=alarm,
            delivery_key=f"{next(self._ordinals):032x}",
            threshold=Threshold(">=", 85.0, "Average"),
        )
        self.time.pass_by(0.001)
        return reading

    async def file(self, readings: list[Reading], *, meanwhile: Meanwhile = None) -> list[Outcome]:
        """Apply readings in one batch; something may happen when they are judged, not stored."""
        raw = RawRequest("POST", "", (), b"")
        letters = [
            Letter.of(Taken(new_id(), self.time.now, "tests", raw), reading, place=0)
            for reading in readings
        ]
        filing = Filing(
            self.routes,
            Destination("alarms", Language.ENGLISH),
            timedelta(minutes=10),
            self.storm_limit,
            self.flapping,
            self.kin,
        )
        async with self.database.reading() as tx:
            draft = await filing.draft(tx, letters, now=self.time.now)
        if meanwhile:
            await meanwhile()
        async with self.database.writing() as tx:
            return await filing.file(tx, draft, now=self.time.now)

    async def click(self, verb: Verb, card_id: str, person: Person = ANN) -> Done:
        """A click on a card."""
        click = Click(verb, card_id, person, "tests")
        return await act(self.database, click, now=self.time.now, poke=lambda: None)

    async def mute(self, *conditions: str, by: Person = ANN, hours: float = 1, **more: Any) -> Mute:
        """A mute of what meets conditions like `instanceid=i-cpu`, from now on."""
        new = NewMute(
            matchers=tuple(matcher_of(one) for one in conditions),
            reason=more.pop("reason", "log rotation"),
            ends_at=self.time.now + timedelta(hours=hours),
            **more,
        )
        return await mute.create(
            self.database, new, by=by, via="tests", now=self.time.now, poke=lambda: None
        )

    async def tick(self) -> None:
        """Let the clock do what it has to."""
        ticker = Ticker(
            self.database,
            clock=self.time,
            poke=lambda: None,
            flood=Flood(self.storm_limit, Language.ENGLISH),
            fallback=self.fallback,
            kin=self.kin,
        )
        await ticker.tick()

    async def mute_row(self, number: int) -> Mute:
        """A mute as it is now."""
        found = await mute.find(self.database, number)
        assert found is not None
        return found

    async def deliver(self, *, rounds: int = 1, seconds: float = 2.0) -> None:
        """Do all that may be done, let time pass, and again."""
        for _ in range(rounds):
            await self.deliverer.drain()
            self.time.pass_by(seconds)

    def let_pass(self, seconds: float) -> None:
        """Time passes for the bot and for Slack alike."""
        self.time.pass_by(seconds)
        self.slack.clock.advance(seconds)

    async def go_on(self, *, seconds: float, step: float = 1.0) -> None:
        """Live for a while: deliver what may be delivered, step by step."""
        for _ in range(round(seconds / step)):
            await self.deliverer.drain()
            self.let_pass(step)

    def another_replica(self, name: str) -> Deliverer:
        """A second delivery loop on the same database."""
        return Deliverer(self.database, self.calls, owner=name, clock=self.time)

    def top(self, channel: str = "alarms") -> list[Message]:
        """The cards in a channel."""
        return [message for message in self.slack.messages(channel) if not message.is_reply]

    def said(self, channel: str = "alarms") -> list[Message]:
        """The notes in a channel's threads."""
        return [message for message in self.slack.messages(channel) if message.is_reply]

    async def cards(self) -> list[sa.RowMapping]:
        """The rows of all cards, oldest first."""
        async with self.database.reading() as tx:
            found = await tx.connection.execute(sa.select(cards).order_by(cards.c.id))
            return list(found.mappings())

    async def card(self) -> sa.RowMapping:
        """The row of the only card."""
        rows = await self.cards()
        assert len(rows) == 1
        return rows[0]

    async def notes(self) -> list[sa.RowMapping]:
        """The rows of all notes, oldest first."""
        async with self.database.reading() as tx:
            found = await tx.connection.execute(sa.select(notes).order_by(notes.c.id))
            return list(found.mappings())

    async def channel(self, name: str = "alarms") -> sa.RowMapping:
        """The row of a channel."""
        async with self.database.reading() as tx:
            query = sa.select(channels).where(channels.c.name == name)
            return (await tx.connection.execute(query)).mappings().one()


def matcher_of(condition: str) -> Matcher:
    """`field=text`, with any of the four operators."""
    operator = next(one for one in ("!=", "=~", "!~", "=") if one in condition)
    field_, _, text = condition.partition(operator)
    return Matcher(field_, Operator(operator), text)


@asynccontextmanager
async def world(database: Database) -> AsyncGenerator[World]:
    """A world on a given database."""
    time = Time()
    async with LocalSlack() as slack:
        slack.clock.freeze(START.timestamp())
        calls = SlackCalls(slack.settings.bot_token, base_url=slack.api_url)
        try:
            deliverer = Deliverer(database, calls, owner="one", clock=time)
            yield World(database, slack, calls, time, deliverer)
        finally:
            await calls.aclose()
