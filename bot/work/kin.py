"""The one place where a parent alarm takes hold of its children, or lets them go.

The apply loop asks about what it has just heard. What a parent leaves behind when it ends is
found by the tick, however it ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.alarm import Alarm
from bot.rules.delivery import Urgency
from bot.rules.dependency import Dependency, Known, may_lead, parent_of
from bot.rules.facts import facts_of
from bot.rules.incident import Incident
from bot.rules.notes import parent_over
from bot.store import cards, family, incidents, notes, quiet
from bot.store.engine import Writing
from bot.store.incidents import Change


@dataclass(frozen=True, slots=True)
class Kin:
    """What depends on what here; nothing unless somebody has said so."""

    rules: tuple[Dependency, ...] = ()

    async def settle(
        self, tx: Writing, changes: Sequence[Change], watched: Mapping[int, Alarm]
    ) -> tuple[list[Change], list[Change]]:
        """The same changes with their parents; and what else new parents hold back from now on."""
        if not self.rules:
            return [_left(change) for change in changes], []
        heard = {one.after.id: known(one.after, watched[one.after.alarm_id]) for one in changes}
        leads = {number: may_lead(self.rules, one) for number, one in heard.items()}
        leaders = {one[0].id: known(*one) for one in await family.leaders(tx)}
        leaders = {n: one for n, one in leaders.items() if n not in heard}
        leaders |= {n: one for n, one in heard.items() if leads[n]}
        settled: list[Change] = []
        for change in sorted(changes, key=_newest_first):
            after = replace(change.after, leads=leads[change.after.id])
            if after.is_open:
                after = self._placed(heard[after.id], leaders, after)
            settled.append(replace(change, after=after))
        new = [one for one in settled if one.after.leads and not _led(one.before)]
        return settled, await self._taken_hold_of(tx, new, leaders, heard) if new else []

    def _placed(self, one: Known, leaders: dict[int, Known], after: Incident) -> Incident:
        """Held back or not; who asks later sees it."""
        placed = after.held_back_by(parent_of(self.rules, one, leaders))
        if placed.id in leaders:
            leaders[placed.id] = replace(one, incident=placed)
        return placed

    async def _taken_hold_of(
        self,
        tx: Writing,
        new: Sequence[Change],
        leaders: dict[int, Known],
        heard: Mapping[int, Known],
    ) -> list[Change]:
        """What fired before its parent did. Its card stays where it is shown already."""
        parents = {one.after.id: leaders[one.after.id] for one in new}
        found: list[Change] = []
        for before, alarm in reversed(await quiet.open_incidents(tx)):
            if before.id in heard or before.parent_id is not None:
                continue
            one = known(before, alarm)
            parent = parent_of(self.rules, one, leaders)
            if parent in parents:
                found.append(Change(before, self._placed(one, leaders, before)))
        return found

    async def let_go(self, tx: Writing, now: datetime) -> list[Incident] | None:
        """Some of what waited for a parent that is over; what is heard of it now.

        None if nothing did. The apply loop must not run meanwhile.
        """
        orphans = await family.orphans(tx)
        if not orphans:
            return None
        leaders = {one[0].id: known(*one) for one in await family.leaders(tx)}
        changes = [
            Change(before, self._placed(known(before, alarm), leaders, before), Urgency.CLICK)
            for before, alarm in reversed(orphans)
        ]
        await incidents.save(tx, changes, now=now)
        heard = [one.after for one in changes if not one.after.is_held]
        shown = await cards.of_incidents(tx, [one.id for one in heard])
        ended = {one.id: one.parent_id or 0 for one, _ in orphans}
        pairs = [
            (card.id, parent_over(card.incident_id, ended[card.incident_id], now))
            for card in shown
            if card.incident_id is not None
        ]
        await notes.add(tx, pairs, now=now)
        return heard


NOBODY = Kin()


def known(incident: Incident, alarm: Alarm) -> Known:
    """An incident with its facts."""
    return Known(incident, facts_of(alarm, severity=incident.severity))


def _newest_first(change: Change) -> int:
    """So that of two that each explain the other, the one that fired first is shown."""
    return -change.after.id


def _left(change: Change) -> Change:
    """Where nothing depends on anything any more, nothing is held back either."""
    after = change.after
    if after.is_open and (after.leads or after.parent_id is not None):
        return replace(change, after=replace(after.held_back_by(None), leads=False))
    return change


def _led(before: Incident | None) -> bool:
    return before is not None and before.is_open and before.leads
