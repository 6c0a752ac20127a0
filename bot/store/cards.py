"""Cards: what Slack shows, and how far that is behind what the database says.

`wanted` is bumped by saves alone; `posted` is the version that was rendered, and only grows
(law 4). How that comes about stands in `claims` and `claim_ends`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.ids import new_id
from bot.rules.card import Language
from bot.rules.delivery import Urgency
from bot.rules.thread import BY_DEFAULT, Manner
from bot.store.among import among
from bot.store.bulk import Bulk
from bot.store.columns import NEVER
from bot.store.engine import Reading, Writing
from bot.store.tables import cards, channels, incidents, storms

_group_card = cards.alias("group_card")
_OF_INCIDENTS = (
    sa.select(
        cards.c.id,
        cards.c.incident_id,
        cards.c.channel_id,
        sa.func.coalesce(channels.c.slack_id, channels.c.name).label("channel"),
        cards.c.ts,
        cards.c.wanted,
        cards.c.posted,
        cards.c.last_error,
        sa.case((storms.c.key.is_not(None), storms.c.id)).label("group_id"),
        sa.and_(storms.c.id.is_not(None), storms.c.ended_at.is_(None)).label("is_counted"),
        sa.case((storms.c.key.is_not(None), _group_card.c.ts)).label("group_ts"),
    )
    .join(channels, channels.c.id == cards.c.channel_id)
    .outerjoin(storms, storms.c.id == cards.c.in_storm)
    .outerjoin(_group_card, _group_card.c.storm_id == cards.c.in_storm)
    .where(among(cards.c.incident_id, "numbers"))
    .order_by(cards.c.id)
)


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card to make: one subject, one channel. `held` keeps it from being posted; says why."""

    channel_id: int
    language: Language
    urgency: Urgency
    incident_id: int | None = None
    notice_id: int | None = None
    mute_id: int | None = None
    storm_id: int | None = None
    held: str | None = None
    manner: Manner = BY_DEFAULT
    stands_in_for: int | None = None
    since: datetime | None = None  # when it was first wanted, if that was before now


@dataclass(frozen=True, slots=True)
class Card:
    """Where a card is shown and how far it is behind, for those who ask.

    `group_id` is the group that it is, or was last, a member of. `is_counted`: that goes on, or
    a storm does that counts it. `group_ts` is where the group's card stands.
    """

    id: str
    incident_id: int | None
    channel_id: int
    channel: str
    ts: str | None
    wanted: int
    posted: int
    last_error: str | None
    group_id: int | None = None
    is_counted: bool = False
    group_ts: str | None = None

    @property
    def shown_at(self) -> str | None:
        """The `ts` of the message that shows the incident here: its own, or its group's."""
        return self.ts or self.group_ts


_UNSEEN = {"wanted": 1, "posted": 0, "refused": 0, "attempts": 0, "lease_until": NEVER}
_GIVEN = (
    "id", "incident_id", "notice_id", "mute_id", "storm_id", "held", "thread", "aloud",
    "channel_id", "language", "urgency", "behind_since", "due_at", "stands_in_for",
)  # fmt: skip
_ADD = Bulk(*(cards.c[name] for name in (*_GIVEN, *_UNSEEN)))


async def add(tx: Writing, new: Sequence[NewCard], *, now: datetime) -> None:
    """Make cards that nobody has seen yet: version 1 is wanted, 0 is posted."""
    rows = [
        (
            new_id(),
            one.incident_id,
            one.notice_id,
            one.mute_id,
            one.storm_id,
            one.held,
            one.manner.thread.value,
            one.manner.aloud.value,
            one.channel_id,
            one.language.value,
            int(one.urgency),
            one.since or now,
            now,
            one.stands_in_for,
            *_UNSEEN.values(),
        )
        for one in new
    ]
    await _ADD.insert(tx, rows)


async def of_incidents(tx: Reading, incident_ids: Collection[int]) -> list[Card]:
    """All cards of these incidents."""
    found = await tx.connection.execute(_OF_INCIDENTS, {"numbers": list(incident_ids)})
    return [Card(*row) for row in found]


async def want(tx: Writing, mute_id: int, *, now: datetime) -> None:
    """The card of a mute, if it has one, is to be shown anew."""
    await tx.connection.execute(
        sa.update(cards)
        .where(cards.c.mute_id == mute_id)
        .values(wanted=cards.c.wanted + 1, behind_since=now, due_at=now)
    )


async def language_in(tx: Reading, channel_id: int) -> Language | None:
    """The language that is spoken in a channel, by its newest card."""
    query = sa.select(cards.c.language).where(cards.c.channel_id == channel_id)
    word = await tx.connection.scalar(query.order_by(cards.c.id.desc()).limit(1))
    return Language(word) if word else None


async def of_mute(tx: Reading, mute_id: int) -> str | None:
    """The card on which the author of a mute is told about it."""
    return await tx.connection.scalar(sa.select(cards.c.id).where(cards.c.mute_id == mute_id))


async def shown_of(tx: Reading, card_id: str | None, mute_id: int) -> str | None:
    """A card where a mute can be spoken of: the one it was made from, else any that it holds."""
    ours = sa.select(incidents.c.id).where(incidents.c.mute_id == mute_id)
    query = (
        sa.select(cards.c.id)
        .where(cards.c.ts.is_not(None))
        .where(sa.or_(cards.c.id == card_id, cards.c.incident_id.in_(ours)))
        .order_by(sa.case((cards.c.id == card_id, 0), else_=1), cards.c.id)
        .limit(1)
    )
    return await tx.connection.scalar(query)
