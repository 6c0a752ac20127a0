"""JSON from outside, read within limits, also inside texts."""

import json

import pytest

from bot.cloudmonitor.json_texts import json_in, loads
from bot.rules.record import Json


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        (' [1, "x"]\n', [1, "x"]),
        ("{“a”: “b”}", {"a": "b"}),
        ('{"a": "“b”"}', {"a": "“b”"}),
        (' {\n "a": 1}', {"a": 1}),
        ("{ }", {}),
        ("{a=1}", None),
        ("{“a", None),
        ("{", None),
        ("5", None),
        ('"a"', None),
        ("null", None),
        ("", None),
        ("[" * 10_000, None),
        ({"a": 1}, {"a": 1}),
        (5, 5),
        (None, None),
    ],
)
def test_json_is_found_within_a_text(value: Json, found: Json) -> None:
    assert json_in(value) == found


def test_integers_too_long_to_print_stay_text() -> None:
    digits = "9" * 10_000
    found = loads(f'{{"a": {digits}, "b": -{digits}, "c": {digits[:300]}}}')
    assert found == {"a": digits, "b": f"-{digits}", "c": int(digits[:300])}
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("depth", [1, 199])
def test_ordinary_nesting_is_read(depth: int) -> None:
    assert json_in("[" * depth + "]" * depth) is not None


def test_wide_json_is_not_deep_json() -> None:
    assert loads("[" + "[{}]," * 5_000 + "[]]")
