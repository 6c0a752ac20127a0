"""The history of an alarm, as a card, a command, the API and the CLI ask for it.

One reading transaction; the values are put into words (with their unit) here, because
neither the store nor Slack knows units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cloudmonitor import names, values
from bot.rules.alarm import Alarm
from bot.rules.card import Language
from bot.rules.history import (
    Counts,
    History,
    Names,
    Past,
    Series,
    Span,
    acknowledged_after,
    ended_at,
    extremes,
    period_of,
)
from bot.rules.incident import Incident
from bot.store import alarms, lookups
from bot.store import history as store
from bot.store.engine import Database, Reading
from bot.store.history import Scope
from bot.store.lookups import Listed

PAGE = 8  # incidents of one page: as many as one reads without getting lost
MOST_SERIES = 5  # lines that can be told apart in one picture


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the past somebody wants to see."""

    span: Span
    before_id: int | None
    now: datetime
    language: Language
    whole_rule: bool


async def of_card(
    database: Database,
    card_id: str,
    *,
    span: Span,
    whole_rule: bool,
    before_id: int | None,
    now: datetime,
    language: Language = Language.ENGLISH,
) -> History | None:
    """The past of the alarm whose incident a card shows; None for a card we do not know."""
    async with database.reading() as tx:
        found = await lookups.of_card(tx, card_id)
        if found is None:
            return None
        asked = Asked(span, before_id, now, language, whole_rule=whole_rule)
        return await _history(tx, found, asked)


async def of_incident(
    database: Database,
    number: int,
    *,
    span: Span,
    whole_rule: bool,
    before_id: int | None,
    now: datetime,
    language: Language = Language.ENGLISH,
) -> History | None:
    """The past of an incident's alarm; None for an incident there is none of."""
    async with database.reading() as tx:
        found = await lookups.find(tx, number)
        if found is None:
            return None
        asked = Asked(span, before_id, now, language, whole_rule=whole_rule)
        return await _history(tx, found, asked)


async def _history(tx: Reading, about: Listed, asked: Asked) -> History:
    alarm, now = about.alarm, asked.now
    since = now - asked.span.length
    scope = Scope(alarm.id, alarm.rule_id if asked.whole_rule else None, since)
    fired = await store.fired(tx, scope, limit=store.MOST_PERIODS)
    listed = await store.fired(tx, scope, limit=PAGE + 1, before_id=asked.before_id)
    past, more = listed[:PAGE], len(listed) > PAGE
    chosen = await store.noisiest(tx, scope, limit=MOST_SERIES)
    watched = await alarms.with_ids(tx, {*chosen, *(one.alarm_id for one in past)})
    points = await store.points(tx, chosen, since=since, until=now)
    series = tuple(
        Series(one, _name(watched[one]), tuple(points[one])) for one in chosen if points[one]
    )
    heard = await store.heard(tx, scope)
    return History(
        alarm=alarm,
        span=asked.span,
        whole_rule=asked.whole_rule,
        since=since,
        until=now,
        series=series,
        periods=tuple(period_of(one) for one in reversed(fired)),
        threshold=about.incident.threshold,
        counts=Counts(await store.count_incidents(tx, scope), heard.callbacks, heard.alarms),
        past=tuple(_past(one, watched[one.alarm_id], asked.language) for one in past),
        before_id=asked.before_id,
        next_cursor=past[-1].id if more else None,
        names=_names(about.incident, alarm, series, asked.language),
    )


def _name(alarm: Alarm) -> str:
    return names.instance_label(alarm.instance_name) or alarm.instance


def _past(incident: Incident, alarm: Alarm, language: Language) -> Past:
    taken = incident.acknowledged
    return Past(
        number=incident.id,
        instance=_name(alarm),
        opened_at=incident.opened_at,
        ended_at=ended_at(incident),
        severity=incident.worst_severity,
        worst_value=incident.worst_value,
        worst=_shown(incident.worst_value, alarm, language),
        by=taken.by if taken else None,
        after=acknowledged_after(incident),
        remarks=incident.remarks,
        remark=incident.remark.text if incident.remark else None,
    )


def _names(incident: Incident, alarm: Alarm, series: Sequence[Series], language: Language) -> Names:
    bounds = extremes(series)
    lowest, highest = bounds or (None, None)
    limit = incident.threshold.limit if incident.threshold else None
    return Names(
        metric=names.metric_name(
            alarm.project, alarm.metric, alarm.metric_label, language=language
        ),
        limit=_shown(limit, alarm, language),
        lowest=_shown(lowest, alarm, language),
        highest=_shown(highest, alarm, language),
        instance=names.instance_with_id(alarm.instance_name, alarm.instance),
    )


def _shown(value: float | None, alarm: Alarm, language: Language) -> str | None:
    return None if value is None else values.format_value(value, alarm.unit, language)
