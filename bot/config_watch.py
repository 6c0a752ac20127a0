"""The settings of the watch over the bot itself; the others stand in `config`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr

from bot import setting_addresses as addresses
from bot import setting_texts as texts
from bot.config_alarms import AlarmSettings


class WatchSettings(AlarmSettings, frozen=True, extra="ignore"):
    """Who is told, other than by Slack, when the bot itself is not well. None is required."""

    alert_webhook: Annotated[str, BeforeValidator(addresses.webhook)] | None = Field(
        default=None,
        alias="TOCSIN_ALERT_WEBHOOK",
        repr=False,  # addresses of webhooks often hold a secret
        description="Address (https://…) that is told when the bot itself is not well.",
    )
    alert_webhook_secret: Annotated[SecretStr, BeforeValidator(texts.webhook_secret)] | None = (
        Field(
            default=None,
            alias="TOCSIN_ALERT_WEBHOOK_SECRET",
            description="Secret that signs what the webhook is told (Standard Webhooks; whsec_… or "
            "any text).",
        )
    )
    alert_webhook_private: Annotated[
        Literal["on", "off"], BeforeValidator(texts.one_of("on", "off"))
    ] = Field(
        default="off",
        alias="TOCSIN_ALERT_WEBHOOK_PRIVATE",
        description="Whether the webhook may be at an address inside your network: on or off.",
    )
    alert_mail: Annotated[addresses.MailRoute, BeforeValidator(addresses.mail)] | None = Field(
        default=None,
        alias="TOCSIN_ALERT_MAIL",
        repr=False,  # holds a password
        description="Mail server and whom to tell when the bot itself is not well: "
        "smtps://user:password@smtp.example.com/?from=tocsin@example.com&to=ops@example.com",
    )

    @property
    def alert_secrets(self) -> tuple[str, ...]:
        """Everything of these that must never be written anywhere."""
        signing = self.alert_webhook_secret
        secret = signing.get_secret_value() if signing else None
        password = self.alert_mail.password if self.alert_mail else None
        return tuple(one for one in (self.alert_webhook, secret, password) if one)
