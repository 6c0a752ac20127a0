"""Single values: what is absent, what is a number, a level, a moment, and what can be stored."""

import json
import math

import pytest

from bot.cloudmonitor import scalars
from bot.cloudmonitor.json_texts import loads
from bot.rules.record import Json
from bot.rules.record_json import time_text
from bot.rules.severity import Severity
from tests.cloudmonitor.requests import threshold


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (" a b ", "a b"),
        ("", None),
        (" ", None),
        ("null", None),
        ("NULL", None),
        (" Null ", None),
        (None, None),
        ("none", "none"),
        ("nullable", "nullable"),
        (0, "0"),
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        (1.023456789012345e15, "1023456789012345"),
        (10**30, "1" + "0" * 30),
        (1e300, "1e+300"),
        (True, "true"),
        (False, "false"),
        (math.nan, None),
        (math.inf, None),
        ([], None),
        ({"a": 1}, None),
        ("\x00", "\ufffd"),
        ("\udfff", "\ufffd"),
    ],
)
def test_text_of_a_scalar_or_nothing(value: Json, text: str | None) -> None:
    assert scalars.text_of(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("97.39", 97.39),
        ("0", 0.0),
        ("0.0", 0.0),
        ("-3", -3.0),
        ("95 ", 95.0),
        ("1.2345678E8", 123456780.0),
        ("1.2E-5", 0.000012),
        (5, 5.0),
        (5.5, 5.5),
        ("NaN", None),
        ("nan", None),
        ("Infinity", None),
        ("-inf", None),
        (math.nan, None),
        (math.inf, None),
        ("1e999", None),
        (10**400, None),
        ("", None),
        ("null", None),
        (None, None),
        (True, None),
        ("1_000", None),
        ("1,000", None),
        ("９７", None),
        ("97 %", None),
        ("0x10", None),
        ([1], None),
        ("9" * 5_000, None),
    ],
)
def test_a_finite_number_or_nothing(value: Json, number: float | None) -> None:
    assert scalars.number_of(value) == number


@pytest.mark.parametrize(
    ("value", "unit"),
    [("%", "%"), ("无", None), (" 无 ", None), ("null", None), ("", None), ("个", "个")],
)
def test_a_unit_or_the_word_for_none(value: str, unit: str | None) -> None:
    assert scalars.unit_of(value) == unit
    assert threshold(unit=value).unit == unit


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("critical", Severity.CRITICAL),
        ("ERROR", Severity.CRITICAL),
        ("Emergency", Severity.CRITICAL),
        ("2", Severity.CRITICAL),
        (2, Severity.CRITICAL),
        ("p2", Severity.CRITICAL),
        ("WARN", Severity.WARN),
        ("Warning", Severity.WARN),
        (3, Severity.WARN),
        (3.0, Severity.WARN),
        ("P3", Severity.WARN),
        (" info ", Severity.INFO),
        ("4", Severity.INFO),
        ("P4", Severity.INFO),
        ("OK", None),
        ("NODATA", None),
        ("null", None),
        ("1", None),
        ("P1", None),
        (5, None),
        (True, None),
        (None, None),
    ],
)
def test_a_level_in_any_spelling(value: Json, level: Severity | None) -> None:
    assert scalars.level_of(value) is level


@pytest.mark.fault("F14")
@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1768199461207, "2026-01-12T06:31:01.207Z"),
        ("1768199461207", "2026-01-12T06:31:01.207Z"),
        ("1508136760", "2017-10-16T06:52:40.000Z"),
        (1508136760, "2017-10-16T06:52:40.000Z"),
        (1508136760.5, "2017-10-16T06:52:40.500Z"),
        ("1768199461.207", "2026-01-12T06:31:01.207Z"),
        ("1.768199461207E12", "2026-01-12T06:31:01.207Z"),
        (1768199461207.0, "2026-01-12T06:31:01.207Z"),
        (99_999_999_999, "5138-11-16T09:46:39.000Z"),  # below 1e11: seconds
        (100_000_000_000, "1973-03-03T09:46:40.000Z"),
        (" 1508136760 ", "2017-10-16T06:52:40.000Z"),
        ("20230217T103516.475+0800", "2023-02-17T02:35:16.475Z"),
        ("20230217T103516+0800", "2023-02-17T02:35:16.000Z"),
        ("20230217T103516Z", "2023-02-17T10:35:16.000Z"),
        ("20230217T103516.475-0330", "2023-02-17T14:05:16.475Z"),
        ("20230217T103516.475 0800", "2023-02-17T02:35:16.475Z"),  # a plus lost in a form
        ("2026-07-29T06:00:00Z", "2026-07-29T06:00:00.000Z"),
        ("2026-07-29T06:00:00+08:00", "2026-07-28T22:00:00.000Z"),
        ("2026-07-29T06:00:00+0800", "2026-07-28T22:00:00.000Z"),
        ("2026-07-29T06:00:00 08:00", "2026-07-28T22:00:00.000Z"),
        ("2026-07-29T06:00:00.123456789Z", "2026-07-29T06:00:00.123Z"),
        ("2026-07-29T06:00:00.999999Z", "2026-07-29T06:00:00.999Z"),
        ("2026-07-29 06:00:00", "2026-07-29T06:00:00.000Z"),
        ("2026-07-29T06:00:00", "2026-07-29T06:00:00.000Z"),
        ("2026-07-29T00:30:00+01:00", "2026-07-28T23:30:00.000Z"),
        (0, None),
        ("0", None),
        (-5, None),
        ("1969-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+08:00", None),
        ("9999-12-31T23:59:59-08:00", None),
        (1e300, None),
        (10**400, None),
        (math.nan, None),
        ("null", None),
        ("", None),
        ("yesterday", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-07-29T06:00:00+99:99", None),
        ("2026-07-29T06:00:00\ud800", None),
        (True, None),
        ([], None),
    ],
)
def test_a_moment_in_utc_with_whole_milliseconds(value: Json, moment: str | None) -> None:
    assert time_text(scalars.time_of(value)) == moment


def test_a_moment_out_of_all_measure_is_no_work() -> None:
    """Looking for a lost plus in one of 250,000 letters once held the apply loop for minutes."""
    assert scalars.time_of("T" * 250_000) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", " a "),
        ("null", "null"),
        ("", ""),
        (7, "7"),
        (7.0, "7.0"),
        (0.5, "0.5"),
        (True, "true"),
        (None, "null"),
        (math.nan, "NaN"),
        ({"a": [1, "支"]}, '{"a": [1, "支"]}'),
        ({"a": "\x00\ud800"}, '{"a": "\\u0000\ufffd"}'),
    ],
)
def test_a_value_of_a_map_stays_verbatim(value: Json, text: str) -> None:
    assert scalars.verbatim(value) == text


def test_every_part_of_a_json_value_is_made_storable() -> None:
    value: Json = {"a\x00": ["\ud800", {"b": math.inf, "c": [math.nan]}], "d": 10**300, "e": None}
    made = scalars.storable_json(value)
    assert made == {
        "a\ufffd": ["\ufffd", {"b": "Infinity", "c": ["NaN"]}],
        "d": 10**300,
        "e": None,
    }


def test_details_nested_out_of_all_measure_end_as_text() -> None:
    made = scalars.storable_json({"a": loads("[" * 150 + '"x"' + "]" * 150)})
    assert json.dumps(made) == '{"a": ' + "[" * 31 + json.dumps("[" * 119 + '"x"' + "]" * 119) + (
        "]" * 31 + "}"
    )
