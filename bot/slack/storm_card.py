"""A storm's card: one live message instead of hundreds; what fires, worst first, and how much.

It is edited about once a second while the storm lasts, so it must stay small. Its buttons
name the storm, and an alarm that stands for a group; never what was counted.
"""

from collections.abc import Iterator, Sequence

from bot.rules.card import NamedGroup, StormCard
from bot.rules.storm import Overview
from bot.slack import blocks
from bot.slack.look import QUIET_COLOUR
from bot.slack.message import JsonObject, Message
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, bold, clean, cut, joined, safe
from bot.slack.words import Words

SHOW, ACKNOWLEDGE, MUTE = "storm_show", "storm_acknowledge", "storm_mute"
STORM_MARK = "⛈️"
STORM_COLOUR = "#6b2fb3"
NAME = 60  # characters of a rule's name in a line


def render_storm(card: StormCard, words: Words) -> Message:
    """Live while it lasts; afterwards the line that balances it."""
    number, overview = card.card_id, card.overview
    over = card.storm.ended_at is not None
    title = _title(card, words)
    above = [blocks.header(f"{STORM_MARK} {title}", block_id=f"{number}:title")]
    counted = _counted(overview, words)
    if not over and counted:
        above.append(blocks.section(counted, block_id=f"{number}:counts"))
    body = [] if over else _body(card, words)
    body.append(blocks.context(_balance(card, words), block_id=f"{number}:state"))
    body.append(blocks.actions(_controls(card, words), block_id=f"{number}:actions"))
    text = words.listed([title, counted]) if counted and not over else safe(title)
    colour = QUIET_COLOUR if over else STORM_COLOUR
    return Message(
        text=text,
        blocks=tuple(above),
        attachments=(blocks.attachment(body, colour=colour),),
    )


def _title(card: StormCard, words: Words) -> str:
    count = card.overview.firing()
    if card.storm.ended_at is None:
        return words.say("storm.title", count=count)
    lasted = words.lasting(card.storm.ended_at - card.storm.opened_at)
    return words.say("storm.over", lasted=lasted)


def _counted(overview: Overview, words: Words) -> Mrkdwn:
    """`🔴 12 critical · 🟠 340 warning · 🔵 3 other · 80 over`."""
    told = (
        ("storm.critical", sum(one.critical for one in overview.groups)),
        ("storm.warn", sum(one.warn for one in overview.groups)),
        ("storm.other", sum(one.other for one in overview.groups)),
        ("storm.recovered", overview.over()),
        ("storm.acknowledged", overview.acknowledged()),
    )
    return joined(" · ", [words.mark(key, number=number) for key, number in told if number])


def _body(card: StormCard, words: Words) -> list[JsonObject]:
    number = card.card_id
    body: list[JsonObject] = []
    lines = [_line(one, words) for one in card.groups]
    hidden = sum(1 for one in card.overview.groups if one.firing) - len(lines)
    if hidden > 0:
        lines.append(words.mark("storm.more_groups", count=hidden))
    if lines:
        body.append(blocks.section(joined("\n", lines), block_id=f"{number}:groups"))
    places = list(_places(card, words))
    if places:
        body.append(blocks.context(joined("\n", places), block_id=f"{number}:places"))
    return body


def _line(named: NamedGroup, words: Words) -> Mrkdwn:
    """`🔴 3 🟠 12 *支付集群 CPU 过高* · ECS · Hangzhou`."""
    group = named.group
    marks = (("🔴", group.critical), ("🟠", group.warn), ("🔵", group.other))
    counts = [Mrkdwn(f"{mark} {count}") for mark, count in marks if count]
    name = bold(safe(cut(clean(group.name) or words.say("card.unnamed"), NAME), NAME))
    where = [safe(each, NAME) for each in (named.product, named.region) if each]
    return joined(" ", [*counts, joined(" · ", [name, *where])])


def _places(card: StormCard, words: Words) -> Iterator[Mrkdwn]:
    for key, counted in (("storm.products", card.products), ("storm.regions", card.regions)):
        if counted:
            yield words.mark(key, list=_numbers(counted))


def _numbers(counted: Sequence[tuple[str, int]]) -> Mrkdwn:
    return joined(" · ", [Mrkdwn(f"{safe(name, NAME)} {count}") for name, count in counted])


def _balance(card: StormCard, words: Words) -> Mrkdwn:
    """Nothing is dropped: received = own cards + this card + muted."""
    count = card.overview.count
    told = words.mark(
        "storm.balance",
        all=count.all,
        own=count.own,
        in_storm=count.in_storm,
        muted=count.muted,
    )
    if count.behind:
        told = words.mark("storm.balance_behind", balance=told, behind=count.behind)
    since = words.mark("storm.since", at=clock(card.storm.opened_at))
    return joined(" · ", [since, told])


def _controls(card: StormCard, words: Words) -> list[blocks.Control]:
    number = str(card.storm.id)
    controls: list[blocks.Control] = [
        blocks.button(words.say("storm.show"), action_id=SHOW, value=number)
    ]
    if card.storm.ended_at is None and card.overview.firing():
        label = words.say("storm.acknowledge")
        asks = blocks.question(
            label, words.say("storm.sure"), yes=label, no=words.say("form.cancel")
        )
        controls.append(blocks.button(label, action_id=ACKNOWLEDGE, value=number, asks=asks))
    if card.storm.ended_at is None and card.groups:
        options = [(rule_option(one, words), str(one.group.alarm_id)) for one in card.groups]
        label = words.say("storm.mute")
        controls.append(blocks.select(label, options, action_id=MUTE))
    return controls


def rule_option(named: NamedGroup, words: Words) -> str:
    """A rule to mute, in a menu."""
    name = clean(named.group.name) or words.say("card.unnamed")
    return f"{named.group.firing} × {name}"
