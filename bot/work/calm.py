"""What has stopped flapping: the tick takes the mark from the card, and the thread hears of it."""

from datetime import datetime

import structlog

from bot.rules.delivery import Urgency
from bot.rules.notes import calm_again
from bot.store import cards, incidents, notes
from bot.store.engine import Writing
from bot.store.incidents import Change

log = structlog.get_logger()


async def look_at_one(tx: Writing, now: datetime) -> bool:
    """Whether there was one that has kept still for long enough. What is muted stays quiet."""
    before = await incidents.next_calm(tx, now)
    if before is None:
        return False
    after = before.calmed()
    await incidents.save(tx, [Change(before, after, Urgency.REST)], now=now)
    if not after.is_held:
        shown = await cards.of_incidents(tx, [after.id])
        await notes.add(tx, [(card.id, calm_again(after, now)) for card in shown], now=now)
    log.info("incident.calm_again", incident=after.id, open=after.is_open)
    return True
