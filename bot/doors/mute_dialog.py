"""Mutes from Slack: the modal with its live preview. What changes one is in `mute_changes`."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from bot.clock import Clock
from bot.doors.modals import Modals, opened
from bot.doors.refusals import plainly, told
from bot.doors.requests import Answer, Outcome, Pressed, Submitted, Wrong
from bot.doors.switchboard import Listeners
from bot.doors.visitor import Visitor
from bot.ids import number_or_none
from bot.rules.alarm import Alarm
from bot.rules.mute import Mute, MuteRefused, NewMute
from bot.rules.mute_form import MuteForm
from bot.rules.permits import Action, of_mute
from bot.rules.until import zone_of
from bot.slack import mute_view
from bot.slack.filled import Seen
from bot.slack.message import JsonObject
from bot.slack.mute_answers import mute_made
from bot.slack.text import Mrkdwn
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import ask, mute
from bot.work.faces import instance_line
from bot.work.permits import Permits


class MuteDialog:
    """Makes mutes for people in Slack."""

    def __init__(
        self, database: Database, modals: Modals, permits: Permits, *, clock: Clock, poke: mute.Poke
    ) -> None:
        self._database = database
        self._modals = modals
        self._permits = permits
        self._clock = clock
        self._poke = poke

    def listen(self, listeners: Listeners) -> None:
        """Which payloads come here."""
        listeners.presses |= {
            "mute": self.open,
            "storm_mute": self.open_for_alarm,
            **dict.fromkeys(mute_view.ASKING, self.changed),
        }
        listeners.submissions[mute_view.MUTE] = self.submitted

    async def open(self, pressed: Pressed) -> Answer:
        """Mute… on a card."""
        card_id = pressed.value
        alarm = partial(ask.alarm_of_card, self._database, card_id)
        return await self._open(pressed.visitor, alarm, MuteForm.of, card_id=card_id)

    async def open_for_alarm(self, pressed: Pressed) -> Answer:
        """A group of a storm, for which one of its alarms stands."""
        alarm = partial(ask.alarm, self._database, number_or_none(pressed.value) or 0)
        return await self._open(pressed.visitor, alarm, MuteForm.of_group, card_id=None)

    async def _open(
        self,
        visitor: Visitor,
        find: Callable[[], Awaitable[Alarm | None]],
        form: Callable[[Alarm], MuteForm],
        *,
        card_id: str | None,
    ) -> Answer:
        await self._permits.demand(Action.MUTE, person=visitor.person, channel=visitor.channel_id)
        words = Words.of(visitor.language)

        async def view() -> JsonObject | None:
            alarm = await find()
            if alarm is None:
                return None
            ids = {"card": card_id, "alarm": alarm.id, "channel": visitor.channel_id}
            return await self._view(form(alarm), visitor, ids)

        return await opened(self._modals, visitor, view(), title=words.say("mute_form.title"))

    async def _view(
        self, form: MuteForm, visitor: Visitor, ids: dict[str, str | int | None]
    ) -> JsonObject:
        words, now = Words.of(visitor.language), self._clock()
        said = await self._said(form, visitor, words)
        instance = instance_line(form.alarm)
        return mute_view.mute_view(form, words, said=said, now=now, ids=ids, instance=instance)

    async def _said(self, form: MuteForm, visitor: Visitor, words: Words) -> Mrkdwn:
        """What the mute would hide, or why there can be none like this."""
        now = self._clock()
        try:
            new = form.asked(now=now, zone=zone_of(visitor.tz), card_id=None).checked(now)
        except MuteRefused as refused:
            return told(refused, words) or Mrkdwn()
        found = await mute.preview(self._database, new.matchers, now=now)
        return mute_view.preview_text(found, words)

    async def changed(self, pressed: Pressed) -> Answer:
        """A choice was made in the modal: show what it would hide now."""
        view = pressed.view
        form = await self._form(view) if view else None
        if view is None or form is None:
            return None
        ids = {"card": view.text("card"), "alarm": form.alarm.id, "channel": view.text("channel")}
        newer = await self._view(form, pressed.visitor, ids)
        await self._modals.change(view.id, newer, hash=view.hash)
        return None

    async def _form(self, view: Seen) -> MuteForm | None:
        alarm = await ask.alarm(self._database, view.number("alarm") or 0)
        return mute_view.filled_in(MuteForm.of(alarm), view.filled) if alarm else None

    async def submitted(self, submitted: Submitted) -> Outcome:
        """Make the mute, or say what is wrong with it beside the field."""
        visitor, view = submitted.visitor, submitted.view
        form, words, now = await self._form(view), Words.of(visitor.language), self._clock()
        if form is None:
            return words.mark("form.gone")
        new = form.asked(now=now, zone=zone_of(visitor.tz), card_id=view.text("card"))
        try:
            made = await self._make(new.checked(now), visitor, view.text("channel"), now)
        except MuteRefused as refused:
            at = mute_view.CUSTOM if view.filled.has(mute_view.CUSTOM) else mute_view.SCOPE
            return Wrong({at: plainly(refused, words)})
        if view.text("card"):  # the card says it, to everybody
            return None
        return mute_made(made, await mute.holding(self._database, made.id), words)

    async def _make(
        self, new: NewMute, visitor: Visitor, channel: str | None, now: datetime
    ) -> Mute:
        await self._permits.demand(of_mute(new, now), person=visitor.person, channel=channel)
        return await mute.create(
            self._database,
            new,
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=now,
            poke=self._poke,
        )
