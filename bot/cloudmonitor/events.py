"""The other kinds: old event rules, event subscriptions, and CloudMonitor 2.0."""

from bot.cloudmonitor.fields import Fields
from bot.cloudmonitor.scalars import unit_of
from bot.cloudmonitor.threshold import state_of
from bot.rules.record import Kind, Record, Reported


def system_event_record(fields: Fields) -> Record:
    """A system event as an old event rule pushes it. It has no lifecycle."""
    return Record(
        kind=Kind.SYSTEM_EVENT,
        state=Reported.EVENT,
        severity=fields.level("level", "severity"),
        rule_id=fields.text("ruleId"),
        rule_name=fields.text("ruleName"),
        alert_name=fields.text("name"),
        project=fields.text("product"),
        dimensions=_resource(fields.text("resourceId")),
        timestamp=fields.time("eventTime"),
        instance_name=fields.text("instanceName"),
        region_id=fields.text("regionId"),
        region_name=fields.text("regionName"),
        group_id=fields.text("groupId"),
        user_id=fields.text("userId"),
        event_id=fields.text("id"),
        event_status=fields.text("status"),
        content=fields.object("content"),
    )


def _resource(arn: str | None) -> dict[str, str]:
    """`acs:ecs:region:account:instance/i-1` names the instance after its last slash."""
    if not arn:
        return {}
    instance = arn.rpartition("/")[2] if "/" in arn else ""
    return {"resourceId": arn} | ({"instanceId": instance} if instance else {})


def event_subscription_record(fields: Fields) -> Record:
    """An event-centre subscription; in a form its parts are JSON texts."""
    alert = fields.within("alert")
    meta = alert.within("meta").within("sysEventMeta")
    return Record(
        kind=Kind.EVENT_SUBSCRIPTION,
        state=state_of(alert.text("alertStatus")),
        severity=alert.level("severity") or fields.level("severity") or meta.level("level"),
        rule_id=fields.within("subscription").text("subscriptionUuid"),
        rule_name=fields.text("strategyName"),
        alert_name=alert.text("eventName") or meta.text("name"),
        project=alert.text("product") or meta.text("product"),
        dimensions=_resource(alert.text("arn") or meta.text("resourceId")),
        timestamp=alert.time("timestamp") or fields.time("time") or meta.time("eventTime"),
        instance_name=alert.text("instanceName") or meta.text("instanceName"),
        region_id=alert.text("regionId") or meta.text("regionId"),
        region_name=meta.text("regionNameZh"),
        group_id=alert.text("groupId") or meta.text("groupId"),
        group_name=alert.text("groupName"),
        user_id=alert.text("userId") or fields.text("userId"),
        event_id=alert.text("dedupId", "traceId"),
        event_status=meta.text("status"),
        content=alert.object("eventContentMap") or alert.object("eventRawContent"),
    )


def cms2_record(fields: Fields) -> Record:
    """A CloudMonitor 2.0 custom webhook (like CloudEvents); fires and recovers like an alarm."""
    data, resource = fields.within("data"), fields.within("resource")
    entity = resource.within("entity")
    return Record(
        kind=Kind.CMS2,
        state=state_of(fields.text("status"), _ended(fields.text("subtype"))),
        severity=fields.level("severity", "level"),
        rule_id=fields.text("ruleId"),
        alert_name=fields.text("subject"),
        metric=data.text("metricName"),
        metric_label=data.text("metricName"),
        project=entity.text("domain"),
        value=data.number("value", "currentValue"),
        unit=unit_of(data.raw("unit")),
        dimensions=_entity_dimensions(resource, entity),
        timestamp=fields.time("timestamp", "time"),
        instance_name=entity.within("prop").text("instanceName"),
        region_id=resource.within("tags").text("regionId")
        or fields.within("labels").text("_cms_region"),
        user_id=fields.text("userId"),
        event_id=fields.text("id"),
        event_status=fields.text("status"),
        labels=fields.map("labels"),
    )


def _ended(subtype: str | None) -> str | None:
    """`NORMAL_RESOLVE` says it where the status does not."""
    return "OK" if subtype and "RESOLVE" in subtype.upper() else None


def _entity_dimensions(resource: Fields, entity: Fields) -> dict[str, str]:
    named = {
        "entity_domain": entity.text("domain"),
        "entity_type": entity.text("entity_type"),
        "entity_id": entity.text("entity_id"),
    }
    return resource.map("tags") | {key: text for key, text in named.items() if text}
