"""Filing: read from the store what a batch of callbacks is about, and store what became of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.alarm import Alarm
from bot.rules.delivery import first_urgency
from bot.rules.facts import facts_of
from bot.rules.flapping import Flapping
from bot.rules.incident import Incident
from bot.rules.judge import Outcome
from bot.rules.notes import mute_ended
from bot.rules.record import Kind
from bot.rules.routing import Destination, Route, channels_for
from bot.store import (
    alarms,
    callbacks,
    cards,
    channels,
    holds,
    incidents,
    notes,
)
from bot.store.engine import Reading, Writing
from bot.store.incidents import Change
from bot.store.notices import NoticeChange
from bot.work.arrivals import Arrival
from bot.work.desk import Desk, Letter
from bot.work.draft import Draft, told_of, whole_steps
from bot.work.flood import Flood
from bot.work.groups import Groups
from bot.work.kin import NOBODY, Kin
from bot.work.known import Known, look_again, look_up
from bot.work.memory import remembered
from bot.work.post_notices import store_notices
from bot.work.quieten import settle_mutes


@dataclass(frozen=True, slots=True)
class Filing:
    """How callbacks are filed here: the routes, how long an incident can be reopened, and how
    many new cards a minute a channel takes (0: any number), what is flapping (None: nothing),
    and what depends on what.
    """

    routes: tuple[Route, ...]
    default: Destination
    window: timedelta
    storm_limit: int = 0
    flapping: Flapping | None = None
    kin: Kin = NOBODY

    async def draft(self, tx: Reading, letters: Sequence[Letter], *, now: datetime) -> Draft:
        """Judge letters in their order, before the transaction that files them."""
        return self._judged(tx, letters, await look_up(tx, letters), now)

    def _judged(self, tx: Reading, letters: Sequence[Letter], known: Known, now: datetime) -> Draft:
        desk = Desk(
            now=now,
            window=self.window,
            alarms=dict(known.alarms),
            incidents=dict(known.incidents),
            known=set(known.deliveries),
            notices=dict(known.shared.notices),
            mutes=list(known.shared.mutes),
            next_alarm=known.next_alarm,
            next_incident=known.next_incident,
            next_notice=known.shared.next_notice,
            flapping=self.flapping,
        )
        outcomes = [desk.file(letter) for letter in letters]
        rows = callbacks.ready(tx, desk.judged, known.samples)
        changes, kinds = whole_steps(desk)
        by_id = {alarm.id: alarm for alarm in desk.alarms.values()}
        places = {
            one.after.id: self._places(one.after, by_id[one.after.alarm_id], kinds[one.after.id])
            for one in changes
        }
        return Draft(letters, known, desk, outcomes, rows, changes, kinds, places, told_of(desk))

    async def file(self, tx: Writing, draft: Draft, *, now: datetime) -> list[Outcome]:
        """Store everything that follows from letters, judged anew if anything has changed."""
        if not draft.letters:
            return []
        draft = await self._up_to_date(tx, draft, now)
        known, desk = draft.known, draft.desk
        await _store_alarms(tx, desk, known.alarms)
        await self._store_incidents(tx, draft, now=now)
        last = {one.id: one for one in known.shared.notices.values()}
        changes = [NoticeChange(last.get(n), one) for n, one in desk.changed_notices.items()]
        await store_notices(tx, changes, place=self.default, now=now)
        await callbacks.remember(tx, desk.keys)
        await callbacks.add(tx, draft.rows)
        return draft.outcomes

    async def _up_to_date(self, tx: Writing, draft: Draft, now: datetime) -> Draft:
        """The same draft, nearly always: people act seldom, and this is a few milliseconds old.

        Incidents are locked from here on, and mutes stand in line with the apply loop.
        """
        known = await look_again(tx, draft.letters, draft.known)
        if known.shared == draft.known.shared:
            return draft
        return self._judged(tx, draft.letters, known, now)

    async def _store_incidents(self, tx: Writing, draft: Draft, *, now: datetime) -> None:
        if not draft.changes:
            return
        desk = draft.desk
        by_id = {alarm.id: alarm for alarm in desk.alarms.values()}
        told = await remembered(tx, draft.changes, now=now)
        changes, others = await self.kin.settle(tx, told, by_id)
        await incidents.save(tx, [*changes, *others], now=now)
        made, there = await _make_cards(tx, [one.after for one in changes], draft.places, now=now)
        arrivals = _arrivals(changes, by_id, draft.kinds, there)
        flood = Flood(self.storm_limit, self.default.language)
        left = await Groups(flood).gather(tx, arrivals, made, now=now)
        await flood.sort(tx, left, now=now)
        held = {one.after.id for one in changes if one.after.is_held}
        await _queue_notes(tx, draft, held, now=now)
        await settle_mutes(tx, desk, [change.after for change in changes])

    def _places(self, incident: Incident, alarm: Alarm, kind: Kind) -> tuple[Destination, ...]:
        facts = facts_of(alarm, kind=kind, severity=incident.severity)
        return channels_for(self.routes, facts, self.default)


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident in a channel: where the routes lead, and the card that was there before."""

    incident_id: int
    channel_id: int
    to: Destination | None
    card: cards.Card | None


async def _store_alarms(tx: Writing, desk: Desk, known: Mapping[str, Alarm]) -> None:
    await alarms.add(tx, [alarm for key, alarm in desk.alarms.items() if key not in known])
    before = {alarm.id: alarm for alarm in known.values()}
    heard = [desk.alarms[key] for key, alarm in known.items() if desk.alarms[key] is not alarm]
    await alarms.save(tx, heard, before=before)


async def _make_cards(
    tx: Writing,
    changed: Sequence[Incident],
    wanted: dict[int, tuple[Destination, ...]],
    *,
    now: datetime,
) -> tuple[dict[int, list[Incident]], list[Shown]]:
    """A card in every channel that the routes name and that has none of this incident.

    Routes are asked again at every change: an incident that has become critical may belong
    into a further channel. Returns what is new, by channel, and where each is shown by now.
    """
    numbers = await channels.numbers(tx, {to.channel for all_ in wanted.values() for to in all_})
    there = {
        (card.incident_id, card.channel_id): card
        for card in await cards.of_incidents(tx, list(wanted))
        if card.incident_id is not None
    }
    new: list[cards.NewCard] = []
    made: dict[int, list[Incident]] = {}
    for one in changed:
        for to in wanted[one.id]:
            number = numbers[to.channel]
            if (one.id, number) not in there:
                new.append(_new_card(one, number, to))
                made.setdefault(number, []).append(one)
    await cards.add(tx, new, now=now)
    routed = {(one.id, numbers[to.channel]): to for one in changed for to in wanted[one.id]}
    shown = [Shown(*place, routed.get(place), there.get(place)) for place in {**there, **routed}]
    return made, shown


def _arrivals(
    changes: Sequence[Change],
    watched: dict[int, Alarm],
    kinds: dict[int, Kind],
    shown: Sequence[Shown],
) -> list[Arrival]:
    by_id = {one.after.id: one for one in changes}
    return [
        Arrival(
            change := by_id[one.incident_id],
            watched[change.after.alarm_id],
            kinds[one.incident_id],
            one.channel_id,
            one.to,
            one.card,
        )
        for one in shown
    ]


def _new_card(incident: Incident, channel_id: int, to: Destination) -> cards.NewCard:
    return cards.NewCard(
        channel_id,
        to.language,
        first_urgency(incident),
        incident_id=incident.id,
        held=holds.reason_of(incident),
        manner=to.manner,
    )


async def _queue_notes(tx: Writing, draft: Draft, held: Collection[int], *, now: datetime) -> None:
    """What threads hear of the batch. What is `held` in the end is not spoken of."""
    woken = [
        (one.id, mute_ended(one.id, mute, because, now))
        for one, mute, because in draft.desk.woken()
    ]
    told = [(number, note) for number, note in (*draft.told, *woken) if number not in held]
    await notes.tell(tx, told, now=now)
