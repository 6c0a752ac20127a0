"""When a try has settled, and when it is too late for one."""

from datetime import datetime, timedelta

import structlog

from bot.rules.job import Job
from bot.slack.calls import CALL_TIMEOUT

log = structlog.get_logger()

SETTLE = CALL_TIMEOUT + timedelta(seconds=5)  # a late post arrives within this after its try
LOOK_BACK = timedelta(seconds=60)  # our clock and Slack's may differ by this much


def after_not_found(tried_at: datetime, now: datetime) -> tuple[datetime, bool]:
    """When to go on, and whether the try is still unclear.

    Until a try has settled its message may still arrive: look again then. After that it is
    as good as certain not to be there, and the card is posted.
    """
    settled = tried_at + SETTLE
    return max(settled, now), now < settled


def too_late_to_call(job: Job, now: datetime) -> bool:
    """A process that was frozen may not act on a lease that is nearly over.

    Nothing is recorded: the row is leased to somebody else by now, or soon will be.
    """
    late = job.claim.until - now < CALL_TIMEOUT
    if late:
        log.warning("delivery.lease_nearly_over", owner=job.claim.owner)
    return late
