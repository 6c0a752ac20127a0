"""What the bot knows of its own health: can it store, can it post, how far is it behind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.errors import StorageUnavailable
from bot.store import cards, channels, gates, inbox
from bot.store.engine import Database, Reading

BEHIND_FOR = timedelta(minutes=2)  # a card this far behind is no longer "in a moment"
WAITING_MOST = 5_000  # callbacks in the inbox; some seconds of applying


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be well, with what to know or to do about it."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind: callbacks not applied, cards not true, and since how many seconds."""

    callbacks: int
    cards: int
    oldest_seconds: float


class Watch:
    """Asks the database each time; `refused` is Slack's word against our token, if any."""

    def __init__(
        self, database: Database, *, clock: Clock, refused: Callable[[], str | None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._refused = refused

    async def backlog(self) -> Backlog:
        """How far behind. Raises StorageUnavailable."""
        async with self._database.reading() as tx:
            return await self._backlog(tx)

    async def _backlog(self, tx: Reading) -> Backlog:
        oldest = await cards.oldest_behind(tx)
        age = max((self._clock() - oldest).total_seconds(), 0.0) if oldest else 0.0
        return Backlog(await inbox.length(tx), await cards.count_behind(tx), age)

    async def checks(self) -> dict[str, Check]:
        """Every check by name."""
        try:
            async with self._database.reading() as tx:
                return {
                    "database": Check(ok=True, detail="answers"),
                    "slack": await self._slack(tx),
                    "channels": await self._channels(tx),
                } | self._delays(await self._backlog(tx))
        except StorageUnavailable as error:
            return {"database": Check(ok=False, detail=f"does not answer: {error}")}

    async def _slack(self, tx: Reading) -> Check:
        reason = await gates.shut_reason(tx, gates.SLACK, self._clock()) or self._refused()
        if reason is None:
            return Check(ok=True, detail="nothing refused")
        return Check(ok=False, detail=f"Slack refuses us: {reason}; run `tocsin doctor`")

    async def _channels(self, tx: Reading) -> Check:
        parked = await channels.parked(tx)
        if not parked:
            return Check(ok=True, detail="nothing refused")
        named = ", ".join(f"{one.name}: {one.reason}" for one in parked)
        return Check(ok=False, detail=f"Slack refuses {named}; run `tocsin doctor`")

    def _delays(self, backlog: Backlog) -> dict[str, Check]:
        late = backlog.oldest_seconds > BEHIND_FOR.total_seconds()
        return {
            "inbox": Check(backlog.callbacks < WAITING_MOST, f"{backlog.callbacks} wait"),
            "cards": Check(
                not late, f"{backlog.cards} behind, the oldest for {backlog.oldest_seconds:.0f} s"
            ),
        }
