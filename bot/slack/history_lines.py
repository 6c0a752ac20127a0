"""What is said of an alarm's past: in the History modal and in the answer to a command."""

from collections.abc import Iterator

from bot.rules.history import History, Past
from bot.rules.until import zone_of
from bot.slack import blocks
from bot.slack.look import severity_mark
from bot.slack.message import JsonObject
from bot.slack.plot import lettered
from bot.slack.states import CLOCK
from bot.slack.text import Mrkdwn, bold, clean, joined, mention, moment, safe
from bot.slack.words import Words

REMARK = 120  # characters of what somebody wrote


def headline(history: History, words: Words) -> Mrkdwn:
    """Which alarm, and what it measures where."""
    alarm = history.alarm
    name = bold(clean(alarm.name) or words.say("card.unnamed"))
    where = [] if history.whole_rule else [history.names.instance or alarm.instance]
    return joined("\n", [name, joined(" · ", [_metric(history, words), *filter(clean, where)])])


def _metric(history: History, words: Words) -> str:
    return clean(history.names.metric or "") or words.say("value.nameless")


def told(history: History, words: Words) -> str:
    """The picture in words, for those who do not see it."""
    return words.say(
        "history.picture",
        metric=_metric(history, words),
        span=words.say(f"history.spans.{history.span.value}"),
        counts=words.listed(list(_counts(history, words))),
    )


def lines(history: History, words: Words) -> Mrkdwn:
    """What the letters of a drawn picture mean."""
    names = words.listed(lettered(one.instance for one in history.series))
    hidden = history.counts.instances - len(history.series)
    if hidden <= 0:
        return words.mark("history.lines", names=names)
    return words.mark("history.lines_more", names=names, count=hidden)


def _counts(history: History, words: Words) -> Iterator[Mrkdwn]:
    counts, names = history.counts, history.names
    yield words.mark("history.incidents", count=counts.incidents)
    yield words.mark("history.callbacks", count=counts.callbacks)
    if history.whole_rule:
        yield words.mark("history.instances", count=counts.instances)
    if names.lowest and names.highest:
        yield words.mark("history.between", lowest=names.lowest, highest=names.highest)


def small_print(history: History, words: Words, tz: str) -> Mrkdwn:
    """How much there was, and in whose time it is told."""
    zone = words.mark("history.zone", zone=zone_of(tz).key)
    return joined(" · ", [*_counts(history, words), zone])


def incidents(history: History, words: Words) -> Iterator[JsonObject]:
    """One page of them."""
    if not history.past:
        yield blocks.context(words.mark("history.nothing"), block_id="past")
    for one in history.past:
        line = past_line(one, words, named=history.whole_rule)
        yield blocks.section(line, block_id=f"past:{one.number}")


def past_line(past: Past, words: Words, *, named: bool) -> Mrkdwn:
    """When, how long, how bad; and below it who took it, and what was written."""
    lasted = past.lasted
    first = [
        joined(" ", [Mrkdwn(severity_mark(past.severity)), bold(f"#{past.number}")]),
        *([past.instance] if named else []),
        moment(past.opened_at, CLOCK),
        words.mark("history.still")
        if lasted is None
        else words.mark("history.lasted", lasted=words.lasting(lasted)),
        *([words.mark("history.worst", value=past.worst)] if past.worst else []),
    ]
    return joined("\n", [joined(" · ", first), joined(" · ", _people(past, words))])


def _people(past: Past, words: Words) -> Iterator[Mrkdwn]:
    if past.after is None:
        yield words.mark("history.nobody")
    elif past.by is None:
        lasted = words.lasting(past.after)
        yield words.mark("history.acknowledged_by_somebody", lasted=lasted)
    else:
        yield words.mark(
            "history.acknowledged",
            person=mention(past.by.id, past.by.name),
            lasted=words.lasting(past.after),
        )
    if past.remark:
        text, more = safe(past.remark, REMARK), past.remarks - 1
        key = "history.remarks" if more > 0 else "history.remark"
        yield words.mark(key, text=text, more=more)
