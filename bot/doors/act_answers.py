"""The private word to the person who did something, or wanted to. What a card shows is not said."""

from datetime import datetime

from bot.rules.incident import Incident, Person, State
from bot.slack.text import Mrkdwn
from bot.slack.words import Words
from bot.work.act import Done, Effect, Verb


def answer_to(verb: Verb, done: Done, person: Person, words: Words, now: datetime) -> Mrkdwn | None:
    """None when the card itself says it."""
    match done.effect:
        case Effect.DONE:
            return None
        case Effect.UNKNOWN_CARD:
            return words.mark("answers.unknown_card")
        case Effect.OVER:
            recovered = done.incident is not None and done.incident.state is State.RECOVERED
            return words.mark("answers.recovered" if recovered else "answers.closed")
        case Effect.NOTHING_NEW:
            return _nothing_new(verb, done.incident, person, words, now)


def _nothing_new(
    verb: Verb, incident: Incident | None, person: Person, words: Words, now: datetime
) -> Mrkdwn:
    taken = incident.acknowledged if incident else None
    if verb is Verb.REOPEN:
        return words.mark("answers.not_reopened")
    if verb is Verb.UNACKNOWLEDGE and taken is None:
        return words.mark("answers.not_taken")
    if verb not in (Verb.ACKNOWLEDGE, Verb.TAKE) or taken is None:
        return words.mark("answers.already_there")
    if taken.by.id == person.id:
        return words.mark("answers.already_yours")
    ago = words.lasting(now - taken.at)
    return words.mark("answers.already_taken", person=taken.by.name, lasted=ago)
