"""New cards of a channel, sorted into those of their own and those that a storm card stands for.

Every card that would be posted for the first time passes here: of new incidents, and of
those that a mute lets go. It runs where the apply loop runs, or waits for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.card import Language
from bot.rules.delivery import Urgency
from bot.rules.grouping import AlarmGroup, Tally
from bot.rules.incident import Incident
from bot.rules.severity import Severity
from bot.rules.storm import MINUTE, Sorting, Storm, is_calm, pace, sort_out
from bot.store import cards, gates, group_cards, storms
from bot.store.cards import NewCard
from bot.store.engine import Writing


@dataclass(frozen=True, slots=True)
class Flood:
    """At most `limit` new cards a minute and channel; 0 means that no storm is ever called."""

    limit: int
    language: Language

    async def sort(
        self, tx: Writing, new: Mapping[int, Sequence[Incident]], *, now: datetime
    ) -> None:
        """Incidents whose cards were just made, or let go, by channel."""
        if self.limit == 0 or not new:
            return
        going_on = await storms.going_on(tx, list(new))
        for channel_id, found in sorted(new.items()):
            if found:
                await self._sort(tx, channel_id, found, going_on.get(channel_id), now)

    async def _sort(
        self,
        tx: Writing,
        channel_id: int,
        found: Sequence[Incident],
        storm: Storm | None,
        now: datetime,
    ) -> None:
        heard = [one for one in found if not one.is_held]
        severities = [one.severity for one in heard]
        sorting = await self._pass(tx, channel_id, severities, stormy=storm is not None, now=now)
        if not sorting.stormy:
            return
        if storm is None:
            storm = await self._open(tx, channel_id, now)
        held = [one.id for one, own in zip(heard, sorting.own, strict=True) if not own]
        await storms.count_in(tx, storm.id, channel_id, [one.id for one in found])
        await storms.hold(tx, storm.id, channel_id, held)
        await storms.want(tx, [storm.id], now=now)

    async def _pass(
        self,
        tx: Writing,
        channel_id: int,
        new: Sequence[Severity | None],
        *,
        stormy: bool,
        now: datetime,
    ) -> Sorting:
        name = gates.of_new_cards(channel_id)
        gate = pace(self.limit, await gates.due(tx, name))
        sorting = sort_out(gate, new, stormy=stormy, now=now)
        if new:
            await gates.set_due(tx, name, sorting.gate.due)
        return sorting

    async def admits(self, tx: Writing, group: AlarmGroup, tally: Tally, *, now: datetime) -> bool:
        """Whether a group may be shown in its channel now: it is one new card.

        If not, the storm's card stands for its members until the storm calms.
        """
        if self.limit == 0:
            return True
        channel = group.channel_id
        storm = (await storms.going_on(tx, [channel])).get(channel)
        sorting = await self._pass(tx, channel, [tally.worst], stormy=storm is not None, now=now)
        if not sorting.stormy:
            return True
        storm = storm or await self._open(tx, channel, now)
        (admitted,) = sorting.own
        await group_cards.put_in_storm(tx, group.id, storm.id, None if admitted else storms.HELD)
        await storms.want(tx, [storm.id], now=now)
        return admitted

    async def _open(self, tx: Writing, channel_id: int, now: datetime) -> Storm:
        """A storm begins with the minute that was too much, also with what had its own cards."""
        storm = await storms.add(tx, channel_id, now=now, look_again_at=now + MINUTE)
        language = await cards.language_in(tx, channel_id) or self.language
        new = NewCard(channel_id, language, Urgency.STORM, storm_id=storm.id)
        await cards.add(tx, [new], now=now)
        await storms.count_in_all(tx, storm.id, channel_id, since=now - MINUTE)
        return storm

    async def look_at(self, tx: Writing, storm: Storm, *, now: datetime) -> bool:
        """Whether a storm has calmed; then a minute's worth of what fires gets its own cards."""
        limit = max(self.limit, 1)
        gate = pace(limit, await gates.due(tx, gates.of_new_cards(storm.channel_id)))
        if not is_calm(gate, now):
            await storms.save(tx, replace(storm, look_again_at=gate.due))
            return False
        await storms.let_go(tx, storm.id, most=limit, now=now)
        needed = await storms.is_needed(tx, storm.id)
        after = replace(storm, look_again_at=now + MINUTE) if needed else storm.over(now)
        await storms.save(tx, after)
        await storms.want(tx, [storm.id], now=now)
        return True
