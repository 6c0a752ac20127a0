"""Read a raw request: whatever it is, it becomes readings. Never raises, whatever the bytes."""

import json
from hashlib import sha256
from urllib.parse import parse_qsl

from bot.cloudmonitor.events import cms2_record, event_subscription_record, system_event_record
from bot.cloudmonitor.expressions import compared, threshold_of
from bot.cloudmonitor.fields import Fields
from bot.cloudmonitor.identity import alarm_key, delivery_key
from bot.cloudmonitor.scalars import json_in, storable, straight
from bot.cloudmonitor.threshold import threshold_record
from bot.rules.record import Json, Kind, RawRequest, Reading, Record, Reported, Threshold

FIELDS_MOST = 1_000  # of a form; real ones have 26
NAMES_SHOWN = 5
NAME_LENGTH = 24

NO_JSON = "the body begins like JSON but is none"
TOO_MANY = f"the form has more than {FIELDS_MOST} fields"
EMPTY_LIST = "the JSON list is empty"
NO_OBJECT = "the JSON holds no object"

TEST = Reading(Record(Kind.TEST, state=Reported.TEST), alarm_key="", delivery_key="")


def read(request: RawRequest) -> tuple[Reading, ...]:
    """The messages of a request, at least one; more only out of a JSON list.

    Tests and what cannot be read have no keys: two of them are never the same.
    """
    body = request.body.decode("utf-8", errors="replace").lstrip("\ufeff")
    if not body.strip():
        return _read_query(request.query)
    if body.lstrip().startswith(("{", "[")):
        return _read_json(body)
    return (_read_form(body, had_body=True),)


def _read_query(query: str) -> tuple[Reading, ...]:
    """Without a body the message is in the query, perhaps as JSON in `data`."""
    fields = _form(query)
    data = json_in((fields or {}).get("data"))
    if isinstance(data, dict | list):
        return _readings(data)
    return (_read_form(query, had_body=False),)


def _read_json(body: str) -> tuple[Reading, ...]:
    for text in (body, straight(body)):
        try:
            found: Json = json.loads(text)
        except (ValueError, RecursionError):
            continue
        return _readings(found)
    return (unknown(NO_JSON),)


def _readings(found: Json) -> tuple[Reading, ...]:
    if isinstance(found, list):
        return tuple(_reading(item) for item in found) or (unknown(EMPTY_LIST),)
    return (_reading(found),)


def _reading(item: Json) -> Reading:
    if not isinstance(item, dict):
        return unknown(NO_OBJECT)
    try:
        return _understood(Fields(item), _fingerprint(item), had_body=True)
    except RecursionError:
        return unknown("the JSON is nested too deeply")


def _form(text: str) -> dict[str, str] | None:
    """The fields of a form, each decoded once; of two with one name the first. None: too many."""
    try:
        pairs = parse_qsl(text.strip("\r\n"), keep_blank_values=True, max_num_fields=FIELDS_MOST)
    except ValueError:
        return None
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name.strip(), value)
    return fields


def _read_form(text: str, *, had_body: bool) -> Reading:
    fields = _form(text)
    if fields is None:
        return unknown(TOO_MANY)
    named: dict[str, Json] = dict(fields)
    return _understood(Fields(named), _fingerprint(named), had_body=had_body)


def _fingerprint(message: dict[str, Json]) -> str:
    return sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()


def _understood(fields: Fields, fingerprint: str, *, had_body: bool) -> Reading:
    record = record_of(fields)
    if record is None:
        return unknown(_nothing_known(fields)) if had_body else TEST
    alarm = alarm_key(record, fields, fingerprint)
    return Reading(
        record,
        alarm_key=alarm,
        delivery_key=delivery_key(record, alarm, fingerprint),
        threshold=_threshold(record, fields),
    )


def record_of(fields: Fields) -> Record | None:
    """The record of a message of a known kind; the order of the tests is the format's."""
    if fields.raw("alert") and any(
        fields.raw(name) for name in ("subscription", "strategyName", "batchId")
    ):
        return event_subscription_record(fields)
    if fields.text("alertState", "alertName"):
        return threshold_record(fields)
    alert = (fields.text("type") or "").upper() == "ALERT" and fields.text("status")
    if alert or fields.text("specversion"):
        return cms2_record(fields)
    if fields.text("product") and fields.text("name") and fields.text("level"):
        return system_event_record(fields)
    return None


def _threshold(record: Record, fields: Fields) -> Threshold | None:
    if record.kind is Kind.CMS2:
        data = fields.within("data")
        return compared(data.text("comparisonOperator"), data.number("threshold"))
    return threshold_of(record.expressions, record.severity)


def unknown(reason: str) -> Reading:
    """A request that could not be read, and why."""
    return Reading(Record(Kind.UNKNOWN), alarm_key="", delivery_key="", reason=reason)


def _nothing_known(fields: Fields) -> str:
    """Names only: a value may be anything, also a secret."""
    names = [_printable(name) for name in fields.names][:NAMES_SHOWN]
    return f"no alarm in it; its fields: {', '.join(names)}" if names else "no fields in it"


def _printable(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in storable(name)).strip()
    return shown[:NAME_LENGTH] or "(no name)"
