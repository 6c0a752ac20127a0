"""The modal that makes or changes a mute, and what it would hide, which is shown as one chooses."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bot.ids import number_or_none
from bot.rules.matcher_text import shown
from bot.rules.mute import LONGEST_REASON, Mute
from bot.rules.mute_form import Choice, Length, MuteForm, Scope, choices, scopes
from bot.rules.preview import Preview
from bot.slack import blocks, forms
from bot.slack.blocks import BUTTON
from bot.slack.filled import Filled
from bot.slack.message import JsonObject
from bot.slack.text import Mrkdwn, bold, clean, cut, joined, units
from bot.slack.words import Words

MUTE = "mute_form"  # callback ids stay: old modals may be open while a release is rolled out
EDIT = "edit_mute_form"
TICKED, SCOPE, LENGTH, CUSTOM = "ticked", "scope", "length", "custom"
REASON, WORSE, MATCHERS = "reason", "worse", "matchers"
WAKES = "wakes"
Member = TypeVar("Member", Scope, Length)
ASKING = (TICKED, SCOPE, LENGTH, CUSTOM)  # a change of these is told to the bot
AHEAD = timedelta(hours=2)  # where the custom end begins
NAME = 60  # characters of a name in a choice
INSTANCE = "instanceId"


def mute_view(
    form: MuteForm,
    words: Words,
    *,
    said: Mrkdwn,
    now: datetime,
    ids: dict[str, str | int | None],
    instance: str = "",
) -> JsonObject:
    """The form as it is filled in; `said` is what it would hide, or what is wrong with it.

    `instance`: what people call the instance, with its id.
    """
    body = [
        blocks.section(bold(_name(form.alarm.name, words)), block_id="what"),
        *_boxes(form, words, instance),
        *_breadth_and_length(form, words),
    ]
    if form.length is Length.CUSTOM:
        body.append(
            forms.moment_picker(
                words.say("mute_form.custom"),
                name=CUSTOM,
                initial=form.custom or now + AHEAD,
                asks=True,
            )
        )
    body += [
        blocks.section(said, block_id="preview"),
        *_last(form.reason, words, wakes=form.wakes_on_worse),
    ]
    return forms.modal(
        words.say("mute_form.title"),
        body,
        callback_id=MUTE,
        submit=words.say("mute_form.submit"),
        close=words.say("form.cancel"),
        ids=ids,
    )


def edit_view(mute: Mute, words: Words, *, said: Mrkdwn, channel_id: str | None) -> JsonObject:
    """The form for a mute that exists: its conditions as text, its end, its reason."""
    body = [
        forms.typed(
            words.say("mute_form.matchers"),
            name=MATCHERS,
            initial=shown(mute.matchers),
            placeholder="instanceId=i-bp1*",
            multiline=True,
        ),
        forms.moment_picker(
            words.say("mute_form.ends"), name=CUSTOM, initial=mute.ends_at, asks=False
        ),
        blocks.section(said, block_id="preview"),
        *_last(mute.reason, words, wakes=mute.wakes_on_worse),
    ]
    return forms.modal(
        words.say("mute_form.edit_title"),
        body,
        callback_id=EDIT,
        submit=words.say("form.save"),
        close=words.say("form.cancel"),
        ids={"mute": mute.id, "channel": channel_id},
    )


def filled_in(form: MuteForm, filled: Filled) -> MuteForm:
    """The form with what a person chose; what Slack does not send stays as it was."""
    return MuteForm(
        alarm=form.alarm,
        ticked=frozenset(
            one for one in map(number_or_none, filled.choices(TICKED)) if one is not None
        ),
        scope=_member(Scope, filled.choice(SCOPE), form.scope),
        length=_member(Length, filled.choice(LENGTH), form.length),
        custom=filled.moment(CUSTOM),
        reason=filled.text(REASON),
        wakes_on_worse=WAKES in filled.choices(WORSE),
    )


def preview_text(preview: Preview, words: Words) -> Mrkdwn:
    """What it matches now, and what it would have hidden; loud where that was serious."""
    firing = preview.firing
    lines = [words.mark("preview.now", count=firing) if firing else words.mark("preview.quiet")]
    if preview.incidents == 0:
        lines.append(words.mark("preview.nothing", days=preview.days))
        return joined("\n", lines)
    lines.append(
        words.mark(
            "preview.past",
            days=preview.days,
            callbacks=words.mark("preview.callbacks", count=preview.callbacks),
            incidents=words.mark("preview.incidents", count=preview.incidents),
            instances=words.mark("preview.instances", count=preview.instances),
        )
    )
    if preview.acknowledged:
        lines.append(words.mark("preview.acknowledged", count=preview.acknowledged))
    if preview.critical:
        critical = words.mark("preview.critical", count=preview.critical)
        lines.append(joined(" ", [Mrkdwn("🔴"), Mrkdwn(f"*{critical}*")]))
    return joined("\n", lines)


def _breadth_and_length(form: MuteForm, words: Words) -> list[JsonObject]:
    return [
        forms.radio(
            words.say("mute_form.scope"),
            [(_scope(one, form, words), one.value) for one in scopes(form.alarm)],
            name=SCOPE,
            initial=form.scope.value,
            asks=True,
        ),
        forms.chosen(
            words.say("mute_form.length"),
            [(words.say(f"mute_form.lengths.{one.value}"), one.value) for one in Length],
            name=LENGTH,
            initial=form.length.value,
            asks=True,
        ),
    ]


def _boxes(form: MuteForm, words: Words, instance: str) -> Sequence[JsonObject]:
    offered = [(_box(one, instance), str(n)) for n, one in enumerate(choices(form.alarm))]
    if not offered:
        return []
    ticked = [str(n) for n in sorted(form.ticked)]
    label = words.say("mute_form.ticked")
    return [forms.boxes(label, offered, name=TICKED, initial=ticked, asks=True)]


def _box(choice: Choice, instance: str) -> str:
    """The instance by its name as well; where that is too long for Slack, by its id alone."""
    named = f"{choice.name} = {clean(instance)}"
    if choice.name == INSTANCE and instance and units(named) <= BUTTON:
        return named
    return f"{choice.name} = {choice.text}"


def _scope(scope: Scope, form: MuteForm, words: Words) -> str:
    alarm = form.alarm
    names = {Scope.RULE: _name(alarm.name, words), Scope.METRIC: alarm.metric or ""}
    return words.say(f"mute_form.scopes.{scope.value}", name=cut(names.get(scope, ""), NAME))


def _last(reason: str, words: Words, *, wakes: bool) -> list[JsonObject]:
    return [
        forms.typed(
            words.say("mute_form.reason"),
            name=REASON,
            initial=reason,
            placeholder=words.say("mute_form.reason_hint"),
            optional=True,
            longest=LONGEST_REASON,
        ),
        forms.boxes(
            words.say("mute_form.worse"),
            [(words.say("mute_form.wakes"), WAKES)],
            name=WORSE,
            initial=[WAKES] if wakes else [],
            asks=False,
        ),
    ]


def _name(name: str, words: Words) -> str:
    return clean(name) or words.say("card.unnamed")


def _member(kind: type[Member], value: str, default: Member) -> Member:
    """A choice of an older release is the default one."""
    try:
        return kind(value)
    except ValueError:
        return default
