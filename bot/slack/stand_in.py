"""What a card says that stands in the fallback channel for one that its own channel refused."""

from bot.rules.card import StandIn
from bot.slack.failures import remedy_in
from bot.slack.text import Mrkdwn, channel_of, safe
from bot.slack.words import Words

REMEDY = 300  # characters of how to mend a channel


def stand_in_line(stand_in: StandIn, words: Words) -> Mrkdwn:
    """Which channel, and how a person mends it; or that it is mended."""
    channel = channel_of(stand_in.channel)
    if stand_in.reason is None:
        return words.mark("stand_in.mended", channel=channel)
    remedy = safe(remedy_in(stand_in.reason, words), REMEDY)
    return words.mark("stand_in.refused", channel=channel, remedy=remedy)


def stood_in_for(stand_in: StandIn, words: Words) -> Mrkdwn:
    """The same in the small print of what asks for nobody any more."""
    return words.mark("stand_in.was", channel=channel_of(stand_in.channel))
