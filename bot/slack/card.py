"""A card as Slack shows it: values in, a `Message` out. It asks nobody: no clock, no query.

The headline and the value stand above; the rest stands in one attachment, because only
attachments have a coloured bar. They stand above for two reasons: Slack shows a message's
`text` as a line of its own unless there are blocks beside it, and it folds long attachments,
so what stands there must be short enough to keep the buttons in sight.
"""

from slack_sdk.models.blocks import ButtonElement

from bot.rules.card import (
    CardFace,
    GroupCard,
    IncidentCard,
    Language,
    Link,
    LinkKind,
    MuteCard,
    NoticeCard,
    StormCard,
)
from bot.rules.incident import Sort
from bot.slack import blocks
from bot.slack.facts import event_facts, facts
from bot.slack.family_lines import family_lines
from bot.slack.group_card import render_group
from bot.slack.look import QUIET_COLOUR, colour_of, mark_of
from bot.slack.message import JsonObject, Message
from bot.slack.mute_card import muted_line, render_mute
from bot.slack.notice import render_notice
from bot.slack.people_lines import people_lines
from bot.slack.phrases import breached, course, ended, instance_of, measured, metric_of, name_of
from bot.slack.stand_in import stand_in_line, stood_in_for
from bot.slack.states import flapping, open_state, over_state
from bot.slack.storm_card import render_storm
from bot.slack.summary import is_over, summary
from bot.slack.text import Mrkdwn, bold, joined, link
from bot.slack.words import Words

ACKNOWLEDGE = "acknowledge"
UNACKNOWLEDGE = "unacknowledge"
MUTE, UNMUTE, HISTORY, MORE = "mute", "end_mute", "history", "more"


def render_card(face: CardFace, language: Language) -> Message:
    """The message that shows this card, in this language; equal faces give equal messages."""
    words = Words.of(language)
    match face:
        case NoticeCard():
            return render_notice(face, words)
        case MuteCard():
            return render_mute(face, words)
        case StormCard():
            return render_storm(face, words)
        case GroupCard():
            return render_group(face, words)
        case IncidentCard() if is_over(face.incident):
            return _over(face, words)
        case IncidentCard():
            return _open(face, words)


def _open(card: IncidentCard, words: Words) -> Message:
    title = f"{mark_of(card.incident)} {name_of(card, words)}"
    above = [blocks.header(title, block_id=f"{card.card_id}:title"), *_value(card, words)]
    return Message(
        text=summary(card, words),
        blocks=tuple(above),
        attachments=(blocks.attachment(_body(card, words), colour=_colour(card)),),
    )


def _colour(card: IncidentCard) -> str:
    """What is muted or held back asks nobody, however bad it is; its mark still tells how bad."""
    return QUIET_COLOUR if card.mute or card.family.parent else colour_of(card.incident)


def _value(card: IncidentCard, words: Words) -> list[JsonObject]:
    """`CPU usage *97.5 %* · threshold ≥ 85 %, 3 times in a row`. An event measures nothing."""
    if card.incident.sort is Sort.EVENT:
        return []
    limit = breached(card, words)
    line = joined(" · ", [measured(card, words, bold), *([limit] if limit else [])])
    return [blocks.section(line, block_id=f"{card.card_id}:value")]


def _body(card: IncidentCard, words: Words) -> list[JsonObject]:
    told = event_facts(card)
    number = card.card_id
    body = [blocks.fields(facts(card, words), block_id=f"{number}:facts")]
    if told:
        body.append(blocks.fields(told, block_id=f"{number}:event"))
    if card.mute:
        body.append(blocks.context(muted_line(card.mute, words), block_id=f"{number}:mute"))
    body.extend(_family(card, words))
    body.extend(_flapping(card, words))
    if card.stand_in:
        line = stand_in_line(card.stand_in, words)
        body.append(blocks.context(line, block_id=f"{number}:stand_in"))
    body.append(blocks.context(open_state(card, words), block_id=f"{number}:state"))
    body.extend(_told_by_people(card, words))
    body.extend(_links(card, words))
    body.append(blocks.actions(_buttons(card, words), block_id=f"{number}:actions"))
    return body


def _over(card: IncidentCard, words: Words) -> Message:
    """One paragraph and the small print: it asks nobody for anything any more."""
    number = card.card_id
    name, instance = bold(name_of(card, words)), instance_of(card)
    named = joined(" · ", [name, instance] if instance else [name])
    head = joined(" ", [mark_of(card.incident), named])
    paragraph = joined("\n", [head, _ending(card, words)])
    history = [each for each in card.links if each.kind is LinkKind.HISTORY]
    stood_in = [stood_in_for(card.stand_in, words)] if card.stand_in else []
    linked = [_linked(each, words) for each in history]
    small = joined(" · ", [over_state(card, words), *stood_in, *linked])
    body = [
        *_flapping(card, words),
        blocks.context(small, block_id=f"{number}:state"),
        *_told_by_people(card, words),
    ]
    menu = blocks.overflow(_more_when_over(card, words), action_id=MORE)
    return Message(
        text=summary(card, words),
        blocks=(blocks.section(paragraph, block_id=f"{number}:title", beside=menu),),
        attachments=(blocks.attachment(body, colour=colour_of(card.incident)),),
    )


def _family(card: IncidentCard, words: Words) -> list[JsonObject]:
    lines = list(family_lines(card.family, words))
    number = f"{card.card_id}:family"
    return [blocks.context(joined("\n", lines), block_id=number)] if lines else []


def _flapping(card: IncidentCard, words: Words) -> list[JsonObject]:
    number = f"{card.card_id}:flapping"
    return [blocks.context(line, block_id=number) for line in flapping(card.incident, words)]


def _told_by_people(card: IncidentCard, words: Words) -> list[JsonObject]:
    """What people wrote and thought, and what this alarm's past tells."""
    lines = list(people_lines(card, words))
    if not lines:
        return []
    return [blocks.context(joined("\n", lines), block_id=f"{card.card_id}:people")]


def _ending(card: IncidentCard, words: Words) -> Mrkdwn:
    end, values = ended(card.incident, words), course(card, words, bold)
    if values is None:
        return end
    return words.mark("ended.course", ended=end, metric=metric_of(card, words), values=values)


def _links(card: IncidentCard, words: Words) -> list[JsonObject]:
    """Plain links rather than buttons: a link button's click would have to be answered."""
    line = joined(" · ", [_linked(each, words) for each in card.links])
    return [blocks.context(line, block_id=f"{card.card_id}:links")] if card.links else []


def _linked(each: Link, words: Words) -> Mrkdwn:
    return link(each.url, words.say(f"link.{each.kind.value}"))


def _buttons(card: IncidentCard, words: Words) -> list[blocks.Control]:
    """What a person may do; the value is the card's id, never a state."""
    return [
        _acknowledge(card, words),
        _mute(card, words),
        blocks.button(words.say("button.history"), action_id=HISTORY, value=card.card_id),
        blocks.overflow(_more(card, words), action_id=MORE),
    ]


def _acknowledge(card: IncidentCard, words: Words) -> ButtonElement:
    if card.incident.acknowledged:
        label = words.say("button.unacknowledge")
        return blocks.button(label, action_id=UNACKNOWLEDGE, value=card.card_id)
    label = words.say("button.acknowledge")
    style = blocks.Style.PRIMARY
    return blocks.button(label, action_id=ACKNOWLEDGE, value=card.card_id, style=style)


def _mute(card: IncidentCard, words: Words) -> ButtonElement:
    if card.mute:
        return blocks.button(words.say("more.unmute"), action_id=UNMUTE, value=str(card.mute.id))
    return blocks.button(words.say("mute_form.button"), action_id=MUTE, value=card.card_id)


def _more(card: IncidentCard, words: Words) -> list[tuple[str, str]]:
    """Five at most, so what one thinks of it is one choice, with its own modal."""
    incident = card.incident
    offered = {
        "take": incident.acknowledged is not None,
        "assign": incident.can_be_acknowledged,
        "note": True,
        "resolve": incident.is_open,
        "feedback": True,
    }
    return _choices([verb for verb, fits in offered.items() if fits], card, words)


def _more_when_over(card: IncidentCard, words: Words) -> list[tuple[str, str]]:
    reopen = ["reopen"] if card.incident.closed else []
    return _choices([HISTORY, "note", *reopen, "feedback"], card, words)


def _choices(verbs: list[str], card: IncidentCard, words: Words) -> list[tuple[str, str]]:
    return [(words.say(f"more.{verb}"), f"{verb}:{card.card_id}") for verb in verbs]
