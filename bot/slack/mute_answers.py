"""What a person is told of a mute that they made, changed or ended; and lists of mutes."""

from bot.rules.mute import Mute
from bot.slack.mute_card import matchers_line
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, joined
from bot.slack.words import Words


def mute_made(mute: Mute, holding: int, words: Words) -> Mrkdwn:
    """It is quiet now, and how much of it."""
    key = "mute_form.done_until_recovered" if mute.until_recovered else "mute_form.done"
    said = [words.mark(key, what=matchers_line(mute, words), until=clock(mute.ends_at))]
    if holding:
        said.append(words.mark("mute_form.held", count=holding))
    return joined("\n", said)


def mute_extended(mute: Mute, words: Words) -> Mrkdwn:
    """Its end has moved."""
    what = matchers_line(mute, words)
    return words.mark("mute_form.extended", what=what, until=clock(mute.ends_at))


def mute_ended(mute: Mute, words: Words) -> Mrkdwn:
    """It is over."""
    return words.mark("mute_form.ended", what=matchers_line(mute, words))
