"""Whatever comes, it becomes records: storable, printable, the same every time."""

import json
import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.cloudmonitor.read import read
from bot.rules.record import Kind, RawRequest, Reading, Record
from bot.rules.record_json import KEYS, from_json, to_json
from tests.cloudmonitor.anything import ANY_BYTES, ANY_MESSAGE, cut, tampered
from tests.cloudmonitor.requests import SYSTEM_EVENT, THRESHOLD, as_form, changed
from tests.support.examples import tried

MANY = tried(300)


def texts_in(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for pair in value.items() for part in pair for text in texts_in(part)]
        case list():
            return [text for item in value for text in texts_in(item)]
        case _:
            return []


def is_storable(text: str) -> bool:
    return "\x00" not in text and text.encode("utf-8", "ignore").decode() == text


def has_sound_keys(reading: Reading) -> bool:
    lengths = {len(reading.alarm_key), len(reading.delivery_key)}
    return lengths == ({0} if reading.record.kind in (Kind.TEST, Kind.UNKNOWN) else {32})


def is_sound(record: Record) -> bool:
    is_time_sound = record.timestamp is None or (
        record.timestamp.utcoffset() == timedelta(0) and record.timestamp.microsecond % 1000 == 0
    )
    is_value_sound = record.value is None or math.isfinite(record.value)
    return is_time_sound and is_value_sound


def check(request: RawRequest) -> None:
    readings = read(request)
    assert readings
    for reading in readings:
        printed = json.dumps(to_json(reading.record), allow_nan=False)
        assert list(json.loads(printed)) == list(KEYS)
        assert from_json(json.loads(printed)) == reading.record
        assert all(is_storable(text) for text in texts_in(json.loads(printed)))
        assert is_storable(reading.reason or "")
        assert (reading.reason is not None) == (reading.record.kind is Kind.UNKNOWN)
        assert is_sound(reading.record)
        assert has_sound_keys(reading)
        assert reading.threshold is None or math.isfinite(reading.threshold.limit)
    assert read(request) == readings


@pytest.mark.fault("F11")
@MANY
@given(ANY_BYTES)
def test_no_bytes_whatever_stop_the_reader(request: RawRequest) -> None:
    check(request)


@pytest.mark.fault("F11")
@MANY
@given(ANY_MESSAGE)
def test_no_json_whatever_stops_the_reader(request: RawRequest) -> None:
    check(request)


@pytest.mark.fault("F11")
@MANY
@given(cut())
def test_no_broken_sample_stops_the_reader(request: RawRequest) -> None:
    check(request)


@pytest.mark.fault("F11")
@MANY
@given(tampered())
def test_no_tampered_sample_stops_the_reader(request: RawRequest) -> None:
    check(request)


@pytest.mark.timeout(60)  # each takes less than one on a small machine
@pytest.mark.parametrize("long", ["T", "T ", "9", "0.9", "$a", "$", ", a", ", a=", "[", "{“", "1e"])
def test_no_field_as_long_as_a_body_holds_the_reader_up(long: str) -> None:
    text = long * (250_000 // len(long))
    for field in ("timestamp", "curValue", "expression", "dimensions", "instanceName"):
        assert read(as_form(changed(THRESHOLD, {field: text})))
    assert read(as_form(changed(SYSTEM_EVENT, {"eventTime": text})))
