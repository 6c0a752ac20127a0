"""The canary: a callback of our own through the public address, to see whether callbacks arrive.

Pure. It comes with a token of its own, is stored and applied like any other, and leaves nothing
but the moment at which it did: no alarm, no card, no place in a list.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

SOURCE = "(canary)"  # the name of its token: no name that a person can give
APPLIED_WITHIN = timedelta(seconds=30)
AGAIN_AFTER = timedelta(seconds=30)  # one that failed is followed by another as soon
NOT_APPLIED = f"was answered 200 and not applied within {APPLIED_WITHIN.seconds} s"


@dataclass(frozen=True, slots=True)
class Flight:
    """What is known of the canaries sent so far.

    `failed_because` belongs to `failed_at`; both are None once one has arrived since.
    """

    sent_at: datetime | None = None
    sent: str | None = None
    arrived_at: datetime | None = None
    arrived: str | None = None
    failed_at: datetime | None = None
    failed_because: str | None = None

    def is_lost(self, now: datetime) -> bool:
        """Whether the last one was accepted, and has not been applied in time."""
        if self.sent_at is None or self.arrived == self.sent:
            return False
        failed = self.failed_at is not None and self.failed_at >= self.sent_at
        return not failed and now - self.sent_at >= APPLIED_WITHIN

    def is_due(self, now: datetime, *, every: timedelta) -> bool:
        """Whether another one is to be sent."""
        pause = min(AGAIN_AFTER, every) if self.failed_because else every
        return self.sent_at is None or now - self.sent_at >= pause


def body_of(number: str) -> bytes:
    """The body of a canary."""
    return json.dumps({"canary": number}).encode()


def number_in(body: bytes) -> str | None:
    """Which canary a body is; None for what nobody of us has sent."""
    try:
        told = cast("object", json.loads(body))
    except ValueError:
        return None
    number = cast("dict[str, object]", told).get("canary") if isinstance(told, dict) else None
    return number if isinstance(number, str) else None
