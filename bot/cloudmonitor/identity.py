"""What is the same: the keys of an alarm and of a delivery, by the format's identity rules."""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from bot.cloudmonitor.fields import Fields
from bot.rules.record import Kind, Record

REMEMBERED = 2_048  # alarms: of each there are many callbacks
LONGEST = 1_024  # letters of dimensions: what is remembered stays small, whoever sends
KEY_LENGTH = 32  # hex digits: 128 bits
TIME_LENGTH = 12  # of them, for milliseconds: beyond the year 9999
_ACCOUNT = "userid"


_CANONICAL = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def _key(*parts: object) -> str:
    return sha256(_CANONICAL.encode(parts).encode()).hexdigest()[:KEY_LENGTH]


def alarm_key(record: Record, fields: Fields) -> str:
    """Equal exactly for callbacks about one alarm.

    A rule covers many instances, so its id alone is too coarse; names change with edits and
    language, so they count only where there is no id. Of what has no identity at all, only
    equal messages are the same.
    """
    match record.kind:
        case Kind.THRESHOLD:
            return _threshold_key(record)
        case Kind.CMS2:
            return _cms2_key(record, fields)
        case _:
            return _event_key(record, fields)


def _threshold_key(record: Record) -> str:
    rule = ("rule", record.rule_id)
    if not record.rule_id:
        rule = ("name", record.project, record.metric, record.alert_name)
    dimensions = tuple(record.dimensions.items())
    is_short = sum(len(name) + len(text) for name, text in dimensions) <= LONGEST
    key_of = _remembered_key if is_short else _key_of_rule
    return key_of(record.user_id, rule, dimensions)


def _key_of_rule(
    account: str | None, rule: tuple[str | None, ...], dimensions: tuple[tuple[str, str], ...]
) -> str:
    account = account or _account_in(dict(dimensions))
    watched = {name: text for name, text in dimensions if name.lower() != _ACCOUNT}
    return _key(rule[0], account, *rule[1:], watched)


_remembered_key = lru_cache(REMEMBERED)(_key_of_rule)


def _account_in(dimensions: Mapping[str, str]) -> str | None:
    accounts = (text for name, text in dimensions.items() if name.lower() == _ACCOUNT)
    return next(accounts, None)


def _cms2_key(record: Record, fields: Fields) -> str:
    """Rule and entity; an alarm of no entity is told apart by the tags it came with."""
    entity = [record.dimensions.get(f"entity_{part}") for part in ("domain", "type", "id")]
    watched = entity if entity[-1] else fields.text("alertEntityId") or record.dimensions
    if not record.rule_id and not watched:
        return _event_key(record, fields)
    return _key("cms2", record.user_id, record.rule_id, watched)


def _event_key(record: Record, fields: Fields) -> str:
    if record.event_id:
        return _key(record.kind, "id", record.event_id)
    return _key(record.kind, "message", fields.fingerprint)


def delivery_key(record: Record, fields: Fields, *, alarm: str) -> str:
    """Equal exactly for two tries of one delivery: alarm, state, level and time.

    For events the event's id takes the place of the time. Without either, two requests are
    the same only if their messages are: losing an alarm would be worse than showing it twice.

    What has a time begins with it: keys of one minute then stand together in the database, where
    at random each would be a page to read and to write.
    """
    said = (alarm, record.state, record.severity)
    if record.event_id:
        return _key(*said, "event", record.event_id, record.event_status)
    if record.timestamp:
        milliseconds = round(record.timestamp.timestamp() * 1_000)
        return f"{milliseconds:0{TIME_LENGTH}x}{_key(*said)}"[:KEY_LENGTH]
    return _key(*said, "message", fields.fingerprint)
