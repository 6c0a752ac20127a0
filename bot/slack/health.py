"""What is said of the bot's own health: of each check a sentence, in plain text or in Slack."""

from collections.abc import Mapping

from bot.slack.text import Mrkdwn, joined
from bot.slack.words import Words


def detail(key: str, values: Mapping[str, object], words: Words) -> str:
    """What a check knows, or what to do about it, for programs and for what is told elsewhere."""
    return words.say(f"checks.{key}", **values)


def check_line(
    name: str, key: str, values: Mapping[str, object], words: Words, *, ok: bool
) -> Mrkdwn:
    """`✅ Database: answers`."""
    said = words.mark(f"checks.{key}", **values)
    line = words.mark("label", label=words.say(f"doctor.{name}"), value=said)
    return joined(" ", [Mrkdwn("✅" if ok else "❌"), line])
