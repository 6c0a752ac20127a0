"""Tokens and scopes: who may call which method.

A method that needs one of several scopes (history of public or private channels) is allowed
when the token has any of them. It must never accept a revoked or unknown token.
"""

from dataclasses import dataclass

from bot.local_slack.errors import SlackError

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
READ = ("channels:read", "groups:read", "im:read", "mpim:read")

# From Slack's method pages; a method that is not here needs no scope.
SCOPES: dict[str, tuple[str, ...]] = {
    "bots.info": ("users:read",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.join": ("channels:join",),
    "conversations.list": READ,
    "conversations.members": READ,
    "conversations.open": ("channels:manage", "groups:write", "im:write", "mpim:write"),
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "reactions.add": ("reactions:write",),
    "reactions.remove": ("reactions:write",),
    "team.info": ("team:read",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
}
WITHOUT_TOKEN = frozenset({"oauth.v2.access", "api.test"})
APP_LEVEL = frozenset({"apps.connections.open"})

POST_ANYWHERE = "chat:write.public"  # post to public channels without being a member
EVERY_BOT_SCOPE = frozenset(
    {scope for scopes in SCOPES.values() for scope in scopes}
    | {POST_ANYWHERE, "commands", "app_mentions:read"}
)


@dataclass
class Token:
    """A token and what it may do; `app_level` ones open socket connections only."""

    value: str
    scopes: frozenset[str]
    app_level: bool = False
    revoked: str | None = None


class Tokens:
    """The token table."""

    def __init__(self, bot_token: str, app_token: str) -> None:
        self._table: dict[str, Token] = {}
        self.add(Token(bot_token, EVERY_BOT_SCOPE))
        self.add(Token(app_token, frozenset({"connections:write"}), app_level=True))

    def add(self, token: Token) -> None:
        self._table[token.value] = token

    def revoke(self, value: str, word: str = "token_revoked") -> None:
        """From now on this token gets that error word (`account_inactive`, `token_revoked`...)."""
        if value in self._table:
            self._table[value].revoked = word

    def set_scopes(self, value: str, scopes: frozenset[str]) -> None:
        self._table[value].scopes = scopes

    def admit(self, method: str, value: str) -> Token | None:
        """The token, when it may call the method; None when the method needs none."""
        if method in WITHOUT_TOKEN:
            return None
        if not value:
            raise SlackError("not_authed")
        token = self._table.get(value)
        if token is None:
            raise SlackError("invalid_auth")
        if token.revoked is not None:
            raise SlackError(token.revoked)
        if token.app_level != (method in APP_LEVEL):
            raise SlackError("not_allowed_token_type")
        self._check_scopes(method, token)
        return token

    def _check_scopes(self, method: str, token: Token) -> None:
        needed = SCOPES.get(method, ())
        if needed and not token.scopes.intersection(needed):
            provided = ",".join(sorted(token.scopes))
            raise SlackError("missing_scope", needed=needed[0], provided=provided)
