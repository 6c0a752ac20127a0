"""Mutes in a list or on a receipt: the buttons that extend, edit and end one."""

from bot.clock import Clock
from bot.doors.modals import Modals, message_view, opened
from bot.doors.refusals import plainly
from bot.doors.requests import Answer, Outcome, Pressed, Submitted, Wrong
from bot.doors.switchboard import Listeners
from bot.ids import number_or_none
from bot.rules.matcher_text import MatchersRefused, parse_matchers
from bot.rules.mute import MuteRefused, NewMute
from bot.rules.permits import Action, of_end, of_mute
from bot.slack import mute_view
from bot.slack.message import JsonObject
from bot.slack.mute_answers import mute_ended, mute_extended
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import mute
from bot.work.permits import Permits


class MuteChanges:
    """Changes and ends mutes for people in Slack."""

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
            "extend_mute": self.extend,
            "edit_mute": self.open_edit,
            "end_mute": self.end,
        }
        listeners.submissions[mute_view.EDIT] = self.edited

    async def open_edit(self, pressed: Pressed) -> Answer:
        """Edit on a mute in a list."""
        visitor = pressed.visitor
        await self._permits.demand(Action.MUTE, person=visitor.person, channel=visitor.channel_id)
        words = Words.of(visitor.language)

        async def view() -> JsonObject | None:
            found = await mute.find(self._database, number_or_none(pressed.value) or 0)
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
        before = await mute.find(self._database, number_or_none(pressed.value) or 0)
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
            number_or_none(pressed.value) or 0,
            by=visitor.person,
            via=visitor.via,
            key=visitor.key,
            now=self._clock(),
            poke=self._poke,
        )
        words = Words.of(visitor.language)
        return mute_ended(after, words) if after else words.mark("mute_form.unknown")


def _place(refused: MuteRefused) -> str:
    """The field that a refusal of an edit speaks of."""
    return mute_view.MATCHERS if refused.key in ("everything", "too_many") else mute_view.CUSTOM
