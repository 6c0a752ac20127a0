"""Who somebody in Slack is: their name, language and time zone, and who is in a user group."""

from dataclasses import dataclass

from bot.slack.answers import Answer
from bot.slack.wire import Wire


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """`locale` such as `zh-CN`, `tz` such as `Asia/Shanghai`; empty where Slack tells neither."""

    id: str
    name: str
    locale: str
    tz: str


class PeopleCalls:
    """`users.info` and `usergroups.users.list`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def person(self, user_id: str) -> PersonSeen:
        """One person."""
        answer = await self._wire.read("users.info", {"user": user_id, "include_locale": True})
        user = answer.one("user")
        return PersonSeen(
            id=user.optional("id") or user_id,
            name=_name(user),
            locale=user.optional("locale"),
            tz=user.optional("tz"),
        )

    async def members(self, group_id: str) -> frozenset[str]:
        """The ids of those in a user group."""
        answer = await self._wire.read("usergroups.users.list", {"usergroup": group_id})
        users = answer.body.get("users")
        listed = users if isinstance(users, list) else []
        return frozenset(one for one in listed if isinstance(one, str))


def _name(user: Answer) -> str:
    shown = user.one("profile").optional("display_name")
    return shown or user.optional("name") or user.optional("real_name")
