"""Mutes from Slack: the modal with its live preview, and the buttons that extend, edit, end."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from bot.clock import Clock
from bot.doors.modals import Modals, message_view, opened
from bot.doors.refusals import plainly, told
from bot.doors.requests import Answer, Outcome, Pressed, Submitted, Wrong
from bot.doors.switchboard import Listeners
from bot.doors.visitor import Visitor
from bot.ids import number_or_none
from bot.rules.alarm import Alarm
from bot.rules.matcher_text import MatchersRefused, parse_matchers
from bot.rules.mute import Mute, MuteRefused, NewMute
from bot.rules.mute_form import MuteForm
from bot.rules.permits import Action, of_end, of_mute
from bot.rules.until import zone_of
from bot.slack import mute_view
from bot.slack.filled import Seen
from bot.slack.message import JsonObject
from bot.slack.mute_answers import mute_ended, mute_extended, mute_made
from bot.slack.text import Mrkdwn
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import ask, mute
from bot.work.faces import instance_line
from bot.work.permits import Permits


class MuteDialog:
    """Makes, changes and ends mutes for people in Slack."""

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
            "extend_mute": self.extend,
            "edit_mute": self.open_edit,
            "end_mute": self.end,
            **dict.fromkeys(mute_view.ASKING, self.changed),
        }
        listeners.submissions[mute_view.MUTE] = self.submitted
        listeners.submissions[mute_view.EDIT] = self.edited

    async def open(self, pressed: Pressed) -> Answer:
        """Mute… on a card."""
        card_id = pressed.value
        alarm = partial(ask.alarm_of_card, self._database, card_id)
        return await self._open(pressed.visitor, alarm, MuteForm.of, card_id=card_id)

    async def open_for_alarm(self, pressed: Pressed) -> Answer:
        """A group of a storm, for which one of its alarms stands."""
        alarm = partial(ask.alarm, self._database, _number(pressed.value))
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

    async def open_edit(self, pressed: Pressed) -> Answer:
        """Edit on a mute in a list."""
        visitor = pressed.visitor
        await self._permits.demand(Action.MUTE, person=visitor.person, channel=visitor.channel_id)
        words = Words.of(visitor.language)

        async def view() -> JsonObject | None:
            found = await mute.find(self._database, _number(pressed.value))
            if found is None:
                return message_view(
                    words.say("mute_form.edit_title"), words.mark("mute_form.unknown"), words
                )
            past = await mute.preview(self._database, found.matchers, now=self._clock())
            said = mute_view.preview_text(past, words)
            return mute_view.edit_view(found, words, said=said, channel_id=visitor.channel_id)

        return await opened(self._modals, visitor, view(), title=words.say("mute_form.edit_title"))

    async def edited(self, submitted: Submitted) -> Outcome:
        """Change a mute."""
        visitor, view, now = submitted.visitor, submitted.view, self._clock()
        words, filled = Words.of(visitor.language), submitted.view.filled
        before = await mute.find(self._database, view.number("mute") or 0)
        if before is None:
            return words.mark("mute_form.unknown")
        try:
            new = NewMute(
                parse_matchers(filled.text(mute_view.MATCHERS)),
                filled.text(mute_view.REASON),
                filled.moment(mute_view.CUSTOM) or before.ends_at,
                until_recovered=before.until_recovered,
                wakes_on_worse=mute_view.WAKES in filled.choices(mute_view.WORSE),
                idle=before.idle,
                card_id=before.card_id,
            ).checked(now)
            await self._permits.demand(
                of_mute(new, now), person=visitor.person, channel=visitor.channel_id
            )
            after = await mute.edit(
                self._database,
                before.id,
                new,
                by=visitor.person,
                via=visitor.via,
                key=visitor.key,
                now=now,
                poke=self._poke,
            )
        except MatchersRefused as refused:
            return Wrong({mute_view.MATCHERS: plainly(refused, words)})
        except MuteRefused as refused:
            return Wrong({_place(refused): plainly(refused, words)})
        return mute_extended(after, words) if after else words.mark("mute_form.unknown")

    async def extend(self, pressed: Pressed) -> Answer:
        """By as much as it lasted."""
        visitor, now = pressed.visitor, self._clock()
        words = Words.of(visitor.language)
        before = await mute.find(self._database, _number(pressed.value))
        if before is None:
            return words.mark("mute_form.unknown")
        later = before.extended(None, now).ends_at
        await self._permits.demand(
            of_end(later, now), person=visitor.person, channel=visitor.channel_id
        )
        after = await mute.extend(
            self._database,
            before.id,
            until=later,
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=now,
            poke=self._poke,
        )
        return mute_extended(after, words) if after else words.mark("mute_form.unknown")

    async def end(self, pressed: Pressed) -> Answer:
        """Unmute."""
        visitor = pressed.visitor
        await self._permits.demand(Action.UNMUTE, person=visitor.person, channel=visitor.channel_id)
        after = await mute.end(
            self._database,
            _number(pressed.value),
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=self._clock(),
            poke=self._poke,
        )
        words = Words.of(visitor.language)
        return mute_ended(after, words) if after else words.mark("mute_form.unknown")


def _number(value: str) -> int:
    """0, which nothing has, for nonsense."""
    return number_or_none(value) or 0


def _place(refused: MuteRefused) -> str:
    """The field that a refusal of an edit speaks of."""
    return mute_view.MATCHERS if refused.key in ("everything", "too_many") else mute_view.CUSTOM
