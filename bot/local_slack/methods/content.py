"""The content arguments that chat.*, files.* and response URLs share: text, blocks, attachments.

Reads and checks them once; it must never store a payload that Slack would refuse.
"""

from dataclasses import dataclass

from bot.local_slack.errors import SlackError, invalid
from bot.local_slack.jsons import Json, as_list, as_objects, is_list
from bot.local_slack.validate import check_attachments, check_blocks, text_length
from bot.local_slack.wire import Args

MOST_ATTACHMENTS = 100
LONGEST_MARKDOWN = 12_000
LONGEST_CARD = 13_000  # undocumented; seen refused at about this sum of characters


@dataclass(frozen=True)
class Content:
    """What a message says. None = not given, which is not the same as empty on an edit."""

    text: str
    text_given: bool
    blocks: list[Json] | None
    attachments: list[Json] | None

    def check_there_is_something(self) -> None:
        if not (self.text or self.blocks or self.attachments):
            raise SlackError("no_text")


def content_of(args: Args) -> Content:
    """The content, checked; raises the error that Slack answers."""
    markdown = args.text("markdown_text")
    if markdown and (args.text("text") or args.has("blocks")):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > LONGEST_MARKDOWN:
        raise SlackError("msg_too_long")
    content = Content(
        markdown or args.text("text"),
        args.has("text") or bool(markdown),
        _blocks(args),
        _attachments(args),
    )
    if text_length(content.blocks, content.attachments) > LONGEST_CARD:
        raise SlackError("msg_blocks_too_long")
    return content


def _blocks(args: Args) -> list[Json] | None:
    given = args.json("blocks")
    if given is None or given == "":
        return None
    if not is_list(given):
        raise SlackError("invalid_blocks_format")
    complaints = check_blocks(as_list(given), "message")
    if complaints:
        raise invalid("invalid_blocks", complaints)
    return as_objects(given)


def _attachments(args: Args) -> list[Json] | None:
    given = args.json("attachments")
    if given is None or given == "":
        return None
    if not is_list(given):
        raise SlackError("invalid_attachments")
    if len(as_list(given)) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    complaints = check_attachments(as_list(given))
    if complaints:
        raise invalid("invalid_attachments", complaints)
    return as_objects(given)
