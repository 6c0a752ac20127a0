"""The settings: every variable of the environment that Tocsin reads, as one frozen value.

Only the roof imports this; everybody else is given plain values. How they are read, and what
becomes of faults, stands in `config_load`.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, cast

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_core.core_schema import ValidationInfo

from bot import setting_addresses as addresses
from bot import setting_texts as texts
from bot.config_watch import WatchSettings
from bot.tokens import Token, read_tokens

SLACK_API_URL: Final = "https://slack.com/api/"
THIS_MACHINE: Final = "127.0.0.1"

MISSING: Final = {
    "SLACK_BOT_TOKEN": "is not set; Slack shows it under OAuth & Permissions once the app is "
    "installed (xoxb-…); `tocsin manifest` prints the app",
    "SLACK_SIGNING_SECRET": "is not set; Slack shows it under Basic Information, or set "
    "SLACK_APP_TOKEN to use Socket Mode",
    "TOCSIN_CALLBACK_TOKENS": "is not set; it is the secret part of the callback address; "
    "make one with: openssl rand -hex 24",
    "TOCSIN_CHANNEL": "is not set; name the channel that gets the alarms, such as #ops",
}

_Log = Annotated[
    Literal["json", "console", "auto"], BeforeValidator(texts.one_of("json", "console", "auto"))
]
_Level = Annotated[
    Literal["debug", "info", "warning", "error"],
    BeforeValidator(texts.one_of("debug", "info", "warning", "error")),
]
_BotToken = Annotated[
    SecretStr, BeforeValidator(texts.starts_with("xoxb-", "OAuth & Permissions, bot token"))
]
_AppToken = Annotated[
    SecretStr, BeforeValidator(texts.starts_with("xapp-", "Basic Information, app-level token"))
]
_Tokens = Annotated[tuple[Token, ...], BeforeValidator(read_tokens)]
_Channel = Annotated[str, BeforeValidator(texts.channel)]


class PartialSettings(WatchSettings, frozen=True, extra="ignore"):
    """What may be set. Enough for commands that do not run the bot: nothing is required."""

    database_url: Annotated[str, BeforeValidator(addresses.database_url)] = Field(
        default="sqlite+aiosqlite:///tocsin.db",
        alias="DATABASE_URL",
        validate_default=True,
        repr=False,  # holds a password
        description="Database: sqlite:///tocsin.db, or postgresql://… for several replicas.",
    )
    port: Annotated[int, BeforeValidator(texts.port)] = Field(
        default=8080, alias="PORT", description="Port to listen on."
    )
    host: str = Field(
        default=THIS_MACHINE,
        alias="HOST",
        description="Address to listen on: 127.0.0.1, or 0.0.0.0 when PORT is set.",
    )
    slack_bot_token: _BotToken | None = Field(
        default=None, alias="SLACK_BOT_TOKEN", description="The Slack app's bot token (xoxb-…)."
    )
    slack_app_token: _AppToken | None = Field(
        default=None,
        alias="SLACK_APP_TOKEN",
        description="The Slack app's app-level token (xapp-…). Set: Socket Mode, no public "
        "address needed for Slack. Not set: Slack calls the bot over HTTP.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        alias="SLACK_SIGNING_SECRET",
        description="The Slack app's signing secret. Needed unless SLACK_APP_TOKEN is set.",
    )
    slack_api_url: Annotated[str, BeforeValidator(addresses.slack_api_url)] = Field(
        default=SLACK_API_URL,
        alias="SLACK_API_URL",
        description="Base of Slack's Web API; ends in /api/. For GovSlack or a stand-in.",
    )
    callback_tokens: _Tokens = Field(
        default=(),
        alias="TOCSIN_CALLBACK_TOKENS",
        description="Secrets accepted in the callback address: secret or name=secret, separated "
        "by commas. Make one with: openssl rand -hex 24",
    )
    channel: _Channel | None = Field(
        default=None, alias="TOCSIN_CHANNEL", description="Channel that gets the alarms."
    )
    permissions_file: Path | None = Field(
        default=None,
        alias="TOCSIN_PERMISSIONS",
        description="Path of a YAML file that says who may do what from Slack.",
    )
    routes_file: Path | None = Field(
        default=None,
        alias="TOCSIN_ROUTES",
        description="Path of a YAML file that sends some alarms to other channels.",
    )
    api_tokens: _Tokens = Field(
        default=(),
        alias="TOCSIN_API_TOKENS",
        description="Bearer tokens of the JSON API, written like TOCSIN_CALLBACK_TOKENS. "
        "Not set: the API answers nobody.",
    )
    public_url: Annotated[str, BeforeValidator(addresses.public_url)] | None = Field(
        default=None,
        alias="TOCSIN_PUBLIC_URL",
        description="How the outside reaches the bot, such as https://tocsin.example.com.",
    )
    canary: Annotated[timedelta, BeforeValidator(texts.canary)] | None = Field(
        default=None,
        alias="TOCSIN_CANARY",
        description="How often the bot sends itself a callback through TOCSIN_PUBLIC_URL to see "
        "whether they arrive, such as 5m. Not set: never.",
    )
    migrate: Annotated[Literal["on", "off"], BeforeValidator(texts.one_of("on", "off"))] = Field(
        default="on",
        alias="TOCSIN_MIGRATE",
        description="Upgrade the database when the bot starts: on or off.",
    )
    sources: Annotated[addresses.Networks, BeforeValidator(addresses.sources)] = Field(
        default=(),
        alias="TOCSIN_SOURCES",
        description="Addresses that may send callbacks: networks such as 10.0.0.0/8, or china "
        "or international for those that CloudMonitor documents; by commas. Not set: any.",
    )
    trusted_proxies: Annotated[addresses.Networks, BeforeValidator(addresses.networks)] = Field(
        default="127.0.0.1,::1",  # pyright: ignore[reportArgumentType] - validated like a text
        alias="TOCSIN_TRUSTED_PROXIES",
        validate_default=True,
        description="Networks of proxies that are believed who they speak for "
        "(X-Forwarded-For). Not set: this machine.",
    )
    log: _Log = Field(
        default="auto",
        alias="TOCSIN_LOG",
        description="Form of the log: json, console, or auto (console in a terminal).",
    )
    log_level: _Level = Field(
        default="info",
        alias="LOG_LEVEL",
        description="How much is logged: debug, info, warning or error.",
    )

    @field_validator("database_url")
    @classmethod
    def _outlives_a_restart(cls, value: str, info: ValidationInfo) -> str:
        context = cast("Mapping[str, object]", info.context or {})
        if context.get("disk") == "ephemeral" and value.startswith("sqlite"):
            raise ValueError("must be PostgreSQL here: this platform loses its disk at a restart")
        return value

    @field_validator("canary")
    @classmethod
    def _has_somewhere_to_fly(
        cls, value: timedelta | None, info: ValidationInfo
    ) -> timedelta | None:
        if value and "public_url" in info.data and info.data["public_url"] is None:
            raise ValueError("needs TOCSIN_PUBLIC_URL, the address through which it is sent")
        return value

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached through a socket instead of calling us."""
        return self.slack_app_token is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be written anywhere."""
        single = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret)
        several = (token.secret for token in (*self.callback_tokens, *self.api_tokens))
        plain = tuple(secret.get_secret_value() for secret in (*single, *several) if secret)
        return plain + self.alert_secrets


class Settings(PartialSettings, frozen=True):
    """What running the bot needs. HTTP mode has a signing secret, Socket Mode an app token."""

    slack_bot_token: _BotToken = Field(alias="SLACK_BOT_TOKEN")
    slack_signing_secret: SecretStr | None = Field(
        default=None, alias="SLACK_SIGNING_SECRET", validate_default=True
    )
    callback_tokens: _Tokens = Field(alias="TOCSIN_CALLBACK_TOKENS")
    channel: _Channel = Field(alias="TOCSIN_CHANNEL")

    @field_validator("slack_signing_secret")
    @classmethod
    def _one_way_to_slack(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        app_token_is_wrong = "slack_app_token" not in info.data
        if value is None and not app_token_is_wrong and info.data["slack_app_token"] is None:
            raise ValueError(MISSING["SLACK_SIGNING_SECRET"])
        return value


SECRET_VARIABLES: Final = (
    "DATABASE_URL",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "TOCSIN_CALLBACK_TOKENS",
    "TOCSIN_API_TOKENS",
    "TOCSIN_ALERT_WEBHOOK",
    "TOCSIN_ALERT_WEBHOOK_SECRET",
    "TOCSIN_ALERT_MAIL",
)  # each may come as NAME_FILE: the path of a file that holds it
