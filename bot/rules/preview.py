"""What a mute would hide: what it matches now, and a test on the stored history."""

from dataclasses import dataclass

DAYS = 30  # how far back the test looks


@dataclass(frozen=True, slots=True)
class Preview:
    """`firing` is now; the rest is of the last `days`.

    `callbacks` are those of incidents it matches, `incidents` those that had any of them,
    `instances` the distinct things they were about; `acknowledged` incidents were taken by
    a person, `critical` ones were CRITICAL at their worst.
    """

    firing: int
    callbacks: int
    incidents: int
    instances: int
    acknowledged: int
    critical: int
    days: int = DAYS
