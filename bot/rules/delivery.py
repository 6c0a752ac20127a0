"""In what order Slack hears of things, when it cannot hear of all at once; and the gates."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.rules.incident import Incident
from bot.rules.severity import Severity


class Urgency(IntEnum):
    """Smaller goes first: storms, new cards by severity, notes that ping, clicks, the rest."""

    STORM = 9
    FIRST_CRITICAL = 10
    FIRST_WARN = 11
    FIRST_INFO = 12
    NOTE_THAT_PINGS = 20
    STORM_EDIT = 29
    CLICK = 30
    NOTE = 39
    REST = 40


_FIRST = {
    Severity.CRITICAL: Urgency.FIRST_CRITICAL,
    Severity.WARN: Urgency.FIRST_WARN,
    Severity.INFO: Urgency.FIRST_INFO,
    None: Urgency.FIRST_WARN,  # the oldest format names no severity: it may be the worst
}


def first_urgency(incident: Incident) -> Urgency:
    """How soon a new incident's card must be seen; one that is over already can wait.

    As long as what threads are told: behind that, it would never come where they are told more
    than a channel takes.
    """
    return first_urgency_of(incident.severity) if incident.is_open else Urgency.NOTE


def first_urgency_of(severity: Severity | None) -> Urgency:
    """The same for something that fires, and is this bad."""
    return _FIRST[severity]


class OnUnclear(StrEnum):
    """What becomes of a post with an unclear outcome that may not be looked for."""

    REPEAT = "repeat"  # better an alarm shown twice than never
    HOLD = "hold"  # until somebody grants the right to look


POST_GAP = timedelta(seconds=1)  # Slack: about one message a second and channel
EDIT_GAP = timedelta(seconds=1.2)  # Slack: chat.update is tier 3, 50 a minute and workspace
EDIT_BURST = 5  # short bursts are tolerated; a click should not wait behind the pace

BACKOFF_FIRST = timedelta(seconds=1)
BACKOFF_MOST = timedelta(seconds=60)


def backoff(attempts: int) -> timedelta:
    """How long to wait before attempt `attempts + 1`: 1 s, 2 s, 4 s, … at most a minute."""
    return min(BACKOFF_FIRST * 2 ** min(attempts, 10), BACKOFF_MOST)


@dataclass(frozen=True, slots=True)
class Gate:
    """A rate limit as one moment in time (the generic cell rate algorithm).

    `due` is when the next call is due at an even pace. A call may come up to `burst - 1`
    gaps early. Shutting the gate (a 429) moves `due` so far that none may.
    """

    due: datetime
    gap: timedelta
    burst: int = 1

    @property
    def opens_at(self) -> datetime:
        """From when a call may pass."""
        return self.due - self.gap * (self.burst - 1)

    def passed(self, now: datetime) -> "Gate":
        """The gate after a call that passed at `now`."""
        return Gate(max(self.due, now) + self.gap, self.gap, self.burst)

    def shut(self, until: datetime) -> "Gate":
        """The gate after Slack said to wait: nothing passes before `until`."""
        closed = until + self.gap * (self.burst - 1)
        return Gate(max(self.due, closed), self.gap, self.burst)
