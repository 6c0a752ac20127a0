"""What is the same: the keys of an alarm and of a delivery, by the format's identity rules."""

import json
from hashlib import sha256

from bot.cloudmonitor.fields import Fields
from bot.rules.record import Kind, Record

KEY_LENGTH = 32  # hex digits: 128 bits


def _key(*parts: object) -> str:
    canonical = json.dumps(parts, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return sha256(canonical.encode()).hexdigest()[:KEY_LENGTH]


def alarm_key(record: Record, fields: Fields, fingerprint: str) -> str:
    """Equal exactly for callbacks about one alarm.

    A rule covers many instances, so its id alone is too coarse; names change with edits and
    language, so they count only where there is no id. `fingerprint` stands for what has no
    identity at all.
    """
    match record.kind:
        case Kind.THRESHOLD:
            return _threshold_key(record)
        case Kind.CMS2:
            return _cms2_key(record, fields, fingerprint)
        case _:
            return _key(record.kind, record.event_id or fingerprint)


def _threshold_key(record: Record) -> str:
    account = record.user_id or record.dimensions.get("userId")
    watched = {name: text for name, text in record.dimensions.items() if name != "userId"}
    if record.rule_id:
        return _key("rule", account, record.rule_id, watched)
    return _key("name", account, record.project, record.metric, record.alert_name, watched)


def _cms2_key(record: Record, fields: Fields, fingerprint: str) -> str:
    entity = [record.dimensions.get(f"entity_{part}") for part in ("domain", "type", "id")]
    named = entity if entity[-1] else fields.text("alertEntityId")
    if not record.rule_id and not named:
        return _key("cms2", record.event_id or fingerprint)
    return _key("cms2", record.rule_id, named)


def delivery_key(record: Record, alarm: str, fingerprint: str) -> str:
    """Equal exactly for two tries of one delivery: alarm, state, level and time.

    For events the event's id takes the place of the time. Without either, two requests are
    the same only if their bodies are: losing an alarm would be worse than showing it twice.
    """
    said = (alarm, record.state, record.severity)
    if record.event_id:
        return _key(*said, "event", record.event_id, record.event_status)
    if record.timestamp:
        return _key(*said, "time", int(record.timestamp.timestamp() * 1000))
    return _key(*said, "body", fingerprint)
