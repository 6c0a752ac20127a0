"""A group's card: one live message for alarms that belong together, the worst of them by name.

It is edited once an interval, and at once where people or CRITICAL alarms do something. Its
buttons name the group, and an alarm that stands for a rule in it; never what was counted.
"""

from collections.abc import Iterator

from bot.rules.card import GroupCard, IncidentCard
from bot.rules.severity import Severity
from bot.slack import blocks
from bot.slack.look import (
    ACKNOWLEDGED_MARK,
    HELD_MARK,
    MUTED_MARK,
    QUIET_COLOUR,
    RECOVERED_COLOUR,
    RECOVERED_MARK,
    mark_of,
    severity_colour,
    severity_mark,
)
from bot.slack.message import JsonObject, Message
from bot.slack.phrases import Emphasis, instance_of, name_of, severity_word
from bot.slack.states import clock
from bot.slack.storm_card import MUTE, rule_option
from bot.slack.text import Mrkdwn, bold, clean, cut, cut_mrkdwn, joined, safe
from bot.slack.words import Words

SHOW, ACKNOWLEDGE = "group_show", "group_acknowledge"
NAME = 60  # characters of a name in a line, and of each common value in the title
LINE = 270


def render_group(card: GroupCard, words: Words) -> Message:
    """Live while a member is open; afterwards how many there were, and how long it lasted."""
    return _open(card, words) if card.group.ended_at is None else _over(card, words)


def _open(card: GroupCard, words: Words) -> Message:
    number, title = card.card_id, _title(card, words)
    body = list(_members(card, words))
    body.append(blocks.context(_state(card, words), block_id=f"{number}:state"))
    body.append(blocks.actions(_controls(card, words), block_id=f"{number}:actions"))
    return Message(
        text=words.mark("group.told", name=title, counted=_counted(card, words, safe)),
        blocks=(
            blocks.header(f"{_mark(card)} {title}", block_id=f"{number}:title"),
            blocks.section(_counted(card, words, bold), block_id=f"{number}:counts"),
        ),
        attachments=(blocks.attachment(body, colour=_colour(card)),),
    )


def _over(card: GroupCard, words: Words) -> Message:
    number, title = card.card_id, _title(card, words)
    group = card.group
    ended = words.mark("group.over", count=group.members, lasted=words.lasting(group.lasted))
    head = joined(" ", [Mrkdwn(RECOVERED_MARK), bold(title)])
    show = blocks.button(words.say("storm.show"), action_id=SHOW, value=str(group.id))
    body = [
        blocks.context(_state(card, words), block_id=f"{number}:state"),
        blocks.actions([show], block_id=f"{number}:actions"),
    ]
    return Message(
        text=words.mark("group.told", name=title, counted=ended),
        blocks=(blocks.section(joined("\n", [head, ended]), block_id=f"{number}:title"),),
        attachments=(blocks.attachment(body, colour=RECOVERED_COLOUR),),
    )


def _title(card: GroupCard, words: Words) -> str:
    """What all of it has in common: `支付集群 CPU 过高 · China (Hangzhou)`; outside text."""
    told = [_common(field, text, words) for field, text in card.common]
    return " · ".join(filter(None, told)) or words.say("group.unnamed")


def _common(field: str, text: str, words: Words) -> str:
    if field == "severity" and text.upper() in Severity.__members__:
        return severity_word(Severity(text.upper()), words)
    return cut(clean(text), NAME)


def _mark(card: GroupCard) -> str:
    tally = card.tally
    if tally.firing:
        return severity_mark(_worst(card))
    return MUTED_MARK if tally.open else RECOVERED_MARK


def _worst(card: GroupCard) -> Severity | None:
    """Of what fires; below WARN the worst member tells, of which INFO and none are two."""
    first = card.members[0].incident.severity if card.members else None
    return card.tally.worst or first


def _colour(card: GroupCard) -> str:
    if not card.tally.firing:
        return QUIET_COLOUR
    calm = card.tally.acknowledged >= card.tally.firing
    return severity_colour(_worst(card), calm=calm)


def _counted(card: GroupCard, words: Words, emphasis: Emphasis) -> Mrkdwn:
    """`*8 alarms fire* · 🔴 2 critical · 🟠 6 warning · ✅ 3 over · 👀 4 acknowledged`."""
    tally = card.tally
    nothing = "group.all_quiet" if tally.open else "group.none_fires"
    fires = words.say("group.fires", count=tally.firing) if tally.firing else words.say(nothing)
    told = (
        ("storm.critical", tally.critical),
        ("storm.warn", tally.warn),
        ("storm.other", tally.other),
        ("storm.recovered", tally.over),
        ("storm.acknowledged", tally.acknowledged),
    )
    parts = [words.mark(key, number=number) for key, number in told if number]
    quiet = (
        ("group.muted", MUTED_MARK, tally.muted),
        ("group.behind", HELD_MARK, tally.behind),
    )
    parts += [
        joined(" ", [Mrkdwn(mark), words.mark(key, number=number)])
        for key, mark, number in quiet
        if number
    ]
    return joined(" · ", [emphasis(fires), *parts])


def _members(card: GroupCard, words: Words) -> Iterator[JsonObject]:
    lines = [_line(one, card, words) for one in card.members]
    hidden = card.tally.firing - len(lines)
    if lines and hidden > 0:
        lines.append(words.mark("more", count=hidden))
    if lines:
        yield blocks.section(joined("\n", lines), block_id=f"{card.card_id}:members")


def _line(member: IncidentCard, card: GroupCard, words: Words) -> Mrkdwn:
    """`🔴 *web-prod-01* · 97.5 % · since 12:03 · 👀 li`."""
    incident, instance = member.incident, instance_of(member)
    same = {field for field, _ in card.common}
    names = [] if same & {"rule", "alarm"} and instance else [name_of(member, words)]
    if instance and not (names and "instance" in same):
        names.append(instance)
    head, *rest = names
    value = member.labels.last_value
    told = [bold(safe(cut(head, NAME), NAME)), *(safe(one, NAME) for one in rest)]
    told += [safe(value, NAME)] if value else []
    told.append(words.mark("group.since", at=clock(incident.fired_at)))
    if incident.acknowledged:
        told.append(Mrkdwn(f"{ACKNOWLEDGED_MARK} {safe(incident.acknowledged.by.name, NAME)}"))
    return cut_mrkdwn(joined(" ", [Mrkdwn(mark_of(incident)), joined(" · ", told)]), LINE)


def _state(card: GroupCard, words: Words) -> Mrkdwn:
    since = "storm.since" if card.group.ended_at is None else "state.started"
    told = [words.mark(since, at=clock(card.group.opened_at))]
    if card.late_by is not None:
        told.append(words.mark("state.late", lasted=words.lasting(card.late_by)))
    return joined(" · ", told)


def _controls(card: GroupCard, words: Words) -> list[blocks.Control]:
    number = str(card.group.id)
    controls: list[blocks.Control] = [
        blocks.button(words.say("storm.show"), action_id=SHOW, value=number)
    ]
    if card.tally.firing > card.tally.acknowledged:
        label, style = words.say("storm.acknowledge"), blocks.Style.PRIMARY
        controls.append(blocks.button(label, action_id=ACKNOWLEDGE, value=number, style=style))
    if card.rules and card.tally.firing:
        options = [(rule_option(one, words), str(one.group.alarm_id)) for one in card.rules]
        controls.append(blocks.select(words.say("storm.mute"), options, action_id=MUTE))
    return controls
