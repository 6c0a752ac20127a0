"""Read a raw request: whatever it is, it becomes readings. Never raises, whatever the bytes."""

from collections.abc import Iterator

from bot.cloudmonitor.events import cms2_record, event_subscription_record, system_event_record
from bot.cloudmonitor.expressions import compared, threshold_of
from bot.cloudmonitor.fields import Fields
from bot.cloudmonitor.form import TooManyFields, pairs
from bot.cloudmonitor.identity import alarm_key, delivery_key
from bot.cloudmonitor.json_texts import TooDeep, json_in, loads
from bot.cloudmonitor.scalars import storable
from bot.cloudmonitor.threshold import threshold_record
from bot.rules.record import Json, Kind, RawRequest, Reading, Record, Reported, Threshold

NAMES_SHOWN = 5
NAME_LENGTH = 24
FIELDS_MOST = 1_000  # of a form; real ones have 26
BLANKS = " \t\r\n\v\f\ufeff"  # also the byte order mark that some editors put first

NO_FORM = "the body is neither JSON nor a form"
NO_JSON = "the body begins like JSON but is none"
TOO_DEEP = "the JSON is nested too deeply"
TOO_MANY = f"the form has more than {FIELDS_MOST} fields"
EMPTY_LIST = "the JSON list is empty"
NO_OBJECT = "the JSON holds something else than objects"

_BESIDE_ALERT = ("subscription", "strategyName", "batchId")
TEST = Reading(Record(Kind.TEST, state=Reported.TEST), alarm_key="", delivery_key="")


def read(request: RawRequest) -> tuple[Reading, ...]:
    """The messages of a request, at least one; more only out of a JSON list.

    Tests and what cannot be read have no keys: two of them are never the same. What the
    body begins with decides how it is read; its content type is often wrong.
    """
    body = request.body.decode("utf-8", errors="replace").strip(BLANKS)
    if not body:
        return _read_query(request.query)
    if body.startswith(("{", "[")):
        return _read_json(body)
    return (_read_form(body),)


def _read_query(query: str) -> tuple[Reading, ...]:
    """Without a body the message is in the query, perhaps as JSON in `data`.

    CloudMonitor 2.0 has a field `data` of its own, so its message may be in the query all
    the same.
    """
    fields = _form(query)
    if fields is None:
        return (unknown(TOO_MANY),)
    messages = _listed(json_in(fields.raw("data")))
    readings = [reading for item in messages if (reading := _read_message(item))]
    return tuple(readings) or (_understood(fields) or TEST,)


def _read_json(body: str) -> tuple[Reading, ...]:
    try:
        messages = _listed(loads(body))
    except TooDeep:
        return (unknown(TOO_DEEP),)
    except ValueError:
        return (unknown(NO_JSON),)
    return tuple(_read_list(messages)) or (unknown(EMPTY_LIST),)


def _listed(found: Json) -> list[Json]:
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _read_list(messages: list[Json]) -> Iterator[Reading]:
    """What can be read, in order; all that cannot is told once, and kept with the request."""
    told = False
    for item in messages:
        if reading := _read_message(item):
            yield reading
        elif not told:
            told = True
            yield unknown(_why_unread(item))


def _read_message(item: Json) -> Reading | None:
    return _understood(Fields(item.items())) if isinstance(item, dict) else None


def _why_unread(item: Json) -> str:
    return _nothing_known(Fields(item.items())) if isinstance(item, dict) else NO_OBJECT


def _read_form(body: str) -> Reading:
    fields = _form(body)
    if fields is None:
        return unknown(TOO_MANY)
    # Plain text would be shown as the name of a field, and it may be a secret.
    return _understood(fields) or unknown(_nothing_known(fields) if "=" in body else NO_FORM)


def _form(text: str) -> Fields | None:
    """The fields of a form, each decoded once. None: too many."""
    try:
        return Fields((name.strip(), value) for name, value in pairs(text, most=FIELDS_MOST))
    except TooManyFields:
        return None


def _understood(fields: Fields) -> Reading | None:
    record = record_of(fields)
    if record is None:
        return None
    alarm = alarm_key(record, fields)
    return Reading(
        record,
        alarm_key=alarm,
        delivery_key=delivery_key(record, fields, alarm=alarm),
        threshold=_threshold(record, fields),
    )


def record_of(fields: Fields) -> Record | None:
    """The record of a message of a known kind; the order of the tests is the format's."""
    if "alert" in fields and any(name in fields for name in _BESIDE_ALERT):
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
