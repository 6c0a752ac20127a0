"""Looking at the stand-in from outside: its whole state, messages, the log, and live news.

Read only; it must never change anything.
"""

import asyncio
import json

from aiohttp import web

from bot.local_slack import render
from bot.local_slack.jsons import Json
from bot.local_slack.model import Message
from bot.local_slack.stand import Stand

LOG_SHOWN = 300
QUIET = 15.0  # seconds between comments on a quiet stream, so that proxies keep it open


def state(stand: Stand) -> Json:
    """All that the page shows."""
    space = stand.space
    return {
        "now": stand.clock.now(),
        "team": {"name": space.name, "domain": space.domain},
        "bot": render.user_json(space.bot),
        "users": [render.user_json(user) for user in space.users.values()],
        "groups": [render.group_json(group) for group in space.groups.values()],
        "channels": [render.channel_row(channel) for channel in space.channels.values()],
        "messages": [
            render.message_row(space, message)
            for channel in space.channels.values()
            for message in [*channel.messages, *channel.ephemerals]
            if not message.deleted
        ],
        "views": {user: stand.screens.rows(user) for user in stand.screens.stacks},
        "homes": {user: render.view_json(view) for user, view in stand.screens.homes.items()},
        "commands": [vars(command) for command in stand.settings.commands],
        "shortcuts": [vars(shortcut) for shortcut in stand.settings.shortcuts],
        "samples": [{"name": name, "title": title} for name, title, _ in stand.settings.samples],
        "log": [entry.as_json() for entry in list(stand.journal.entries)[-LOG_SHOWN:]],
        "sockets": len(stand.hub.connections),
        "over_http": stand.courier.app_url is not None,
        "limits": {"on": stand.limits.on},
        "faults": [f"{fault.method}: {fault}" for fault in stand.faults.planned],
    }


def messages(stand: Stand, request: web.Request) -> Json:
    """`?channel=` and optionally `deleted=1`, `ephemeral=1`; with each message's earlier looks."""
    channel, deleted = request.query.get("channel", "alarms"), "deleted" in request.query
    found = stand.messages(channel, deleted=deleted)
    if "ephemeral" in request.query:
        found = stand.ephemerals(channel)
    return {"messages": [_with_revisions(stand, message) for message in found]}


def _with_revisions(stand: Stand, message: Message) -> Json:
    row = render.message_row(stand.space, message)
    return {**row, "revisions": [vars(revision) for revision in message.revisions]}


def requests(stand: Stand, request: web.Request) -> Json:
    """`?method=` and `?direction=in|out` narrow the log."""
    method, direction = request.query.get("method"), request.query.get("direction")
    return {
        "requests": [
            entry.as_json()
            for entry in stand.journal.entries
            if method in (None, entry.method) and direction in (None, entry.direction)
        ]
    }


async def stream(stand: Stand, request: web.Request) -> web.StreamResponse:
    """Server-sent events: one `data:` line of JSON for each change, until the tab goes away."""
    answer = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await answer.prepare(request)
    news = stand.bus.listen()
    try:
        await answer.write(b"retry: 1000\n\n")
        while (line := await _next_line(news)) is not None:
            await answer.write(line)
    except ConnectionError:
        return answer
    finally:
        stand.bus.leave(news)
    return answer


async def _next_line(news: "asyncio.Queue[Json | None]") -> bytes | None:
    try:
        change = await asyncio.wait_for(news.get(), QUIET)
    except TimeoutError:
        return b": still here\n\n"
    return None if change is None else b"data: " + json.dumps(change).encode() + b"\n\n"
