"""How bad an alarm is, in the sender's own three words, and how two of them compare."""

from enum import StrEnum


class Severity(StrEnum):
    """CloudMonitor's levels. INFO is a firing alarm, not "normal"."""

    CRITICAL = "CRITICAL"
    WARN = "WARN"
    INFO = "INFO"

    @property
    def rank(self) -> int:
        """3 is the worst. Unknown severities rank 0 (`rank_of(None)`)."""
        return _RANKS[self]


_RANKS = {Severity.CRITICAL: 3, Severity.WARN: 2, Severity.INFO: 1}


def rank_of(severity: Severity | None) -> int:
    """Rank of a severity that may be unknown: the oldest callbacks name none."""
    return severity.rank if severity else 0


def worse_of(one: Severity | None, other: Severity | None) -> Severity | None:
    """The more severe of two; a known one is worse than an unknown one."""
    return one if rank_of(one) >= rank_of(other) else other
