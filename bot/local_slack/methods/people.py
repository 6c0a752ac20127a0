"""users.*, usergroups.*, team.*, bots.*, auth.*, reactions.*: who there is and who we are."""

import re
import secrets

from bot.local_slack import render
from bot.local_slack.errors import SlackError
from bot.local_slack.jsons import Json
from bot.local_slack.methods.context import Call, Method, channel_by_id, page
from bot.local_slack.model import APP_ID, TEAM_ID, Message

EMOJI_NAME = re.compile(r"^[a-z0-9_+'-]+(::skin-tone-[2-6])?$")


async def auth_test(call: Call) -> Json:
    return {
        "url": f"{call.desk.base}/",
        "team": call.space.name,
        "team_id": TEAM_ID,
        "user": call.bot.name,
        "user_id": call.bot.id,
        "bot_id": call.bot.bot_id,
        "is_enterprise_install": False,
    }


async def users_info(call: Call) -> Json:
    user = call.space.users.get(call.args.need("user"))
    if user is None:
        raise SlackError("user_not_found")
    wanted = call.args.flag("include_locale")
    return {"user": render.user_json(user, with_locale=wanted)}


async def users_list(call: Call) -> Json:
    users, cursor = page(call, list(call.space.users.values()), default=200, most=1000)
    return {
        "members": [render.user_json(user) for user in users],
        "cache_ts": int(call.space.clock.now()),
        "response_metadata": {"next_cursor": cursor},
    }


async def users_lookup(call: Call) -> Json:
    email = call.args.need("email").lower()
    for user in call.space.users.values():
        if user.email and user.email.lower() == email:
            return {"user": render.user_json(user)}
    raise SlackError("users_not_found")


async def usergroups_list(call: Call) -> Json:
    return {"usergroups": [render.group_json(group) for group in call.space.groups.values()]}


async def usergroups_users_list(call: Call) -> Json:
    group = call.space.groups.get(call.args.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


async def team_info(call: Call) -> Json:
    space = call.space
    team: Json = {"id": TEAM_ID, "name": space.name, "domain": space.domain, "email_domain": ""}
    return {"team": {**team, "url": f"{call.desk.base}/", "icon": {}}}


async def bots_info(call: Call) -> Json:
    bot = call.bot
    if call.args.text("bot") not in ("", bot.bot_id):
        raise SlackError("bot_not_found")
    found: Json = {"id": bot.bot_id, "deleted": False, "name": bot.real_name, "user_id": bot.id}
    return {"bot": {**found, "app_id": APP_ID, "icons": {}}}


async def reactions_add(call: Call) -> Json:
    message, name = _target(call)
    users = message.reactions.setdefault(name, [])
    if call.bot.id in users:
        raise SlackError("already_reacted")
    users.append(call.bot.id)
    call.space.tell_message(message)
    return {}


async def reactions_remove(call: Call) -> Json:
    message, name = _target(call)
    if call.bot.id not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    message.reactions[name].remove(call.bot.id)
    if not message.reactions[name]:
        del message.reactions[name]
    call.space.tell_message(message)
    return {}


def _target(call: Call) -> tuple[Message, str]:
    name = call.args.need("name").strip(":")
    if not EMOJI_NAME.match(name):
        raise SlackError("invalid_name")
    channel = channel_by_id(call)
    if channel.archived:
        raise SlackError("is_archived")
    message = call.space.find(channel, call.args.need("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return message, name


async def oauth_access(call: Call) -> Json:
    """The code of the authorize page, once, for the bot's token."""
    code = call.args.text("code")
    if code not in call.desk.tickets.codes:
        raise SlackError("invalid_code")
    call.desk.tickets.codes.remove(code)
    return {
        "app_id": APP_ID,
        "authed_user": {"id": next(iter(call.space.users))},
        "scope": "",
        "token_type": "bot",
        "access_token": call.desk.bot_token,
        "bot_user_id": call.bot.id,
        "team": {"id": TEAM_ID, "name": call.space.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


async def connections_open(call: Call) -> Json:
    """Where to connect for Socket Mode; the ticket is good for one connection."""
    address = call.desk.base.replace("http", "ws", 1)
    ticket, app = call.desk.tickets.socket(), secrets.token_hex(16)
    return {"url": f"{address}/socket?ticket={ticket}&app_id={app}"}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "users.info": users_info,
    "users.list": users_list,
    "users.lookupByEmail": users_lookup,
    "usergroups.list": usergroups_list,
    "usergroups.users.list": usergroups_users_list,
    "team.info": team_info,
    "bots.info": bots_info,
    "reactions.add": reactions_add,
    "reactions.remove": reactions_remove,
    "oauth.v2.access": oauth_access,
    "apps.connections.open": connections_open,
}
