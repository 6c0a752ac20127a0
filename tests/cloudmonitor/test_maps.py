"""Maps: Java map text, JSON objects, JSON lists of one object, each also inside a text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor.maps import java_map, map_of
from bot.rules.record import Json
from tests.cloudmonitor.requests import THRESHOLD, as_json, only, threshold


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{userId=1, instanceId=i-1}", {"userId": "1", "instanceId": "i-1"}),
        ("{device=/dev/vda1, userId=1}", {"device": "/dev/vda1", "userId": "1"}),
        ("userId=1, port=443", {"userId": "1", "port": "443"}),
        ("{}", {}),
        ("{ }", {}),
        ("{a=}", {"a": ""}),
        ("{a=, b=2, c=}", {"a": "", "b": "2", "c": ""}),
        ("{a=x,y}", {"a": "x,y"}),
        ("{a=x,b=y}", {"a": "x,b=y"}),  # no blank after the comma: one value
        ("{a=x, y}", {"a": "x, y"}),  # no key= after it: one value
        ("{a=x, y, b=2}", {"a": "x, y", "b": "2"}),
        ("{a=x=y, b==}", {"a": "x=y", "b": "="}),
        ("{a=x&y=z, b=1:2}", {"a": "x&y=z", "b": "1:2"}),
        ("{a=x y, b= z }", {"a": "x y", "b": " z "}),
        ("{a=x, not a key=1}", {"a": "x, not a key=1"}),
        ("{url=https://e.example/p?a=1, https://f.example/?b=2}",
         {"url": "https://e.example/p?a=1, https://f.example/?b=2"}),
        ("{processName=java -Da=b -c, state=UP}", {"processName": "java -Da=b -c", "state": "UP"}),
        ("{url=https://e.example/, https://f.example/b=2}",
         {"url": "https://e.example/, https://f.example/b=2"}),
        ("{processName=java -Da=b, -Dc=d, state=UP}",
         {"processName": "java -Da=b, -Dc=d", "state": "UP"}),
        ("{k8s.io/app=x, app-id=2, 标签=支付}", {"k8s.io/app": "x", "app-id": "2", "标签": "支付"}),
        ("{a={x}, b=2}", {"a": "{x}", "b": "2"}),
        ("a={x}", {"a": "{x}"}),
        ("[{userId=1, port=80}]", {"userId": "1", "port": "80"}),
        ("  {a=1}\n", {"a": "1"}),
        ("{a=null}", {"a": "null"}),
        ("{a=1, a=2}", {"a": "2"}),
        ("{=1, b=2}", {"b": "2"}),
        ("{no pairs here}", {}),
        ("{stray, a=1}", {"a": "1"}),
        ("", {}),
        ("{a=\x00\ud800, b\x00=1}", {"a": "\ufffd\ufffd", "b\ufffd": "1"}),
        ("{a=__import__('os'), b=1}", {"a": "__import__('os')", "b": "1"}),
    ],
)  # fmt: skip
def test_java_map_text_splits_only_before_a_key(text: str, found: dict[str, str]) -> None:
    assert java_map(text) == found


KEYS = st.builds(str.__add__, st.sampled_from("abcXYZ_支7"), st.text("abcXYZ.-_/支7"))
VALUES = st.text("ab ,=&:/支", max_size=8).filter(lambda text: ", " not in f"{text} ")


@given(st.dictionaries(KEYS, VALUES))
def test_any_map_without_comma_and_blank_comes_back(texts: dict[str, str]) -> None:
    written = "{" + ", ".join(f"{key}={value}" for key, value in texts.items()) + "}"
    assert java_map(written) == texts


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": "x", "b": 7, "c": True, "d": 0.5}, {"a": "x", "b": "7", "c": "true", "d": "0.5"}),
        ([{"userId": "1", "instanceId": "i-1"}], {"userId": "1", "instanceId": "i-1"}),
        ('[{"a": 1}]', {"a": "1"}),
        ('{"a": " x, y=z "}', {"a": " x, y=z "}),
        ("{“a”: “x”}", {"a": "x"}),
        ([{"a": "1"}, {"b": "2"}], {"a": "1", "b": "2"}),
        ([1, {"a": "1"}], {"a": "1"}),
        ({"a": None, "b": ""}, {"b": ""}),
        ({"a": {"b": [1]}}, {"a": '{"b": [1]}'}),
        ("{}", {}),
        ([], {}),
        ("null", {}),
        ("NULL ", {}),
        ("", {}),
        (None, {}),
        (5, {}),
        ({"a": 10**300}, {"a": "1" + "0" * 300}),
        ({"a\x00": "\ud800"}, {"a\ufffd": "\ufffd"}),
    ],
)
def test_every_form_of_a_map_is_read_as_texts(value: Json, found: dict[str, str]) -> None:
    assert map_of(value) == found
    assert only(as_json(THRESHOLD | {"dimensions": value})).record.dimensions == found


@pytest.mark.parametrize(
    ("original", "found"),
    [
        ('{"url": "a, b=c", "port": 80}', {"url": "a, b=c", "port": "80"}),
        ("null", {"userId": "1", "instanceId": "i-1"}),
        ("", {"userId": "1", "instanceId": "i-1"}),
        ("{}", {"userId": "1", "instanceId": "i-1"}),
        ("{x=1}", {"userId": "1", "instanceId": "i-1"}),
        ('[{"x": 1}]', {"userId": "1", "instanceId": "i-1"}),
        ('{"x": 1', {"userId": "1", "instanceId": "i-1"}),
        ("5", {"userId": "1", "instanceId": "i-1"}),
    ],
)
def test_the_original_dimensions_count_only_as_a_json_object(
    original: str, found: dict[str, str]
) -> None:
    assert threshold(dimensionsOriginal=original).dimensions == found


def test_labels_of_the_rule_are_read_like_dimensions() -> None:
    assert threshold(customLabels="{team=crm, tier=}").labels == {"team": "crm", "tier": ""}
    assert threshold(customLabels=json.dumps({"n": 7})).labels == {"n": "7"}
    assert threshold(customLabels="null").labels == {}
