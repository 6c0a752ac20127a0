"""Notices get their card in the default channel, once."""

from collections.abc import Sequence
from datetime import datetime

from bot.rules.delivery import Urgency
from bot.rules.notice import Notice
from bot.rules.routing import Destination
from bot.store import cards, channels, mutes, notices
from bot.store.engine import Writing
from bot.store.notices import NoticeChange


async def store_notices(
    tx: Writing, changes: Sequence[NoticeChange], *, place: Destination, now: datetime
) -> None:
    """Store notices; a new one gets a card at `place`, a changed one's card is wanted anew."""
    await notices.save(tx, changes, now=now)
    new = [change.after.id for change in changes if change.before is None]
    if not new:
        return
    number = (await channels.numbers(tx, {place.channel}))[place.channel]
    faces = [
        cards.NewCard(number, place.language, Urgency.FIRST_WARN, notice_id=one) for one in new
    ]
    await cards.add(tx, faces, now=now)


async def number_for_notice(tx: Writing) -> int:
    """The number of the next notice. The apply loop gives them as well, so it waits for us."""
    await mutes.wait_for_apply(tx)
    return await notices.next_id(tx)


async def post_notice(tx: Writing, notice: Notice, *, place: Destination, now: datetime) -> None:
    """A new notice, whose number came from `number_for_notice`."""
    await store_notices(tx, [NoticeChange(None, notice)], place=place, now=now)
