"""The control API: `/control/<act>`, JSON, for the page and for tests in other processes.

The same acts as in Python, by name. It takes only JSON bodies, so that no other web page that
is open in the browser can post to it, and it must never show a traceback.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.local_slack import render
from bot.local_slack.delivery import Delivery
from bot.local_slack.errors import NotPossibleError, SlackError
from bot.local_slack.faults import FaultSpellingError
from bot.local_slack.jsons import Json, as_object
from bot.local_slack.stand import Stand
from bot.local_slack.wire import Args, read_args

Act = Callable[[Stand, Args], Awaitable[Json]]


def _told(delivery: Delivery | None) -> Json:
    return {"delivery": delivery.as_json() if delivery else None}


def _who(args: Args) -> str:
    return args.text("by") or "ann"


async def click(stand: Stand, args: Args) -> Json:
    """`where` is message (default), modal or home; `on` a message's ts.

    `choice` is taken as it is: "11" is an option's value or a typed text, and no number.
    """
    what, choice = args.need("what"), args.values.get("choice")
    block = args.text("block") or None
    match args.text("where"):
        case "modal":
            done = await stand.click_in_modal(what, choice=choice, by=_who(args), block=block)
        case "home":
            done = await stand.click_in_home(what, choice=choice, by=_who(args), block=block)
        case _:
            done = await stand.click(
                what,
                on=args.text("on") or None,
                channel=args.text("channel") or None,
                choice=choice,
                by=_who(args),
                block=block,
            )
    return _told(done)


async def shortcut(stand: Stand, args: Args) -> Json:
    """`what` is the shortcut's callback id, `on` a message's ts."""
    what, on, place = args.need("what"), args.need("on"), args.text("channel") or "alarms"
    return _told(await stand.use_shortcut(what, on=on, channel=place, by=_who(args)))


async def command(stand: Stand, args: Args) -> Json:
    place, thread = args.text("channel") or "alarms", args.text("thread_ts") or None
    text = args.need("text")
    return _told(await stand.command(text, channel=place, by=_who(args), thread_ts=thread))


async def say(stand: Stand, args: Args) -> Json:
    place, thread = args.text("channel") or "alarms", args.text("thread_ts") or None
    text = args.need("text")
    message = await stand.say(text, channel=place, by=_who(args), thread_ts=thread)
    return {"message": render.message_row(stand.space, message)}


async def fill(stand: Stand, args: Args) -> Json:
    view = stand.fill(as_object(args.json("values")), by=_who(args))
    return {"view": render.view_json(view)}


async def submit(stand: Stand, args: Args) -> Json:
    return _told(await stand.submit(as_object(args.json("values")), by=_who(args)))


async def close(stand: Stand, args: Args) -> Json:
    done = await stand.close_modal(by=_who(args), whole_stack=args.flag("all"))
    return {"deliveries": [delivery.as_json() for delivery in done]}


async def suggest(stand: Stand, args: Args) -> Json:
    found = await stand.suggest(args.need("what"), args.text("typed"), by=_who(args))
    return {"options": found}


async def home(stand: Stand, args: Args) -> Json:
    return _told(await stand.open_home(by=_who(args)))


async def event(stand: Stand, args: Args) -> Json:
    return _told(await stand.send_event(as_object(args.json("event"))))


async def delete(stand: Stand, args: Args) -> Json:
    stand.delete_message(args.need("channel"), args.need("ts"))
    return {}


async def archive(stand: Stand, args: Args) -> Json:
    stand.archive(args.need("channel"), archived=args.flag("archived", default=True))
    return {}


async def invite(stand: Stand, args: Args) -> Json:
    await stand.invite(args.need("channel"))
    return {}


async def kick(stand: Stand, args: Args) -> Json:
    await stand.kick(args.need("channel"))
    return {}


async def create_channel(stand: Stand, args: Args) -> Json:
    private, with_bot = args.flag("private"), args.flag("with_bot", default=True)
    channel = stand.create_channel(args.need("name"), private=private, with_bot=with_bot)
    return {"channel": render.channel_row(channel)}


async def fault(stand: Stand, args: Args) -> Json:
    """`times` 0 = for ever; `channel` = only there; `clear` first removes what is planned."""
    if args.flag("clear"):
        stand.clear_faults(args.text("method") or None)
    if args.text("fault"):
        times = args.number("times", 1) or None
        chance = float(args.text("chance") or 1)
        method, channel = args.text("method") or "*", args.text("channel") or None
        stand.fault(method, args.text("fault"), times=times, chance=chance, channel=channel)
    return {"planned": [f"{f.method}: {f}" for f in stand.faults.planned]}


async def limits(stand: Stand, args: Args) -> Json:
    held = stand.limits
    held.on = args.flag("on", default=held.on)
    held.posts_per_second = float(args.text("posts_per_second") or held.posts_per_second)
    held.post_burst = args.number("post_burst", held.post_burst)
    held.per_minute |= {k: int(v) for k, v in as_object(args.json("per_minute")).items()}
    held.forget()
    return {"on": held.on, "posts_per_second": held.posts_per_second}


async def clock(stand: Stand, args: Args) -> Json:
    """`freeze` at a time, `advance` by seconds, or `run` again."""
    if args.flag("run"):
        stand.clock.run()
    if args.has("freeze"):
        stand.clock.freeze(float(args.text("freeze")))
    stand.clock.advance(float(args.text("advance") or 0))
    return {"now": stand.clock.now()}


async def revoke(stand: Stand, args: Args) -> Json:
    stand.revoke(args.text("token") or None, args.text("word") or "token_revoked")
    return {}


async def restore(stand: Stand, args: Args) -> Json:
    """A working bot token again; with `scopes`, only those."""
    scopes = args.text("scopes")
    stand.restore_token(scopes=frozenset(scopes.split(",")) if scopes else None)
    return {}


async def disconnect(stand: Stand, args: Args) -> Json:
    await stand.hub.disconnect(args.text("reason") or "refresh_requested")
    return {}


async def cut(stand: Stand, _args: Args) -> Json:
    await stand.hub.cut()
    return {}


async def point(stand: Stand, args: Args) -> Json:
    stand.point_at(args.text("app_url") or None, args.text("signing_secret") or None)
    return {}


async def sample(stand: Stand, args: Args) -> Json:
    await stand.sample(args.need("name"))
    return {}


async def reset(stand: Stand, _args: Args) -> Json:
    stand.reset()
    return {}


ACTS: dict[str, Act] = {
    act.__name__.replace("_", "-"): act
    for act in (
        click, shortcut, command, say, fill, submit, close, suggest, home, event, delete, archive,
        invite, kick, create_channel, fault, limits, clock, revoke, restore, disconnect, cut, point,
        sample, reset,
    )
}  # fmt: skip


async def handle(stand: Stand, request: web.Request) -> web.Response:
    """One act; 404 for an unknown one, 409 for what the screen does not offer."""
    act = ACTS.get(request.match_info["act"])
    if act is None:
        return _failed(404, f"there is no such act; there are: {', '.join(ACTS)}")
    if request.content_type != "application/json":
        return _failed(415, "send application/json")
    try:
        return web.json_response({"ok": True, **await act(stand, await read_args(request))})
    except SlackError as error:
        return web.json_response(error.body, status=400)
    except NotPossibleError as error:
        return _failed(409, str(error))
    except (FaultSpellingError, ValueError) as error:
        return _failed(400, str(error))


def _failed(status: int, words: str, **more: Any) -> web.Response:  # the answer's own keys
    return web.json_response({"ok": False, "error": words, **more}, status=status)
