"""Threshold callbacks: metric rules, site monitoring, custom and log metrics; every generation."""

from bot.cloudmonitor.expressions import expressions_of, worst_level
from bot.cloudmonitor.fields import Fields
from bot.cloudmonitor.scalars import unit_of
from bot.rules.record import Expression, Kind, Record, Reported
from bot.rules.severity import Severity

_STATES = {
    "ALERT": Reported.ALERT,
    "ALARM": Reported.ALERT,
    "TRIGGERED": Reported.ALERT,
    "OCCURRED": Reported.ALERT,
    "PERSISTENT": Reported.ALERT,
    "OK": Reported.OK,
    "RESOLVED": Reported.OK,
    "RECOVERED": Reported.OK,
    "INSUFFICIENT_DATA": Reported.INSUFFICIENT_DATA,
    "NO_DATA": Reported.INSUFFICIENT_DATA,
    "NODATA": Reported.INSUFFICIENT_DATA,
}


def state_of(*words: str | None) -> Reported:
    """The first word that names a state. None of them does: something is wrong, so ALERT."""
    for word in words:
        if word and (state := _STATES.get(word.upper())):
            return state
    return Reported.ALERT


def threshold_record(fields: Fields) -> Record:
    """The record of a threshold callback."""
    expressions = expressions_of(fields.raw("expression"))
    state = state_of(fields.text("alertState"), fields.text("triggerLevel"))
    return Record(
        kind=Kind.THRESHOLD,
        state=state,
        severity=_severity(fields, state, expressions),
        previous_severity=fields.level("preTriggerLevel"),
        rule_id=fields.text("ruleId"),
        alert_name=fields.text("alertName"),
        metric=fields.text("rawMetricName", "metricName"),
        metric_label=fields.text("metricName", "rawMetricName"),
        project=fields.text("metricProject", "namespace"),
        namespace=fields.text("namespace"),
        value=fields.number("curValue"),
        unit=unit_of(fields.raw("unit")),
        dimensions=fields.object_map("dimensionsOriginal") or fields.map("dimensions"),
        timestamp=fields.time("timestamp"),
        expressions=expressions,
        instance_name=fields.text("instanceName"),
        region_id=fields.text("regionId"),
        region_name=fields.text("regionName"),
        group_id=fields.text("groupId"),
        group_name=fields.text("productGroupName"),
        user_id=fields.text("userId"),
        episode_id=fields.text("transId"),
        duration_text=fields.text("lastTime"),
        labels=fields.map("customLabels"),
    )


def _severity(
    fields: Fields, state: Reported, expressions: tuple[Expression, ...]
) -> Severity | None:
    """A recovery has the level that ended; the oldest form names levels in its expression."""
    match state:
        case Reported.OK:
            return fields.level("preTriggerLevel", "triggerLevel") or worst_level(expressions)
        case Reported.INSUFFICIENT_DATA:
            return fields.level("triggerLevel")
        case _:
            return fields.level("triggerLevel") or worst_level(expressions)
