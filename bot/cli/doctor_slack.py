"""What `tocsin doctor` asks Slack: whose token it is, what it may do, where it may post.

Only reads; nothing is posted. `apps.connections.open` hands out an address of a socket,
which is never opened.
"""

import asyncio
from collections.abc import Iterator

from pydantic import SecretStr

from bot.cli.findings import Finding
from bot.config import PartialSettings
from bot.rules.card import Language
from bot.slack.calls import ChannelSeen, Identity, SlackCalls
from bot.slack.failures import Call, SlackFailure, remedy_text
from bot.slack.manifest import SCOPES
from bot.slack.wire import Wire


def of_slack(settings: PartialSettings, *, channels: tuple[str, ...]) -> tuple[Finding, ...]:
    """What Slack says of the tokens that are set, and of these channels."""
    return asyncio.run(_of_slack(settings, channels))


async def _of_slack(settings: PartialSettings, channels: tuple[str, ...]) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    if settings.slack_app_token:
        findings.append(await _of_app_token(settings.slack_app_token, settings.slack_api_url))
    if settings.slack_bot_token:
        token = settings.slack_bot_token.get_secret_value()
        calls = SlackCalls(token, base_url=settings.slack_api_url)
        try:
            findings += await _of_bot(calls, channels)
        finally:
            await calls.aclose()
    return tuple(findings)


async def _of_app_token(token: SecretStr, base_url: str) -> Finding:
    wire = Wire(token.get_secret_value(), base_url)
    try:
        await wire.send(Call.READ, "apps.connections.open", {})
    except SlackFailure as failure:
        return _refused("SLACK_APP_TOKEN", failure)
    finally:
        await wire.aclose()
    return Finding("SLACK_APP_TOKEN", "Slack offers a socket")


async def _of_bot(calls: SlackCalls, channels: tuple[str, ...]) -> list[Finding]:
    try:
        identity = await calls.whoami()
    except SlackFailure as failure:
        return [_refused("SLACK_BOT_TOKEN", failure)]
    where = f"{identity.team} ({identity.url})" if identity.url else identity.team
    findings = [Finding("SLACK_BOT_TOKEN", f"belongs to {where}"), _of_scopes(identity)]
    try:
        seen = await calls.channels()
    except SlackFailure as failure:
        return [*findings, _refused("channels", failure)]
    return [*findings, *_of_channels(channels, seen)]


def _refused(check: str, failure: SlackFailure) -> Finding:
    remedy = remedy_text(failure.word, Language.ENGLISH, needed=failure.needed)
    return Finding(check, f"Slack says {failure.word}", remedy)


def _of_scopes(identity: Identity) -> Finding:
    if not identity.scopes:
        return Finding("scopes", "Slack did not name them, so they were not checked")
    missing = [scope for scope in SCOPES if scope not in identity.scopes]
    if missing:
        remedy = "add them under OAuth & Permissions (or paste `tocsin manifest`) and reinstall"
        return Finding("scopes", f"missing: {', '.join(missing)}", remedy)
    return Finding("scopes", "all there")


def _of_channels(wanted: tuple[str, ...], seen: tuple[ChannelSeen, ...]) -> Iterator[Finding]:
    known = {channel.name: channel for channel in seen}
    known |= {channel.id: channel for channel in seen}
    for name in wanted:
        yield _of_channel(name, known.get(name))


def _of_channel(name: str, channel: ChannelSeen | None) -> Finding:
    check = f"channel {name}"
    if channel is None:
        remedy = "create it, mend its name, or if it is private: /invite @Tocsin there"
        return Finding(check, "Slack shows the bot no such channel", remedy)
    if channel.is_archived:
        return Finding(check, "is archived", "unarchive it, or name another channel")
    if not channel.is_member:
        # Posting would work. Looking for a card after an unclear answer would not.
        return Finding(check, "the bot is not in it", f"in #{channel.name}: /invite @Tocsin")
    return Finding(check, "the bot is in it")
