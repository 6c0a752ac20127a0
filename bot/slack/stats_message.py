"""Statistics as a message: how much fired, how soon it was taken, and what makes the noise."""

from collections.abc import Iterator, Sequence

from bot.rules.card import Language
from bot.rules.stats import Flapping, Noisy, Stats, Took
from bot.rules.until import zone_of
from bot.slack import blocks
from bot.slack.chart import stats_chart
from bot.slack.look import severity_mark
from bot.slack.message import JsonObject, Message
from bot.slack.phrases import severity_word
from bot.slack.plot import bars
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, bold, code, joined, safe
from bot.slack.words import Words

NAME = 80  # characters of a rule's or an instance's name


def stats_message(stats: Stats, *, language: Language, tz: str, picture: bool = True) -> Message:
    """Without `picture` it has one of characters: for when Slack refuses the other."""
    words = Words.of(language)
    title = words.mark("stats.title", since=clock(stats.since), until=clock(stats.until))
    said = _summary(stats, words)
    return Message(
        text=joined(": ", [title, said]),
        blocks=(
            blocks.section(joined("\n", [bold(title), said]), block_id="title"),
            *_picture(stats, words, tz, picture=picture),
            blocks.fields(list(_numbers(stats, words)), block_id="numbers"),
            *_lists(stats, words),
        ),
    )


def _summary(stats: Stats, words: Words) -> Mrkdwn:
    incidents = [words.mark("stats.incidents", count=stats.incidents)]
    if stats.events:
        incidents.append(words.mark("stats.events", count=stats.events))
    return words.mark(
        "stats.summary",
        incidents=joined(" ", incidents),
        firing=stats.firing,
        callbacks=words.mark("stats.callbacks", count=stats.callbacks),
    )


def _picture(stats: Stats, words: Words, tz: str, *, picture: bool) -> Iterator[JsonObject]:
    if not any(one.all for one in stats.buckets):
        yield blocks.context(words.mark("stats.quiet"), block_id="picture")
        return
    chart = stats_chart(stats, words, zone_of(tz), block_id="picture") if picture else None
    yield chart or blocks.section(_bars(stats, words), block_id="picture")


def _bars(stats: Stats, words: Words) -> Mrkdwn:
    """`▁▁█··▂ each 1 d`."""
    drawn = code(bars([one.all for one in stats.buckets]))
    return joined(" ", [drawn, words.mark("stats.per", lasted=words.lasting(stats.step))])


def _numbers(stats: Stats, words: Words) -> Iterator[tuple[str, Mrkdwn]]:
    yield words.say("stats.severities"), _severities(stats, words)
    yield words.say("stats.firing"), Mrkdwn(stats.firing)
    yield words.say("stats.acknowledged"), _took(stats.acknowledged, words)
    yield words.say("stats.recovered"), _took(stats.recovered, words)
    yield words.say("stats.never"), _never(stats, words)


def _severities(stats: Stats, words: Words) -> Mrkdwn:
    lines = [
        joined(" ", [severity_mark(one), severity_word(one, words), str(count)])
        for one, count in stats.severities
    ]
    return joined("\n", lines) if lines else words.mark("stats.none")


def _took(took: Took, words: Words) -> Mrkdwn:
    if took.median is None or took.mean is None:
        return words.mark("stats.none")
    return words.mark(
        "stats.took", median=words.lasting(took.median), mean=words.lasting(took.mean)
    )


def _never(stats: Stats, words: Words) -> Mrkdwn:
    share = stats.share_never_acknowledged
    if share is None:
        return words.mark("stats.none")
    return words.mark("stats.share", percent=round(share * 100), count=stats.never_acknowledged)


def _lists(stats: Stats, words: Words) -> Iterator[JsonObject]:
    told: dict[str, Sequence[Mrkdwn]] = {
        "rules": [_noisy(one, words) for one in stats.rules],
        "instances": [_noisy(one, words) for one in stats.instances],
        "flapping": [_flaps(one, words) for one in stats.flapping],
    }
    for name, lines in told.items():
        if lines:
            heading = bold(words.say(f"stats.{name}"))
            yield blocks.section(joined("\n", [heading, *lines]), block_id=name)


def _noisy(one: Noisy, words: Words) -> Mrkdwn:
    return words.mark(
        "stats.noisy",
        incidents=words.mark("stats.incidents", count=one.incidents),
        callbacks=words.mark("stats.callbacks", count=one.callbacks),
        name=safe(one.label or one.name, NAME),
    )


def _flaps(one: Flapping, words: Words) -> Mrkdwn:
    return words.mark(
        "stats.flaps",
        count=one.changes,
        name=safe(one.name, NAME),
        instance=safe(one.label or one.instance, NAME),
    )
