"""A storm or a group from its card: all of it in a modal, searched, and acknowledged at once."""

from collections.abc import Callable

from bot.clock import Clock
from bot.doors.modals import Modals, opened
from bot.doors.refusals import plainly, told
from bot.doors.requests import Answer, Outcome, Pressed, Seen, Submitted, Wrong
from bot.doors.rows import Rows
from bot.doors.switchboard import Listeners
from bot.doors.visitor import Visitor
from bot.ids import number_or_none
from bot.rules.permits import Action
from bot.rules.query_terms import QueryRefused
from bot.rules.until import zone_of
from bot.slack import storm_view
from bot.slack.message import JsonObject
from bot.slack.storm_view import GROUP, STORM, Place, Turn, turn_of
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import search, storm
from bot.work.permits import Permits

PAGE = 20
FIELDS = {STORM: "storm", GROUP: "group_id"}  # of a search
WORST_FIRST = "sort:severity"


class StormDialog:
    """Shows storms and groups, and acknowledges them."""

    def __init__(
        self,
        database: Database,
        modals: Modals,
        permits: Permits,
        rows: Rows,
        *,
        clock: Clock,
        poke: Callable[[], None],
    ) -> None:
        self._database = database
        self._modals = modals
        self._permits = permits
        self._rows = rows
        self._clock = clock
        self._poke = poke

    def listen(self, listeners: Listeners) -> None:
        """Which payloads come here."""
        listeners.presses |= {
            "storm_show": self.show,
            "storm_acknowledge": self.acknowledge,
            "group_show": self.show,
            "group_acknowledge": self.acknowledge,
            storm_view.MORE: self.more,
            storm_view.BACK: self.back,
            storm_view.FIND: self.find,
        }
        listeners.submissions[storm_view.STORM_VIEW] = self.search

    async def show(self, pressed: Pressed) -> Answer:
        """Show all."""
        visitor, words = pressed.visitor, Words.of(pressed.visitor.language)
        place = _pressed(pressed)
        view = self._view(visitor, place, "", Turn())
        return await opened(self._modals, visitor, view, title=words.say(f"{place.room}.title"))

    async def search(self, submitted: Submitted) -> Outcome:
        """Search: the modal stays, with what was found."""
        text = submitted.view.filled.text(storm_view.FIND)
        try:
            return await self._view(submitted.visitor, _shown(submitted.view), text, Turn())
        except QueryRefused as refused:
            said = plainly(refused, Words.of(submitted.visitor.language))
            return Wrong({storm_view.FIND: said})

    async def find(self, pressed: Pressed) -> Answer:
        """A search was typed, and Enter pressed."""
        return await self._look(pressed, Turn())

    async def more(self, pressed: Pressed) -> Answer:
        """The next page, of the same search; the button's value is the place in the list."""
        if pressed.view is None:
            return None
        return await self._look(pressed, turn_of(pressed.view).on(pressed.value))

    async def back(self, pressed: Pressed) -> Answer:
        """The page before."""
        if pressed.view is None:
            return None
        return await self._look(pressed, turn_of(pressed.view).back())

    async def _look(self, pressed: Pressed, turn: Turn) -> Answer:
        """What is wrong with a search stands in the modal, where it was typed."""
        if pressed.view is None:
            return None
        place, text = _shown(pressed.view), pressed.view.filled.text(storm_view.FIND)
        try:
            view = await self._view(pressed.visitor, place, text, turn)
        except QueryRefused as refused:
            words = Words.of(pressed.visitor.language)
            page = storm_view.StormPage(place, (), 0, text, wrong=told(refused, words))
            view = storm_view.storm_view(page, words, self._clock())
        await self._modals.change(pressed.view.id, view, hash=pressed.view.hash)
        return None

    async def _view(self, visitor: Visitor, place: Place, text: str, turn: Turn) -> JsonObject:
        now, words = self._clock(), Words.of(visitor.language)
        order = "" if "sort:" in text else WORST_FIRST
        query = await search.understood(
            self._database,
            f"{FIELDS[place.kind]}:{place.number} {order} {text}",
            now=now,
            zone=zone_of(visitor.tz),
            me=visitor.person.id,
        )
        found = await search.search(self._database, query, limit=PAGE, cursor=turn.at)
        shown = storm_view.StormPage(
            place=place,
            rows=self._rows.of(found.items, visitor.language),
            count=await search.count(self._database, query),
            text=text,
            more=found.next_cursor,
            turn=turn,
        )
        return storm_view.storm_view(shown, words, now)

    async def acknowledge(self, pressed: Pressed) -> Answer:
        """Acknowledge all."""
        visitor, words = pressed.visitor, Words.of(pressed.visitor.language)
        await self._permits.demand(
            Action.ACKNOWLEDGE, person=visitor.person, channel=visitor.channel_id
        )
        taken = await storm.acknowledge_all(
            self._database,
            _number(pressed.value),
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=self._clock(),
            poke=self._poke,
        )
        if not taken:
            return words.mark(f"{_pressed(pressed).room}.nothing_to_take")
        return words.mark("storm_view.taken", count=taken)


def _pressed(pressed: Pressed) -> Place:
    """What a button of a card names."""
    kind = GROUP if pressed.action_id.startswith("group_") else STORM
    return Place(kind, _number(pressed.value))


def _shown(view: Seen) -> Place:
    """What an open modal shows."""
    group = view.number(GROUP)
    return Place(GROUP, group) if group else Place(STORM, view.number(STORM) or 0)


def _number(value: str) -> int:
    """0, which nothing has, for nonsense."""
    return number_or_none(value) or 0
