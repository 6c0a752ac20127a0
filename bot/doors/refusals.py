"""Refusals of the rules as sentences: what is wrong with what somebody asked for."""

from bot.rules.command import CommandRefused
from bot.rules.matcher import BadPattern
from bot.rules.matcher_text import MatchersRefused
from bot.rules.mute import MuteRefused
from bot.rules.permits import Forbidden, Permit
from bot.rules.query_terms import QueryRefused
from bot.rules.until import TimeRefused
from bot.slack.text import Mrkdwn, joined, mention
from bot.slack.words import Words

MOST_NAMED = 20  # who may, in a refusal


def told(error: Exception, words: Words) -> Mrkdwn | None:
    """The sentence for a refusal; None for anything that is no refusal."""
    match error:
        case QueryRefused() | TimeRefused() | MatchersRefused() | CommandRefused():
            return words.mark(error.key, **error.values)
        case MuteRefused():
            return words.mark(f"mute.refused.{error.key}", **error.values)
        case BadPattern():
            return words.mark("matchers.refused.pattern", text="", reason=str(error))
        case Forbidden():
            key = "permits.unsure" if error.unsure else "permits.refused"
            what = words.say(f"permits.actions.{error.action.value}")
            return words.mark(key, what=what, who=_who_may(error.permit))
        case _:
            return None


def plainly(
    refused: QueryRefused | TimeRefused | MatchersRefused | CommandRefused | MuteRefused,
    words: Words,
) -> str:
    """The same sentence as plain text, for programs."""
    key = f"mute.refused.{refused.key}" if isinstance(refused, MuteRefused) else refused.key
    return words.say(key, **refused.values)


def _who_may(permit: Permit) -> Mrkdwn:
    """Mentions in a private answer ping nobody."""
    people = [mention(one, one) for one in sorted(permit.users)]
    groups = [Mrkdwn(f"<!subteam^{one}>") for one in sorted(permit.groups)]
    places = [Mrkdwn(f"<#{one}>") for one in sorted(permit.channels)]
    shown = [*groups, *people, *places][:MOST_NAMED]
    return joined(", ", shown) if shown else Mrkdwn("–")
