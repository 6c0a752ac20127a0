"""The App Home: one page for one person, in their language and zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.rules.mute import Mute
from bot.slack import blocks
from bot.slack.incident_list import LINES_A_BLOCK, Row, line
from bot.slack.message import JsonObject
from bot.slack.mute_answers import controls, listed
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, code, joined, link
from bot.slack.words import Words

REFRESH = "home_refresh"
ALL_FIRING, ALL_MINE = "/alarms", "/alarms search state:open acked:me"
COMMANDS = ("/alarms", "/alarms search", "/alarms stats", "/alarms help")


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the page shows; `console` is how the outside reaches the bot, if it does."""

    firing: tuple[Row, ...]
    firing_count: int
    mine: tuple[Row, ...]
    mine_count: int
    mutes: tuple[Mute, ...]
    tz: str
    console: str | None = None


def home_view(welcome: Welcome, words: Words, now: datetime) -> JsonObject:
    """A view for `views.publish`."""
    body = [
        blocks.header(_headline(welcome, words), block_id="headline"),
        *_lines(welcome.firing, "firing", words, now),
        *_more(welcome.firing_count - len(welcome.firing), ALL_FIRING, "more", words),
        blocks.header(words.say("home.mine"), block_id="mine"),
    ]
    body += _lines(welcome.mine, "mine", words, now) or [_nothing("home.mine_none", "none", words)]
    body += _more(welcome.mine_count - len(welcome.mine), ALL_MINE, "mine_more", words)
    body.append(blocks.header(words.say("home.mutes"), block_id="mutes"))
    body += _mutes(welcome.mutes, words)
    body += _foot(welcome, words, now)
    return {"type": "home", "blocks": list(body)}


def _headline(welcome: Welcome, words: Words) -> str:
    if welcome.firing_count == 0:
        return f"✅ {words.say('list.none.now')}"
    return f"🔔 {words.say('list.titles.now', count=welcome.firing_count)}"


def _lines(rows: Sequence[Row], name: str, words: Words, now: datetime) -> list[JsonObject]:
    told = [line(row, words, now) for row in rows]
    return [
        blocks.section(
            joined("\n", told[start : start + LINES_A_BLOCK]), block_id=f"{name}:{start}"
        )
        for start in range(0, len(told), LINES_A_BLOCK)
    ]


def _more(hidden: int, command: str, block_id: str, words: Words) -> list[JsonObject]:
    """How much is not shown, and the command that shows it."""
    if hidden <= 0:
        return []
    return [
        blocks.context(words.mark("home.more", count=hidden, command=command), block_id=block_id)
    ]


def _mutes(mutes: Sequence[Mute], words: Words) -> list[JsonObject]:
    if not mutes:
        return [_nothing("home.mutes_none", "mutes_none", words)]
    body: list[JsonObject] = []
    for mute in mutes:
        body.append(blocks.section(listed(mute, 0, words), block_id=f"m{mute.id}"))
        body.append(blocks.actions(controls(mute, words), block_id=f"a{mute.id}"))
    return body


def _foot(welcome: Welcome, words: Words, now: datetime) -> list[JsonObject]:
    refresh = blocks.button(words.say("home.refresh"), action_id=REFRESH, value="home")
    commands = joined(" · ", [code(one) for one in COMMANDS])
    spoken = words.mark("home.spoken", language=words.say("home.language"), zone=code(welcome.tz))
    told = [spoken, commands]
    if welcome.console:
        told.append(joined(" · ", _pages(welcome.console, words)))
    told.append(words.mark("home.at", at=clock(now)))
    return [
        blocks.divider(block_id="foot:line"),
        blocks.actions([refresh], block_id="refresh"),
        blocks.context(joined("\n", told), block_id="foot"),
    ]


def _pages(console: str, words: Words) -> list[Mrkdwn]:
    return [
        link(f"{console}/readyz", words.say("home.console")),
        link(f"{console}/api/docs", words.say("home.api")),
    ]


def _nothing(key: str, block_id: str, words: Words) -> JsonObject:
    return blocks.context(words.mark(key), block_id=block_id)
