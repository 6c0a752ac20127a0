"""One incident in full, for whoever asked: its card, what people wrote, and what they did."""

from collections.abc import Sequence
from dataclasses import replace

from bot.rules.card import IncidentCard, Language
from bot.rules.people import Deed, Remark
from bot.slack import blocks
from bot.slack.card import render_card
from bot.slack.check import Surface, check_payload
from bot.slack.message import JsonObject, Message
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, bold, code, joined, link_within, mention, safe
from bot.slack.words import Words

REMARKS_SHOWN = 5
REMARK = 200  # characters of each
ACTS_SHOWN = 10


def show_message(
    card: IncidentCard,
    written: Sequence[Remark],
    done: Sequence[Deed],
    url: str | None,
    language: Language,
    *,
    group_id: int | None = None,
) -> Message:
    """`written` and `done` are oldest first; `group_id` is the group that it is shown in."""
    words = Words.of(language)
    message = render_card(card, language)
    number = f"#{card.incident.id}"
    head = link_within(url, number) if url else Mrkdwn(number)
    if group_id is not None:
        others = code(f"/alarms search group_id:{group_id}")
        head = joined(" · ", [head, words.mark("group.member", number=group_id), others])
    more: list[JsonObject] = [blocks.context(head, block_id="number")]
    if written:
        told = [_remark(one, words) for one in written[-REMARKS_SHOWN:]]
        title = bold(words.say("show.notes"))
        more.append(blocks.section(joined("\n", [title, *told]), block_id="notes"))
    if done:
        lines = [_deed(one, words) for one in done[-ACTS_SHOWN:]]
        more.append(blocks.context(joined("\n", lines), block_id="acts"))
    return _fitting(message, more)


def _fitting(message: Message, more: list[JsonObject]) -> Message:
    """With as much below the card as one message may hold; the card itself always fits."""
    for count in range(len(more), 0, -1):
        longer = replace(message, blocks=(*message.blocks, *more[:count]))
        if not check_payload(longer.payload(), Surface.MESSAGE):
            return longer
    return message


def _remark(remark: Remark, words: Words) -> Mrkdwn:
    who = mention(remark.by.id, remark.by.name)
    text = safe(remark.text, REMARK)
    return words.mark("said.remark", person=who, at=clock(remark.at), text=text)


def _deed(deed: Deed, words: Words) -> Mrkdwn:
    key = f"deeds.{deed.verb}"
    what = words.mark(key if key in words else "deeds.other", verb=deed.verb)
    who = mention(deed.by.id, deed.by.name)
    return joined(" · ", [clock(deed.at), who, what])
