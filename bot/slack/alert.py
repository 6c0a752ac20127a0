"""What is said of a trouble outside Slack, in plain text: a headline and a sentence or two."""

from datetime import datetime

from bot.rules.card import Language
from bot.rules.trouble import Telling
from bot.slack.words import Words

TIME = "%Y-%m-%d %H:%M:%S UTC"  # who reads it may be anywhere


def headline(trouble: str, telling: Telling, language: Language) -> str:
    """One line, such as a mail's subject."""
    words = Words.of(language)
    return words.say(f"alert.subject_{telling.value}", what=words.say(f"trouble.{trouble}"))


def sentence(
    trouble: str,
    telling: Telling,
    language: Language,
    *,
    detail: str,
    since: datetime,
    at: datetime,
) -> str:
    """The whole of it; `detail` is the check's own word."""
    words = Words.of(language)
    return words.say(
        f"alert.{telling.value}",
        what=words.say(f"trouble.{trouble}"),
        detail=detail,
        since=f"{since:{TIME}}",
        at=f"{at:{TIME}}",
    )
