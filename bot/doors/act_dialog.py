"""What people do to an incident from its card: one press, or a small modal first."""

from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Clock
from bot.doors.act_answers import answer_to
from bot.doors.modals import Modals, opened
from bot.doors.requests import Answer, Outcome, Pressed, Shortcut, Submitted, Wrong
from bot.doors.switchboard import Listeners
from bot.doors.visitor import Visitor
from bot.rules.incident import Person
from bot.rules.people import user_in
from bot.rules.permits import Action
from bot.slack import act_forms
from bot.slack.message import JsonObject
from bot.slack.text import bold, clean, joined, safe
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import ask
from bot.work.act import Click, Done, Effect, Verb, act
from bot.work.ask import Told
from bot.work.faces import instance_line
from bot.work.people import People
from bot.work.permits import Permits

log = structlog.get_logger()

DIRECT = (Verb.ACKNOWLEDGE, Verb.UNACKNOWLEDGE, Verb.TAKE)
ACTION_OF = {
    Verb.ACKNOWLEDGE: Action.ACKNOWLEDGE,
    Verb.UNACKNOWLEDGE: Action.ACKNOWLEDGE,
    Verb.TAKE: Action.ASSIGN,
    Verb.ASSIGN: Action.ASSIGN,
    Verb.NOTE: Action.NOTE,
    Verb.RESOLVE: Action.RESOLVE,
    Verb.REOPEN: Action.RESOLVE,
    Verb.FALSE_POSITIVE: Action.FEEDBACK,
    Verb.NOT_ACTIONABLE: Action.FEEDBACK,
    Verb.NO_FEEDBACK: Action.FEEDBACK,
}
VERB_OF_FORM = {
    act_forms.NOTE: Verb.NOTE,
    act_forms.RESOLVE: Verb.RESOLVE,
    act_forms.REOPEN: Verb.REOPEN,
}
OF_OPINION = {"none": Verb.NO_FEEDBACK, "false_positive": Verb.FALSE_POSITIVE}


class ActDialog:
    """Buttons, the menu behind the dots, the modals they open, and the message shortcut.

    `acted` is told of everybody who changed something: their App Home is to be fresh.
    """

    def __init__(
        self,
        database: Database,
        modals: Modals,
        permits: Permits,
        people: People,
        *,
        clock: Clock,
        poke: Callable[[], None],
    ) -> None:
        self._database = database
        self._modals = modals
        self._permits = permits
        self._people = people
        self._clock = clock
        self._poke = poke
        self.menu: dict[str, Callable[[Visitor, str], Awaitable[Answer]]] = {}

    def listen(self, listeners: Listeners) -> None:
        """Which payloads come here."""
        listeners.presses |= {verb.value: self.press for verb in DIRECT}
        listeners.presses["more"] = self.more
        for kind in VERB_OF_FORM:
            listeners.submissions[f"{kind}_form"] = self.written
        listeners.submissions[f"{act_forms.ASSIGN}_form"] = self.assigned
        listeners.submissions[f"{act_forms.FEEDBACK}_form"] = self.judged
        listeners.shortcuts["add_note"] = self.add_note

    async def press(self, pressed: Pressed) -> Answer:
        """A button that needs no words."""
        return await self._do(Verb(pressed.action_id), pressed.value, pressed.visitor)

    async def more(self, pressed: Pressed) -> Answer:
        """The menu: its choices are `verb:card`."""
        verb, _, card_id = pressed.value.partition(":")
        visitor, words = pressed.visitor, Words.of(pressed.visitor.language)
        if verb in {one.value for one in DIRECT}:
            return await self._do(Verb(verb), card_id, visitor)
        if verb in self.menu:
            return await self.menu[verb](visitor, card_id)
        if verb not in (*VERB_OF_FORM, act_forms.ASSIGN, act_forms.FEEDBACK):
            return words.mark("answers.unknown_action")
        return await self._open(verb, card_id, visitor)

    async def add_note(self, shortcut: Shortcut) -> Answer:
        """The message shortcut, on a card or in its thread."""
        visitor, card_id = shortcut.visitor, shortcut.card_id
        if card_id is None:
            card_id = await ask.card_at(self._database, shortcut.channel_id, shortcut.thread_ts)
        if card_id is None:
            return Words.of(visitor.language).mark("answers.no_card")
        return await self._open(act_forms.NOTE, card_id, visitor)

    async def _open(self, kind: str, card_id: str, visitor: Visitor) -> Answer:
        verb = VERB_OF_FORM.get(kind)
        action = ACTION_OF[verb] if verb else Action(kind)
        await self._permits.demand(action, person=visitor.person, channel=visitor.channel_id)
        words = Words.of(visitor.language)

        async def view() -> JsonObject | None:
            told = await ask.incident_of_card(self._database, card_id)
            return _form(kind, told, card_id, visitor, words) if told else None

        title = words.say(f"act_form.{kind}_title")
        return await opened(self._modals, visitor, view(), title=title)

    async def written(self, submitted: Submitted) -> Outcome:
        """A note, or a reason."""
        kind = submitted.view.callback_id.removesuffix("_form")
        text = submitted.view.filled.text(act_forms.TEXT)
        return await self._from_form(submitted, VERB_OF_FORM[kind], text=text)

    async def assigned(self, submitted: Submitted) -> Outcome:
        """Somebody was picked."""
        words = Words.of(submitted.visitor.language)
        person_id = user_in(submitted.view.filled.person(act_forms.PERSON))
        if person_id is None:
            return Wrong({act_forms.PERSON: words.say("act_form.nobody")})
        profile = await self._people.of(person_id, person_id)
        to = Person(profile.id, profile.name)
        return await self._from_form(submitted, Verb.ASSIGN, to=to)

    async def judged(self, submitted: Submitted) -> Outcome:
        """Feedback."""
        chosen = submitted.view.filled.choice(act_forms.OPINION)
        verb = OF_OPINION.get(chosen, Verb.NOT_ACTIONABLE)
        return await self._from_form(submitted, verb)

    async def _from_form(
        self, submitted: Submitted, verb: Verb, *, text: str = "", to: Person | None = None
    ) -> Answer:
        view, visitor = submitted.view, submitted.visitor
        card_id, channel = view.text("card") or "", view.text("channel")
        done = await self._act(verb, card_id, visitor, channel=channel, text=text, to=to)
        return answer_to(verb, done, visitor.person, Words.of(visitor.language), self._clock())

    async def _do(self, verb: Verb, card_id: str, visitor: Visitor) -> Answer:
        done = await self._act(verb, card_id, visitor, channel=visitor.channel_id)
        return answer_to(verb, done, visitor.person, Words.of(visitor.language), self._clock())

    async def _act(
        self,
        verb: Verb,
        card_id: str,
        visitor: Visitor,
        *,
        channel: str | None,
        text: str = "",
        to: Person | None = None,
    ) -> Done:
        if not card_id:
            return Done(Effect.UNKNOWN_CARD)
        await self._permits.demand(ACTION_OF[verb], person=visitor.person, channel=channel)
        # One press is one act, however often Slack or anybody sends it: the same person on the
        # same card with the same trigger.
        key = f"{visitor.key}/{visitor.person.id}/{card_id}/{verb.value}" if visitor.key else None
        click = Click(verb, card_id, visitor.person, visitor.via, to=to, text=text, key=key)
        done = await act(self._database, click, now=self._clock(), poke=self._poke)
        log.info("click.handled", verb=verb, effect=done.effect)
        return done


def _form(kind: str, told: Told, card_id: str, visitor: Visitor, words: Words) -> JsonObject:
    alarm, incident = told.listed.alarm, told.listed.incident
    name = bold(clean(alarm.name) or words.say("card.unnamed"))
    where = [safe(instance_line(alarm))] if alarm.dimensions else []
    what = joined(" · ", [f"#{incident.id}", name, *where])
    ids: dict[str, str | int | None] = {"card": card_id, "channel": visitor.channel_id}
    if kind == act_forms.ASSIGN:
        return act_forms.assign_form(what, words, ids=ids)
    if kind == act_forms.FEEDBACK:
        return act_forms.feedback_form(what, incident.feedback, words, ids=ids)
    return act_forms.text_form(kind, what, words, ids=ids)
