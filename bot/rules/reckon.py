"""Reckoning: a sheet out of incidents and counts, for a piece of time that nobody has summed."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.rules.severity import Severity
from bot.rules.sheet import HOUR, SEVERITIES, SHIFT, Sheet, Spells
from bot.rules.stats import FLAPPING, Brief, Shown, may_flap, until_over, until_taken

_PLACES = {severity: place for place, severity in enumerate(SEVERITIES)}
_SHOWN = {Severity.CRITICAL: 0, Severity.WARN: 1}
_OTHERS = 2


def sheet_of(briefs: Sequence[Brief], heard: Mapping[int, int], flaps: Mapping[int, int]) -> Sheet:
    """The sheet of a time in which these incidents opened and so much was heard, by alarm."""
    sheet = Sheet(noise=dict(heard), flaps=dict(flaps))
    fired = [one for one in briefs if not one.never_fired]
    for one in fired:
        sheet.noise[one.alarm_id] = sheet.noise.get(one.alarm_id, 0) + (1 << SHIFT)
        sheet.shown[shown_as(one.severity)] += 1
    alarms = [one for one in fired if not one.is_event]
    sheet.events = len(fired) - len(alarms)
    sheet.never = sum(one.first_acknowledged_at is None for one in alarms)
    for one in alarms:
        sheet.severities[_PLACES[one.severity]] += 1
    sheet.taken = Spells.of(took for one in alarms if (took := until_taken(one)) is not None)
    sheet.over = Spells.of(took for one in alarms if (took := until_over(one)) is not None)
    return sheet


def shown_as(severity: Severity | None) -> int:
    """Which line of the chart counts it."""
    return _SHOWN.get(severity, _OTHERS) if severity else _OTHERS


def counted_as(counts: Sequence[tuple[Severity | None, int]]) -> Shown:
    """Numbers by severity as the chart has them."""
    made = [0, 0, 0]
    for severity, number in counts:
        made[shown_as(severity)] += number
    return made[0], made[1], made[2]


def suspects(briefs: Sequence[Brief], earlier: Sequence[Brief]) -> list[Brief]:
    """Those of which the changes must be known, to tell whether the alarms of `briefs` flap.

    `earlier` may be about alarms that are not asked for.
    """
    asked = {one.alarm_id for one in briefs if _can(one)}
    by_alarm: dict[int, dict[int, Brief]] = {}
    for one in (*earlier, *briefs):
        if one.alarm_id in asked and _can(one):
            by_alarm.setdefault(one.alarm_id, {})[one.id] = one
    return [
        one for mine in by_alarm.values() for near in may_flap(list(mine.values())) for one in near
    ]


def _can(brief: Brief) -> bool:
    return not (brief.never_fired or brief.is_event)


def flaps_of(
    briefs: Sequence[Brief],
    near: Sequence[Brief],
    changes: Mapping[int, Sequence[datetime]],
) -> dict[int, int]:
    """By alarm the most changes within an hour that ends with a change of one of `briefs`.

    `near` are the suspects, `changes` when those that fired more than once fired again and
    recovered. Alarms that do not flap are left out.
    """
    mine = {one.id for one in briefs}
    by_alarm: dict[int, list[tuple[datetime, bool]]] = {}
    for one in near:
        told = by_alarm.setdefault(one.alarm_id, [])
        told += [(at, one.id in mine) for at in _moments(one, changes)]
    most = {alarm: _most(sorted(told)) for alarm, told in by_alarm.items()}
    return {alarm: number for alarm, number in most.items() if number >= FLAPPING}


def _moments(brief: Brief, changes: Mapping[int, Sequence[datetime]]) -> Iterator[datetime]:
    """An incident that fired once tells its changes by itself; of others the callbacks know."""
    yield brief.opened_at
    if brief.firings > 1:
        yield from changes.get(brief.id, ())
    elif brief.recovered_at is not None:
        yield brief.recovered_at


def _most(told: Sequence[tuple[datetime, bool]]) -> int:
    moments = [at for at, _ in told]
    return max(
        (
            bisect_right(moments, at) - bisect_right(moments, at - HOUR)
            for at, is_mine in told
            if is_mine
        ),
        default=0,
    )
