"""What a failed call means for its row: the failure table's remedy, turned into columns.

Law 9 and 11 stand here. `setback_of` is pure and decides; `record` writes it down, for cards
and notes alike.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.delivery import OnUnclear, backoff
from bot.rules.job import CardJob, ShowJob
from bot.slack.failures import Remedy, SlackFailure
from bot.store import channels, claim_ends, gates, notes
from bot.store.engine import Writing

ATTEMPTS = 20  # of one edit or note, for words nobody knows: about a quarter of an hour
PARKED = timedelta(minutes=1)  # how soon a channel that was refused is worth another try
TOKEN_PROBE = timedelta(minutes=1)  # and a token
WAIT_WITHOUT_WORD = 30.0  # seconds, for a 429 that does not say how long


@dataclass(frozen=True, slots=True)
class Setback:
    """What to write down.

    The row is due again at `due_at`. `counted`: an attempt failed. `unclear`: the message
    may be there and must be looked for. `given_up`: not again for this version.
    `forgotten`: the message is gone, the card needs a new one. `posts_until`: the channel's
    posts wait. `parked_until`: all of the channel waits for somebody to mend it.
    `edits_until`, `calls_until`: the workspace's edits wait, or everything does.
    """

    due_at: datetime
    counted: bool = False
    unclear: bool = False
    given_up: bool = False
    forgotten: bool = False
    posts_until: datetime | None = None
    parked_until: datetime | None = None
    edits_until: datetime | None = None
    calls_until: datetime | None = None


def setback_of(
    job: ShowJob,
    failure: SlackFailure,
    *,
    looked: bool,
    now: datetime,
    on_unclear: OnUnclear = OnUnclear.REPEAT,
) -> Setback:
    """Decide. `looked`: the call that failed was a look-up, so nothing new was sent."""
    is_edit = isinstance(job, CardJob) and job.ts is not None
    match failure.remedy:
        case Remedy.WAIT:
            told = failure.retry_after
            until = now + timedelta(seconds=WAIT_WITHOUT_WORD if told is None else told)
            return _waiting(until, is_edit=is_edit, looked=looked)
        case Remedy.STOP_CHANNEL:
            return _stopped(job, looked=looked, now=now)
        case Remedy.STOP_ALL:
            return Setback(now, unclear=looked, calls_until=now + TOKEN_PROBE)
        case Remedy.POST_ANEW if is_edit or looked:
            held = looked and on_unclear is OnUnclear.HOLD
            due_at = now + PARKED if held else now
            return Setback(due_at, unclear=held, forgotten=is_edit, counted=not held)
        case Remedy.RECONCILE if not is_edit and not looked:
            return Setback(now, unclear=True, posts_until=now + backoff(0))
        case _:
            return _again(job, failure, looked=looked, is_edit=is_edit, now=now)


def _stopped(job: ShowJob, *, looked: bool, now: datetime) -> Setback:
    """The channel waits for somebody to mend it. A person who has left needs no receipt."""
    if isinstance(job, CardJob) and job.subject.is_receipt:
        return Setback(now, given_up=True)
    return Setback(now, unclear=looked, parked_until=now + PARKED)


def _waiting(until: datetime, *, is_edit: bool, looked: bool) -> Setback:
    if is_edit:
        return Setback(until, edits_until=until)
    if looked:
        return Setback(until, unclear=True)
    return Setback(until, posts_until=until)


def _again(
    job: ShowJob, failure: SlackFailure, *, looked: bool, is_edit: bool, now: datetime
) -> Setback:
    """Try again, more and more rarely.

    When Slack cannot be reached at all, the channel waits, not the card alone: otherwise a
    thousand waiting cards would each knock in turn. A first post is never given up.
    """
    later = now + backoff(job.attempts)
    if not failure.spoken:
        return Setback(later, counted=True, unclear=looked, posts_until=later)
    hopeless = job.attempts + 1 >= ATTEMPTS
    may_give_up = is_edit or not isinstance(job, CardJob)
    return Setback(
        later,
        counted=True,
        unclear=looked,
        given_up=hopeless and may_give_up,
        posts_until=None if is_edit else now + backoff(0),
    )


async def record(tx: Writing, job: ShowJob, setback: Setback, *, word: str, now: datetime) -> None:
    """Write a setback down and give the claim back."""
    if isinstance(job, CardJob):
        await _record_card(tx, job, setback, word=word, now=now)
    else:
        await _record_note(tx, job, setback, word=word)
    if setback.edits_until:
        gate = (await gates.edits(tx)).shut(setback.edits_until)
        await gates.shut(tx, gates.EDITS, gate.due, word)
    if setback.calls_until:
        await gates.shut(tx, gates.SLACK, setback.calls_until, word)
    await _release(tx, job, setback, word=word, now=now)


async def _record_card(
    tx: Writing, job: CardJob, setback: Setback, *, word: str, now: datetime
) -> None:
    if setback.given_up:
        await claim_ends.give_up(tx, job, error=word, now=now)
    elif setback.forgotten:
        await claim_ends.forget_message(tx, job, now=now)
    else:
        await claim_ends.put_back(
            tx,
            job,
            due_at=setback.due_at,
            error=word,
            counted=setback.counted,
            unclear=setback.unclear,
        )


async def _record_note(tx: Writing, job: ShowJob, setback: Setback, *, word: str) -> None:
    if isinstance(job, CardJob):
        return
    if setback.given_up:
        await notes.give_up(tx, job, error=word)
    else:
        await notes.put_back(
            tx,
            job,
            due_at=setback.due_at,
            error=word,
            counted=setback.counted,
            unclear=setback.unclear,
        )


async def _release(
    tx: Writing, job: ShowJob, setback: Setback, *, word: str, now: datetime
) -> None:
    owner, channel = job.claim.owner, job.channel.id
    if setback.parked_until:
        until = setback.parked_until
        await channels.park(tx, channel, owner, until=until, reason=word, now=now)
    else:
        await channels.release(tx, channel, owner, wait_until=setback.posts_until)
