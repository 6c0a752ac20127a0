"""What is said of a mute: on the card it hides, in the thread when it ends, to its author.

A mute is public: who, what, until when, why. A team must never wonder why it is quiet.
"""

from collections.abc import Iterator

from slack_sdk.models.blocks import ButtonElement

from bot.rules.card import MuteCard, MuteNote
from bot.rules.mute import EndReason, Mute
from bot.slack import blocks
from bot.slack.look import MUTED_MARK, QUIET_COLOUR
from bot.slack.message import Message
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, bold, code, joined, mention, safe
from bot.slack.words import Words

EXTEND = "extend_mute"
REASON = 200  # characters of a reason on a card
MATCHERS_SHOWN = 8


def extend_button(mute_id: int, words: Words) -> ButtonElement:
    """Longer, by as much as it lasted."""
    return blocks.button(words.say("mute.extend"), action_id=EXTEND, value=str(mute_id))


def muted_line(mute: Mute, words: Words) -> Mrkdwn:
    """`Muted by @ann until 10:00: log rotation`."""
    person = mention(mute.created_by.id, mute.created_by.name)
    key = "mute.muted_until_recovered" if mute.until_recovered else "mute.muted"
    line = words.mark(key, person=person, until=clock(mute.ends_at))
    said = words.mark("mute.because", line=line, reason=safe(mute.reason, REASON))
    return joined(" ", [Mrkdwn(MUTED_MARK), said if mute.reason else line])


def matchers_line(mute: Mute, words: Words) -> Mrkdwn:
    """What it hides, as conditions."""
    shown = [code(str(one)) for one in mute.matchers[:MATCHERS_SHOWN]]
    hidden = len(mute.matchers) - MATCHERS_SHOWN
    return joined(" ", [*shown, *([words.mark("more", count=hidden)] if hidden > 0 else [])])


def note_of_mute(note: MuteNote, name: str, words: Words) -> Mrkdwn:
    """A mute ended, and why; or it ends soon."""
    person = mention(note.by.id, note.by.name)
    if note.because is None:
        return words.mark("mute.ends_soon", person=person, until=clock(note.until))
    return words.mark(f"mute.ended.{note.because.value}", person=person, name=name)


def render_mute(card: MuteCard, words: Words) -> Message:
    """The author's receipt: what it hid, or that it ends soon."""
    mute, number = card.mute, card.card_id
    headline = _headline(mute, words)
    paragraph = joined("\n", [bold(headline), *_told(card, words)])
    small = joined(" · ", _small_print(mute, words))
    body = [blocks.context(small, block_id=f"{number}:state")]
    body.append(blocks.actions([extend_button(mute.id, words)], block_id=f"{number}:actions"))
    return Message(
        text=joined(". ", [headline, *_told(card, words)]),
        blocks=(blocks.section(paragraph, block_id=f"{number}:title"),),
        attachments=(blocks.attachment(body, colour=QUIET_COLOUR),),
    )


def _headline(mute: Mute, words: Words) -> Mrkdwn:
    if mute.ended is None:
        return words.mark("mute.receipt.ending", until=clock(mute.ends_at))
    return words.mark(f"mute.receipt.{mute.ended.because.value}")


def _told(card: MuteCard, words: Words) -> Iterator[Mrkdwn]:
    hidden = card.mute.hidden
    if hidden is None:
        return
    if hidden.callbacks == 0:
        yield words.mark("mute.receipt.nothing")
        return
    instances = words.mark("mute.receipt.instances", count=hidden.instances)
    yield words.mark("mute.receipt.hid", count=hidden.callbacks, instances=instances)
    if card.worst:
        yield words.mark("mute.receipt.worst", value=card.worst)


def _small_print(mute: Mute, words: Words) -> Iterator[Mrkdwn]:
    yield matchers_line(mute, words)
    if mute.reason:
        yield safe(mute.reason, REASON)
    if mute.ended and mute.ended.because is EndReason.BY_HAND and mute.ended.by:
        person = mention(mute.ended.by.id, mute.ended.by.name)
        yield words.mark("mute.receipt.by", person=person)
