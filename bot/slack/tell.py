"""A private word to one person, by whichever way still works; said once, never insisted on."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

from bot.slack import blocks
from bot.slack.calls import SlackCalls
from bot.slack.failures import SlackFailure
from bot.slack.message import JsonObject, Message
from bot.slack.text import Mrkdwn, joined

Said = Mrkdwn | Message


@dataclass(frozen=True, slots=True)
class Ear:
    """Where somebody hears us: the address that came with their request, or where they are."""

    person_id: str
    channel_id: str | None = None
    response_url: str | None = None


async def tell(slack: SlackCalls, ear: Ear, said: Said) -> bool:
    """Whether it was heard. Without an address it is whispered in the channel, or sent."""
    message = as_message(said)
    for way in _ways(slack, ear, message):
        try:
            await way()
        except SlackFailure:
            continue
        return True
    return False


def _ways(slack: SlackCalls, ear: Ear, message: Message) -> Iterator[Callable[[], Awaitable[None]]]:
    url, channel = ear.response_url, ear.channel_id
    if url:
        yield lambda: slack.respond(url, private(message))
    if channel:
        yield lambda: slack.whisper_to(channel, ear.person_id, _flat(message))
    yield lambda: slack.say_to(ear.person_id, message)


def as_message(said: Said) -> Message:
    """A sentence is a message without blocks."""
    return said if isinstance(said, Message) else Message(text=said)


def private(message: Message, *, replacing: bool = False) -> JsonObject:
    """For an address that came with a request: nobody else sees it."""
    return _answer(message, "ephemeral", replacing=replacing)


def public(message: Message) -> JsonObject:
    """For an address that came with a request: the whole channel sees it."""
    return _answer(message, "in_channel", replacing=False)


def shared(message: Message, by: Mrkdwn) -> Message:
    """A private answer for everybody, below a line that says who asked; without its buttons."""
    kept = [one for one in message.blocks if one.get("type") != "actions"]
    below = kept or [blocks.section(Mrkdwn(message.text), block_id="said")]
    head = blocks.context(by, block_id="by")
    return replace(message, text=joined("\n", [by, Mrkdwn(message.text)]), blocks=(head, *below))


def _answer(message: Message, kind: str, *, replacing: bool) -> JsonObject:
    body: JsonObject = {"response_type": kind, "replace_original": replacing, "text": message.text}
    if message.blocks:
        body["blocks"] = list(message.blocks)
    if message.attachments:
        body["attachments"] = list(message.attachments)
    return body


def _flat(message: Message) -> Message:
    """`chat.postEphemeral` takes no attachments that hold blocks: their blocks come below."""
    inner = [
        block
        for one in message.attachments
        if isinstance(listed := one.get("blocks"), list)
        for block in listed
        if isinstance(block, dict)
    ]
    return replace(message, blocks=(*message.blocks, *inner), attachments=())
