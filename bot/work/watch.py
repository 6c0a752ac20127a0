"""What the bot knows of its own health: can it store, can it post, how far is it behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.store import backlog, canaries, channels, gates, inbox
from bot.store.engine import Database, Reading

BEHIND_FOR = timedelta(minutes=2)  # a card this far behind is no longer "in a moment"
WAITING_MOST = 5_000  # callbacks in the inbox; some seconds of applying
DATABASE = "database"
CANARY = "canary"
AWAY_FOR = timedelta(minutes=2)  # a Slack that does not answer so long is no hiccup


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be well, with what to know or to do about it.

    `key` and `values` are what the words of `checks` say of it, in the language of who is told;
    what comes from outside (an error's text) is a value. Not `vital`: a replica that lacks it is
    as ready as any other.
    """

    ok: bool
    key: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    vital: bool = True


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind: callbacks not applied, cards not true, and for how many seconds each."""

    callbacks: int
    callbacks_seconds: float
    cards: int
    oldest_seconds: float


class Reach(Protocol):
    """What is known of Slack: its word against our token, and since when it does not answer."""

    refused: str | None
    away_since: datetime | None


class Storing(Protocol):
    """Whether the database takes what we write: why not, or None."""

    refused: str | None


class Watch:
    """Asks the database each time; the rest is told by the loops that try it all the time."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        slack: Reach,
        storing: Storing,
        canary: timedelta | None = None,
    ) -> None:
        """`canary`: how often one is sent; None: never."""
        self._database = database
        self._canary = canary
        self._clock = clock
        self._reach = slack
        self._storing = storing

    async def backlog(self) -> Backlog:
        """How far behind. Raises StorageUnavailable."""
        async with self._database.reading() as tx:
            return await self._backlog(tx)

    async def _backlog(self, tx: Reading) -> Backlog:
        waits = self._age(await inbox.oldest_at(tx))
        behind = self._age(await backlog.oldest_behind(tx))
        return Backlog(await inbox.length(tx), waits, await backlog.count_behind(tx), behind)

    def _age(self, since: datetime | None) -> float:
        return max((self._clock() - since).total_seconds(), 0.0) if since else 0.0

    async def checks(self) -> dict[str, Check]:
        """Every check by name."""
        try:
            async with self._database.reading() as tx:
                return {
                    DATABASE: self._database_check(),
                    "slack": await self._slack(tx),
                    "channels": await self._channels(tx),
                    **self._delays(await self._backlog(tx)),
                    **await self._canaries(tx),
                }
        except StorageUnavailable as error:
            return {DATABASE: Check(ok=False, key="database_away", values={"error": str(error)})}

    def _database_check(self) -> Check:
        """It may answer and take nothing: locked, full, read-only, not migrated yet."""
        refused = self._storing.refused
        if refused is None:
            return Check(ok=True, key="database")
        return Check(ok=False, key="database_refuses", values={"error": refused})

    async def _slack(self, tx: Reading) -> Check:
        reach, now = self._reach, self._clock()
        reason = await gates.shut_reason(tx, gates.SLACK, now) or reach.refused
        if reason is not None:
            return Check(ok=False, key="slack_refuses", values={"reason": reason})
        if reach.away_since and now - reach.away_since >= AWAY_FOR:
            since = f"{reach.away_since:%Y-%m-%d %H:%M:%S} UTC"
            return Check(ok=False, key="slack_away", values={"since": since})
        return Check(ok=True, key="nothing_refused")

    async def _canaries(self, tx: Reading) -> dict[str, Check]:
        """Not vital: whatever lies between us and the outside, no other replica would do better,
        and one that is taken out of the balance for it takes no callbacks at all.
        """
        if self._canary is None:
            return {}
        flight = await canaries.flight(tx)
        if flight.failed_because:
            because = {"reason": flight.failed_because}
            return {CANARY: Check(ok=False, key="canary_lost", values=because, vital=False)}
        if flight.arrived_at is None:
            return {CANARY: Check(ok=True, key="canary_not_yet", vital=False)}
        ago = {"seconds": round(self._age(flight.arrived_at))}
        return {CANARY: Check(ok=True, key="canary", values=ago, vital=False)}

    async def canary_seconds(self) -> float | None:
        """How long ago a canary arrived. Raises StorageUnavailable."""
        async with self._database.reading() as tx:
            flight = await canaries.flight(tx)
        return self._age(flight.arrived_at) if flight.arrived_at else None

    async def _channels(self, tx: Reading) -> Check:
        parked = await channels.parked(tx)
        if not parked:
            return Check(ok=True, key="nothing_refused")
        named = ", ".join(f"{one.name}: {one.reason}" for one in parked)
        return Check(ok=False, key="channels_refused", values={"channels": named})

    def _delays(self, backlog: Backlog) -> dict[str, Check]:
        most = BEHIND_FOR.total_seconds()
        stuck = backlog.callbacks_seconds > most
        waiting = {"count": backlog.callbacks, "seconds": round(backlog.callbacks_seconds)}
        behind = {"count": backlog.cards, "seconds": round(backlog.oldest_seconds)}
        return {
            "inbox": Check(
                backlog.callbacks < WAITING_MOST and not stuck,
                "inbox_stuck" if stuck else "inbox",
                waiting,
            ),
            "cards": Check(
                backlog.oldest_seconds <= most, "cards_behind" if backlog.cards else "cards", behind
            ),
        }
