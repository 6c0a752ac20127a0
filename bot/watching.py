"""Wires the watch over the bot itself: the ways out that the settings name, and the canary."""

import socket
from collections.abc import Mapping

from bot.clock import Clock
from bot.config import Settings
from bot.outside.canary import Canary
from bot.outside.mail import Mail, Server
from bot.outside.message import Way
from bot.outside.webhook import Webhook, key_of
from bot.rules.canary import SOURCE
from bot.rules.card import Language
from bot.rules.routing import Destination
from bot.store.engine import Database
from bot.tokens import Token, derived
from bot.work.alerting import Alerting, Seen
from bot.work.beat import Beat
from bot.work.canaries import Canaries
from bot.work.identity import Whoami
from bot.work.mute import Poke
from bot.work.vigil import Vigil
from bot.work.watch import Watch


def canary_tokens(settings: Settings) -> tuple[Token, ...]:
    """What the callbacks' door lets in for the canary: one for each token, so that replicas whose
    tokens are being rotated understand each other.
    """
    return derived(settings.callback_tokens, SOURCE) if settings.canary else ()


def ways_out(settings: Settings) -> Mapping[str, Way]:
    """The ways to tell people that are set."""
    ways: dict[str, Way] = {}
    if settings.alert_webhook:
        secret = settings.alert_webhook_secret
        ways["webhook"] = Webhook(
            settings.alert_webhook,
            key=key_of(secret.get_secret_value()) if secret else None,
            private=settings.alert_webhook_private == "on",
        )
    if to := settings.alert_mail:
        server = Server(to.host, to.port, to.tls, to.user, to.password)
        ways["mail"] = Mail(server, sender=to.sender, recipients=to.recipients)
    return ways


def watch(
    settings: Settings, database: Database, slack: Whoami, storing: Beat, *, clock: Clock
) -> Watch:
    """What one replica knows of its own health."""
    return Watch(database, clock=clock, slack=slack, storing=storing, canary=settings.canary)


def vigil(
    settings: Settings,
    database: Database,
    checks: Watch,
    *,
    place: Destination,
    owner: str,
    clock: Clock,
    poke: Poke,
    seen: Seen,
) -> Vigil:
    """The vigil of one replica."""
    alerting = Alerting(
        database,
        ways_out(settings),
        language=Language(settings.language),
        about=settings.public_url or socket.gethostname(),
        seen=seen,
    )
    return Vigil(
        database,
        watch=checks,
        alerting=alerting,
        canaries=_canaries(settings, database),
        place=place,
        owner=owner,
        clock=clock,
        poke=poke,
    )


def _canaries(settings: Settings, database: Database) -> Canaries | None:
    if settings.canary is None:
        return None
    token = canary_tokens(settings)[0].secret.get_secret_value()
    canary = Canary(f"{settings.public_url}/callbacks/{token}")
    return Canaries(database, canary, every=settings.canary)
