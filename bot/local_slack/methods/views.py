"""views.*: open, push and update modals, publish App Homes.

A modal is opened only against a fresh trigger; these must never open one without.
"""

import json

from bot.local_slack import render
from bot.local_slack.errors import SlackError, invalid
from bot.local_slack.jsons import Json, as_object
from bot.local_slack.methods.context import Call, Method
from bot.local_slack.model import View
from bot.local_slack.validate import check_view

LARGEST_VIEW = 250_000


def checked_view(given: object, kind: str) -> Json:
    """A view that Slack would take; raises `invalid_arguments` with pointers, as Slack does."""
    view = as_object(given)
    if not view:
        raise invalid("invalid_arguments", ["missing required field: view"])
    if len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    complaints = check_view(view, kind)
    if complaints:
        raise invalid("invalid_arguments", complaints)
    return view


async def open_(call: Call) -> Json:
    view = checked_view(call.args.json("view"), "modal")
    trigger = call.desk.tickets.exchange(call.args.need("trigger_id"))
    return _answer(call.desk.screens.open(trigger.user, view))


async def push(call: Call) -> Json:
    view = checked_view(call.args.json("view"), "modal")
    trigger = call.desk.tickets.exchange(call.args.need("trigger_id"))
    if not trigger.in_modal or call.desk.screens.top(trigger.user) is None:
        raise SlackError("not_found")
    return _answer(call.desk.screens.push(trigger.user, view))


async def update(call: Call) -> Json:
    body = checked_view(call.args.json("view"), "modal")
    view = call.desk.screens.find(call.args.text("view_id"), call.args.text("external_id"))
    return _answer(call.desk.screens.update(view, body, call.args.text("hash")))


async def publish(call: Call) -> Json:
    body = checked_view(call.args.json("view"), "home")
    user = call.args.need("user_id")
    if user not in call.space.users:
        raise invalid("invalid_arguments", ["invalid `user_id`"])
    return _answer(call.desk.screens.publish(user, body, call.args.text("hash")))


def _answer(view: View) -> Json:
    return {"view": render.view_json(view)}


METHODS: dict[str, Method] = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
