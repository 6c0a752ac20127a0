"""A notice: news that belongs to no alarm. The console's test, what could not be read, our gaps."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=1)  # a broken sender may call every second: one card a minute


class NoticeKind(StrEnum):
    """TEST: the console's test button. UNREADABLE: kept, no alarm in it. FAILED: our fault.

    GAP: no callbacks were accepted from `opened_at` to `last_at`. CANARY: our own callbacks do
    not arrive any more; CANARY_BACK: they do again.
    """

    TEST = "test"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    GAP = "gap"
    CANARY = "canary"
    CANARY_BACK = "canary_back"


OF_CALLBACKS = frozenset({NoticeKind.TEST, NoticeKind.UNREADABLE, NoticeKind.FAILED})


@dataclass(frozen=True, slots=True)
class Notice:
    """Like callbacks within one minute. `source` is the name of the callback token used.

    What is no callback's news (a gap, the canary) has no `callback_id`.
    """

    id: int
    kind: NoticeKind
    opened_at: datetime
    last_at: datetime
    callback_id: str | None
    count: int = 1
    source: str | None = None
    reason: str | None = None

    def takes(self, kind: NoticeKind, at: datetime) -> bool:
        """Whether another callback of this kind joins instead of starting a card of its own."""
        return kind is self.kind and at - self.opened_at < WINDOW

    def joined(self, callback_id: str, at: datetime, reason: str | None) -> "Notice":
        """One more; the newest reason and callback are the ones shown."""
        return replace(
            self, count=self.count + 1, last_at=at, callback_id=callback_id, reason=reason
        )
