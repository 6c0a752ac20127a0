"""What a person is told of a mute that they made, changed or ended; and lists of mutes."""

from collections.abc import Mapping, Sequence

from bot.rules.mute import Mute
from bot.slack import blocks
from bot.slack.incident_list import MORE
from bot.slack.message import Message
from bot.slack.mute_card import extend_button, matchers_line
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, bold, cut_mrkdwn, joined, mention, safe
from bot.slack.words import Words

EDIT, UNMUTE = "edit_mute", "end_mute"
# Ten mutes in one message stay below what a message may hold, whatever they are about.
LISTED_CONDITIONS = 320
LISTED_REASON = 128


def mute_made(mute: Mute, holding: int, words: Words) -> Mrkdwn:
    """It is quiet now, and how much of it."""
    key = "mute_form.done_until_recovered" if mute.until_recovered else "mute_form.done"
    said = [words.mark(key, what=matchers_line(mute, words), until=clock(mute.ends_at))]
    if holding:
        said.append(words.mark("mute_form.held", count=holding))
    return joined("\n", said)


def mute_extended(mute: Mute, words: Words) -> Mrkdwn:
    """Its end has moved."""
    what = matchers_line(mute, words)
    return words.mark("mute_form.extended", what=what, until=clock(mute.ends_at))


def mute_ended(mute: Mute, words: Words) -> Mrkdwn:
    """It is over."""
    return words.mark("mute_form.ended", what=matchers_line(mute, words))


def mutes_message(
    page: Sequence[Mute], held: Mapping[int, int], words: Words, *, more: str | None, ended: bool
) -> Message:
    """A list of mutes with what can be done about each; `more` is the command of the next page."""
    key = "mutes.ended" if ended else "mutes.living"
    title = words.mark(key) if page else words.mark(f"{key}_none")
    body = [blocks.section(title, block_id="title")]
    for mute in page:
        body.append(
            blocks.section(listed(mute, held.get(mute.id, 0), words), block_id=f"m{mute.id}")
        )
        if not ended:
            body.append(blocks.actions(controls(mute, words), block_id=f"a{mute.id}"))
    if more:
        button = blocks.button(words.say("list.more"), action_id=MORE, value=more)
        body.append(blocks.actions([button], block_id="more"))
    return Message(text=title, blocks=tuple(body))


def listed(mute: Mute, holding: int, words: Words) -> Mrkdwn:
    """`#7` `instanceId="i-1"` · by @ann until 18:00 · log rotation · keeps 3 quiet."""
    person = mention(mute.created_by.id, mute.created_by.name)
    end = mute.ended.at if mute.ended else mute.ends_at
    told = [words.mark("mutes.by", person=person, until=clock(end))]
    if mute.until_recovered and not mute.ended:
        told.append(words.mark("mutes.until_recovered"))
    if mute.ended:
        told.append(words.mark(f"mutes.because.{mute.ended.because.value}"))
    if mute.reason:
        told.append(safe(mute.reason, LISTED_REASON))
    if holding:
        told.append(words.mark("mutes.holds", count=holding))
    conditions = cut_mrkdwn(matchers_line(mute, words), LISTED_CONDITIONS)
    head = joined(" ", [bold(f"#{mute.id}"), conditions])
    return joined("\n", [head, joined(" · ", told)])


def controls(mute: Mute, words: Words) -> list[blocks.Control]:
    """What can be done about a mute in a list."""
    number = str(mute.id)
    return [
        extend_button(mute.id, words),
        blocks.button(words.say("mutes.edit"), action_id=EDIT, value=number),
        blocks.button(words.say("more.unmute"), action_id=UNMUTE, value=number),
    ]
