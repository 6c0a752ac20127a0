"""Cards whose channel Slack refuses are shown in the fallback channel as well, and say why.

Their own cards wait where they belong and are posted there as soon as somebody has mended the
channel. The fallback channel's storm gate holds for stand-ins like for any new card.
"""

from datetime import datetime

import structlog

from bot.rules.delivery import Urgency, first_urgency
from bot.rules.incident import Incident
from bot.store import cards, channels, incidents, mutes, stand_ins
from bot.store.cards import NewCard
from bot.store.engine import Database, Writing
from bot.store.stand_ins import Unseen
from bot.work.flood import Flood

log = structlog.get_logger()


class StandIns:
    """Makes stand-ins in one channel; `fallback` is its name."""

    def __init__(self, database: Database, flood: Flood, fallback: str) -> None:
        self._database = database
        self._flood = flood
        self._fallback = fallback

    async def make(self, *, now: datetime) -> bool:
        """Make those that are missing; whether any were. Alone, or behind the apply loop."""
        async with self._database.writing() as tx:
            await mutes.wait_for_apply(tx)
            number = (await channels.numbers(tx, {self._fallback}))[self._fallback]
            found = await stand_ins.unseen(tx, number)
            await self._add(tx, number, found, now)
        if found:
            log.warning("stand_ins.made", count=len(found), channel=self._fallback)
        return bool(found)

    async def _add(self, tx: Writing, number: int, found: list[Unseen], now: datetime) -> None:
        numbers = [one.incident_id for one in found if one.incident_id is not None]
        shown = await incidents.with_ids(tx, numbers)
        language = await cards.language_in(tx, number) or self._flood.language
        new = [
            NewCard(
                number,
                language,
                _urgency(shown.get(one.incident_id or 0)),
                incident_id=one.incident_id,
                notice_id=one.notice_id,
                manner=one.manner,
                stands_in_for=one.channel_id,
                since=one.since,
            )
            for one in found
        ]
        await cards.add(tx, new, now=now)
        await self._flood.sort(tx, {number: list(shown.values())}, now=now)


def _urgency(incident: Incident | None) -> Urgency:
    return first_urgency(incident) if incident else Urgency.FIRST_WARN
