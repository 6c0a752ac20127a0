"""The cards of news that belong to no alarm: a test, what could not be read, our own faults
and gaps.

Quiet by design: nobody is asked for anything but a look.
"""

from collections.abc import Iterator

from bot.rules.card import NoticeCard
from bot.rules.notice import OF_CALLBACKS, Notice, NoticeKind
from bot.slack import blocks
from bot.slack.look import QUIET_COLOUR
from bot.slack.message import Message
from bot.slack.stand_in import stood_in_for
from bot.slack.states import clock
from bot.slack.text import Mrkdwn, bold, code, joined, moment, safe
from bot.slack.words import Words

REASON = 500  # characters of a reason, which may quote a body

_MARKS = {
    NoticeKind.TEST: "🔔",
    NoticeKind.UNREADABLE: "⚠️",
    NoticeKind.FAILED: "⛔",
    NoticeKind.GAP: "⚠️",
    NoticeKind.CANARY: "⛔",
    NoticeKind.CANARY_BACK: "✅",
}
TO_THE_SECOND = "{date_short_pretty} {time_secs}"


def render_notice(card: NoticeCard, words: Words) -> Message:
    """One paragraph and the small print."""
    notice, number = card.notice, card.card_id
    headline = _headline(notice, words)
    paragraph = joined("\n", [_titled(notice.kind, headline), *_explained(card, words)])
    small = joined(" · ", _small_print(card, words))
    return Message(
        text=_text(card, headline, words),
        blocks=(blocks.section(paragraph, block_id=f"{number}:title"),),
        attachments=(
            blocks.attachment(
                [blocks.context(small, block_id=f"{number}:state")], colour=QUIET_COLOUR
            ),
        ),
    )


def _headline(notice: Notice, words: Words) -> Mrkdwn:
    if notice.kind in OF_CALLBACKS:
        return words.mark(f"notice.{notice.kind.value}", count=notice.count)
    start, end = (moment(at, TO_THE_SECOND) for at in (notice.opened_at, notice.last_at))
    return words.mark(f"notice.{notice.kind.value}", start=start, end=end)


def _text(card: NoticeCard, headline: Mrkdwn, words: Words) -> Mrkdwn:
    reason = next(_reason(card, words), None)
    return words.mark("notice.summary", headline=headline, reason=reason) if reason else headline


def _titled(kind: NoticeKind, headline: Mrkdwn) -> Mrkdwn:
    return joined(" ", [Mrkdwn(_MARKS[kind]), bold(headline)])


def _explained(card: NoticeCard, words: Words) -> Iterator[Mrkdwn]:
    if card.notice.kind is not NoticeKind.TEST:
        yield words.mark(f"notice.{card.notice.kind.value}_explained")
        yield from _reason(card, words)


def _reason(card: NoticeCard, words: Words) -> Iterator[Mrkdwn]:
    if card.notice.reason:
        yield words.mark("notice.reason", reason=safe(card.notice.reason, REASON))


def _small_print(card: NoticeCard, words: Words) -> Iterator[Mrkdwn]:
    notice = card.notice
    at = "notice.at" if notice.kind in OF_CALLBACKS else "notice.noticed"
    yield words.mark(at, at=clock(notice.last_at))
    if notice.source:
        yield words.mark("notice.source", source=notice.source)
    if notice.callback_id:
        yield words.mark("notice.callback", callback_id=code(notice.callback_id))
    if card.stand_in is not None:
        yield stood_in_for(card.stand_in, words)
    if card.late_by is not None:
        yield words.mark("state.late", lasted=words.lasting(card.late_by))
