"""The one place where alarms become members of groups, and where a group is shown or brought up
to date.

The apply loop asks about what it has just heard, the tick about what the clock says and what
mutes and parents let go. The cards of members that a group's card stands for are held. What an
arrival means for its group stands in `arrivals`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.rules.card import Language
from bot.rules.delivery import Urgency, first_urgency_of
from bot.rules.grouping import AlarmGroup, Showing, Tally
from bot.rules.incident import Incident
from bot.rules.notes import group_news, group_over
from bot.store import cards, group_cards, groups, members, notes, storms
from bot.store.cards import NewCard
from bot.store.engine import Writing
from bot.store.group_cards import Joining
from bot.work.arrivals import (
    Arrival,
    Entry,
    Sought,
    concerns_groups,
    entries_of_member,
    entry_into,
    sought_by,
)
from bot.work.faces import common_texts, member_name
from bot.work.flood import Flood

log = structlog.get_logger()

ByChannel = Mapping[int, Sequence[Incident]]


@dataclass(frozen=True, slots=True)
class Groups:
    """What belongs together here; a group's card passes the storm's gate like any new one."""

    flood: Flood

    async def gather(
        self, tx: Writing, arrivals: Iterable[Arrival], new: ByChannel, *, now: datetime
    ) -> ByChannel:
        """Place what begins to fire; `new` cards without those that a group stands for."""
        known = [one for one in arrivals if concerns_groups(one)]
        if not known:
            return new
        joining = await self._entries(tx, known, now)
        await group_cards.join(tx, [one.joining for one in joining])
        await self._show_or_wait(tx, joining, now)
        placed = {(one.joining.channel_id, one.joining.incident_id) for one in joining}
        return {
            channel: [one for one in found if (channel, one.id) not in placed]
            for channel, found in new.items()
        }

    async def _entries(self, tx: Writing, known: Sequence[Arrival], now: datetime) -> list[Entry]:
        """The steps of arrivals towards their groups; those that are missing are opened."""
        asking = [(one, sought_by(one)) for one in known]
        places = {(one.channel_id, sought.key) for one, sought in asking if sought}
        going_on = await groups.going_on(tx, places)
        found: list[Entry] = []
        for one, sought in asking:
            if one.card is not None and one.card.is_counted:
                found += entries_of_member(one)
            elif sought is not None:
                place = (one.channel_id, sought.key)
                if place not in going_on:
                    going_on[place] = await self._open(tx, one, sought, now)
                found.append(entry_into(one, going_on[place].id))
        return found

    async def _open(self, tx: Writing, first: Arrival, sought: Sought, now: datetime) -> AlarmGroup:
        rule, to = sought.rule, sought.to
        common = rule.common_of(first.alarm, sought.facts)
        group = await groups.add(tx, first.channel_id, sought.key, rule, common, now=now)
        card = NewCard(
            first.channel_id,
            to.language,
            Urgency.FIRST_WARN,
            storm_id=group.id,
            held=group_cards.HELD,
            manner=to.manner,
        )
        await cards.add(tx, [card], now=now)
        return group

    async def _show_or_wait(self, tx: Writing, joining: Sequence[Entry], now: datetime) -> None:
        """Groups that have grown: most are looked at by the tick, when their time comes.

        Where a storm goes on, its card tells of everything soon: what is not shown does not wait.
        """
        urgent = {one.joining.group_id for one in joining if one.is_urgent}
        grown = await groups.with_ids(tx, {one.joining.group_id for one in joining})
        stormy = await storms.going_on(tx, {one.channel_id for one in grown})
        for group in grown:
            if group.id in urgent or (group.channel_id in stormy and not group.is_shown):
                await self._look(tx, group, Urgency.CLICK, now)
            elif (after := group.changed(now)) != group:
                await groups.save(tx, after)

    async def take_back(self, tx: Writing, heard: ByChannel, *, now: datetime) -> ByChannel:
        """What mutes and parents let go of, without those that a group's card stands for."""
        numbers = [one.id for found in heard.values() for one in found]
        if not numbers:
            return heard
        there = await cards.of_incidents(tx, numbers)
        in_groups = {
            (one.channel_id, one.incident_id): one.group_id
            for one in there
            if one.is_counted and one.group_id is not None and one.ts is None
        }
        joining = [
            Joining(one.id, channel, group, is_taken=True, is_news=not one.flaps)
            for channel, found in heard.items()
            for one in found
            if (group := in_groups.get((channel, one.id))) is not None
        ]
        await group_cards.join(tx, joining)
        placed = {(one.channel_id, one.incident_id) for one in joining}
        stood_for = [one.id for one in there if (one.channel_id, one.incident_id) in placed]
        await notes.told_by_group(tx, stood_for)
        await self._look_at_all(tx, {one.group_id for one in joining}, now)
        return {
            channel: [one for one in found if (channel, one.id) not in in_groups]
            for channel, found in heard.items()
        }

    async def look_at_some(self, tx: Writing, now: datetime) -> bool:
        """Whether there were any that people may hear of now. The apply loop must not run."""
        due = await groups.due(tx, now, most=AT_ONCE)
        for group in due:
            await self._look(tx, group, Urgency.REST, now)
        return bool(due)

    async def _look_at_all(self, tx: Writing, numbers: Iterable[int], now: datetime) -> None:
        for group in await groups.with_ids(tx, sorted(numbers)):
            await self._look(tx, group, Urgency.CLICK, now)

    async def _look(self, tx: Writing, group: AlarmGroup, urgency: Urgency, now: datetime) -> None:
        """Show of it what there is to see, as soon as the channel may have one more card."""
        tally = await members.tally(tx, group.id)
        showing, after = group.showing(tally), group.looked(now, tally)
        if showing is not Showing.NOTHING:
            admitted = group.admitted or await self._is_admitted(tx, group, tally, now)
            showing = showing if admitted else Showing.NOTHING
            after = replace(after, admitted=admitted)
        match showing:
            case Showing.NOTHING:
                pass
            case Showing.ALONE:
                await group_cards.show_alone(tx, group.id, now=now)
            case Showing.TOGETHER if group.is_shown:
                await group_cards.want(tx, [group.id], urgency, now=now)
                await self._tell(tx, group, now)
                await self._tell_end(tx, after, tally, now)
            case Showing.TOGETHER:
                await members.news(tx, group.id)  # its first post says it all
                await group_cards.show(tx, group.id, _first(tally), now=now)
        await groups.save(tx, after)
        log.info("group.looked_at", group=group.id, showing=showing, over=not tally.open)

    async def _is_admitted(
        self, tx: Writing, group: AlarmGroup, tally: Tally, now: datetime
    ) -> bool:
        if not group.in_storm:
            return await self.flood.admits(tx, group, tally, now=now)
        await storms.want(tx, await group_cards.storms_of(tx, group.id), now=now)
        if tally.critical:  # the worst have cards in a storm too
            await groups.take_out_of_storm(tx, [group.id], now=now)
        return bool(tally.critical)

    async def _tell(self, tx: Writing, group: AlarmGroup, now: datetime) -> None:
        """One note for all that people have not heard of, in the thread, and aloud."""
        numbers = await members.news(tx, group.id)
        if not numbers:
            return
        named = await members.named(tx, numbers[:NAMED])
        card_id, common = await _thread_of(tx, group)
        note = group_news(
            group.id,
            numbers,
            common=common,
            names=[member_name(alarm, group.common) for _, alarm in named],
            worst=named[0][0].severity,
            at=now,
        )
        await notes.add(tx, [(card_id, note)], now=now)

    async def _tell_end(self, tx: Writing, group: AlarmGroup, tally: Tally, now: datetime) -> None:
        if group.ended_at is None:
            return
        card_id, common = await _thread_of(tx, group)
        note = group_over(
            group.id,
            common=common,
            members=group.members,
            lasted=group.lasted,
            worst=tally.was,
            at=now,
        )
        await notes.add(tx, [(card_id, note)], now=now)


async def _thread_of(tx: Writing, group: AlarmGroup) -> tuple[str, str]:
    """The group's card, and what its members have in common in the language spoken there."""
    card_id, language = await group_cards.card_of(tx, group.id)
    texts = common_texts(group.common, Language(language))
    return card_id, " · ".join(text for _, text in texts)


AT_ONCE = 10  # groups of one transaction of the tick: others want to write as well
NAMED = 5  # members that a note names


def _first(tally: Tally) -> Urgency:
    return first_urgency_of(tally.worst) if tally.firing else Urgency.NOTE
