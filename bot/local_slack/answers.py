"""What an app may say back: through a response URL, or in the acknowledgement of a command.

Ephemeral unless it says otherwise; may replace or delete the message it came from. It must
never change the visibility of a message.
"""

from aiohttp import web

from bot.local_slack.errors import SlackError
from bot.local_slack.jsons import Json, as_object
from bot.local_slack.methods.content import content_of
from bot.local_slack.model import Message
from bot.local_slack.tickets import ResponseTicket, Tickets
from bot.local_slack.wire import Args, read_args
from bot.local_slack.workspace import Workspace


def say(space: Workspace, ticket: ResponseTicket, body: Json) -> None:
    """Do what the app's answer asks for; raises `SlackError` when Slack would refuse it."""
    args = Args(body)
    source = _source(space, ticket)
    if args.flag("delete_original"):
        _delete(space, source)
    elif args.flag("replace_original") and source is not None:
        _replace(space, source, args)
    else:
        _post(space, ticket, args)


def _source(space: Workspace, ticket: ResponseTicket) -> Message | None:
    if ticket.ts is None:
        return None
    channel = space.channels[ticket.channel]
    return space.find(channel, ticket.ts, ephemeral=ticket.ephemeral_source)


def _delete(space: Workspace, source: Message | None) -> None:
    if source is not None:
        space.delete(source)


def _replace(space: Workspace, source: Message, args: Args) -> None:
    content = content_of(args)
    content.check_there_is_something()
    space.keep_revision(source)
    source.text, source.blocks = content.text, content.blocks or []
    if content.attachments is not None:
        source.attachments = content.attachments
    space.edited(source)


def _post(space: Workspace, ticket: ResponseTicket, args: Args) -> None:
    content = content_of(args)
    content.check_there_is_something()
    message = Message(
        space.ts(),
        ticket.channel,
        space.bot.id,
        content.text,
        content.blocks or [],
        content.attachments or [],
        bot_id=space.bot.bot_id,
        thread_ts=args.text("thread_ts") or ticket.thread_ts,
        visible_to=None if args.text("response_type") == "in_channel" else ticket.user,
    )
    space.post(message)


def say_from_ack(space: Workspace, ticket: ResponseTicket, body: object) -> None:
    """The body of a command's acknowledgement: plain text, a message, or nothing."""
    message: Json = {"text": body} if isinstance(body, str) else as_object(body)
    if any(message.get(key) for key in ("text", "blocks", "attachments")):
        say(space, ticket, message)


async def handle_response_url(
    request: web.Request, space: Workspace, tickets: Tickets
) -> tuple[web.Response, Json, str | None]:
    """The answer to a POST to a response URL, with what to log: arguments and error."""
    try:
        args = await read_args(request)
    except SlackError as error:
        return _refused(400, error.word), {}, error.word
    ticket = tickets.use_response(request.match_info["ticket"])
    if ticket is None:
        return _refused(404, "expired_url"), args.values, "expired_url"
    try:
        say(space, ticket, args.values)
    except SlackError as error:
        return _refused(400, error.word), args.values, error.word
    return web.Response(text="ok"), args.values, None


def _refused(status: int, word: str) -> web.Response:
    return web.Response(status=status, text=word)
