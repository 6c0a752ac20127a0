"""Which time statistics are about: `7d`, `today`, `2026-11`, `2026-11-01..2026-11-05`.

Pure; the moments are those of the search language, days are those of the person's zone.
"""

from datetime import UTC, datetime, tzinfo

from bot.rules.query_moments import Calendar
from bot.rules.query_terms import QueryRefused, Range
from bot.rules.query_values import bounds, ordered

USUAL = "7d"
FIELD = "range"


def range_of(text: str, *, now: datetime, zone: tzinfo = UTC) -> tuple[datetime, datetime]:
    """From one moment up to another, which is left out. Raises QueryRefused.

    Nothing has happened after `now`, so a day or month that is not over ends there.
    """
    said = text.strip() or USUAL
    calendar = Calendar(now, zone)
    low, high = bounds(said) or (said, "")
    first = calendar.span(FIELD, low or USUAL)
    if high:
        end = calendar.span(FIELD, high).end
    else:
        end = now if first.is_instant or ".." in said else first.end
    until = min(end, now) if first.start < now else end
    ordered(FIELD, said, Range(first.start, until, high_open=True))
    if first.start == until:  # `0d`, `now`: there is nothing to count, and no bar to draw
        raise QueryRefused("empty", field=FIELD, text=said)
    return first.start, until
