"""What `/alarms help` says: every verb with an example."""

from bot.rules.command import Ask
from bot.slack import blocks
from bot.slack.message import Message
from bot.slack.text import Mrkdwn, code, joined
from bot.slack.words import Words

EXAMPLES = {
    Ask.NOW: "/alarms",
    Ask.LIST: "/alarms list since:24h",
    Ask.SEARCH: '/alarms search severity:critical metric:CPU* instanceId:i-bp1* since:7d "disk"',
    Ask.SHOW: "/alarms show 42",
    Ask.HISTORY: "/alarms history 42 30d",
    Ask.ACK: "/alarms ack 42 43",
    Ask.UNACK: "/alarms unack 42",
    Ask.TAKE: "/alarms take 42",
    Ask.ASSIGN: "/alarms assign 42 @li",
    Ask.NOTE: "/alarms note 42 log rotation failed",
    Ask.RESOLVE: "/alarms resolve 42 the host is gone",
    Ask.REOPEN: "/alarms reopen 42 it is back",
    Ask.MUTE: "/alarms mute instanceId=i-bp1* severity!=critical for 4h because log rotation",
    Ask.MUTES: "/alarms mutes",
    Ask.EXTEND: "/alarms extend 7 2h",
    Ask.UNMUTE: "/alarms unmute 7",
    Ask.STATS: "/alarms stats 30d",
    Ask.CSV: "/alarms csv project:acs_rds since:30d",
    Ask.SHARE: "/alarms share list severity:critical",
    Ask.DOCTOR: "/alarms doctor",
    Ask.HELP: "/alarms help mute",
}


def help_message(verb: Ask | None, words: Words) -> Message:
    """All verbs, or one of them with more about it."""
    if verb is not None:
        return _of(verb, words)
    lines = [_line(each, words) for each in Ask]
    half = len(lines) // 2
    body = [
        blocks.section(words.mark("help.title"), block_id="title"),
        blocks.section(joined("\n", lines[:half]), block_id="first"),
        blocks.section(joined("\n", lines[half:]), block_id="second"),
        blocks.context(words.mark("help.more"), block_id="more"),
    ]
    return Message(text=words.mark("help.title"), blocks=tuple(body))


def _line(verb: Ask, words: Words) -> Mrkdwn:
    """`/alarms ack 42 43` – acknowledge incidents."""
    return joined(" – ", [code(EXAMPLES[verb]), words.mark(f"help.verbs.{verb.value}")])


def _of(verb: Ask, words: Words) -> Message:
    lines = [_line(verb, words)]
    if f"help.about.{verb.value}" in words:
        lines.append(words.mark(f"help.about.{verb.value}"))
    text = joined("\n", lines)
    return Message(text=text, blocks=(blocks.section(text, block_id="help"),))
