"""Bodies as they come: any encoding, any label, decoded exactly once."""

import json

import pytest

from bot.rules.record import Kind, Record
from tests.cloudmonitor.requests import THRESHOLD, as_form, as_json, only, posted


def read_form(body: bytes | str) -> Record:
    return only(posted(body)).record


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "application/x-www-form-urlencoded", "text/plain", "nonsense"],
)
def test_the_content_type_decides_nothing(content_type: str) -> None:
    form, as_object = as_form(THRESHOLD), as_json(THRESHOLD)
    readings = [
        only(posted(request.body, content_type=content_type)) for request in (form, as_object)
    ]
    assert readings == [only(form), only(form)]


@pytest.mark.parametrize("before", ["", " ", "\n", "\r\n\t ", "\ufeff", "\ufeff\n", " \ufeff "])
@pytest.mark.parametrize("after", ["", "\n", "\r\n", "  "])
def test_blanks_and_a_byte_order_mark_around_the_body_do_not_matter(
    before: str, after: str
) -> None:
    for request in (as_form(THRESHOLD), as_json(THRESHOLD)):
        assert only(posted(before + request.body.decode() + after)) == only(request)


@pytest.mark.parametrize(
    ("encoded", "name"),
    [
        ("a+b", "a b"),
        ("a%20b", "a b"),
        ("a%2Bb", "a+b"),
        ("100%25", "100%"),
        ("%2541", "%41"),  # decoded once
        ("%252B", "%2B"),
        ("a%26b%3Dc", "a&b=c"),
        ("a=b", "a=b"),
        ("100%", "100%"),
        ("5% of %zz", "5% of %zz"),
        ("%", "%"),
        ("支付", "支付"),
        ("%E6%94%AF", "支"),
        ("<!channel> *b* `c`", "<!channel> *b* `c`"),
        ("a;b", "a;b"),
        ("%20a%20", "a"),
        ("a%00b", "a\ufffdb"),
        ("a%FFb", "a\ufffdb"),
        ("%ED%A0%80", "\ufffd\ufffd\ufffd"),
        ("a%0Ab", "a\nb"),
    ],
)
def test_a_form_is_decoded_exactly_once(encoded: str, name: str) -> None:
    assert read_form(f"alertName={encoded}&alertState=OK").alert_name == name


def test_bytes_that_are_no_utf8_spoil_only_their_letters() -> None:
    record = read_form(b"alertName=\xd6\xa7a&alertState=ALERT&curValue=5")
    assert record.alert_name
    assert record.alert_name.endswith("a")
    assert (record.kind, record.value) == (Kind.THRESHOLD, 5)


def test_unencoded_braces_and_signs_are_read_as_they_stand() -> None:
    body = "expression=$Average>=95&dimensions={userId=1, instanceId=i-1}&unit=%&alertName=a b\n"
    record = read_form(body)
    assert record.expressions[0].expression == "$Average>=95"
    assert record.dimensions == {"userId": "1", "instanceId": "i-1"}
    assert (record.unit, record.alert_name) == ("%", "a b")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("alertName=a&alertName=b", "a"),
        ("alertName=&alertName=b", "b"),
        ("alertName=null&ALERTNAME=b", "b"),
        ("alertname=a&alertName=b", "a"),
        ('{"alertName": null, "AlertName": "b"}', "b"),
        ('{"alertName": "a", "alertName": "b"}', "b"),  # JSON itself: the last
    ],
)
def test_of_a_doubled_field_the_first_that_says_something_counts(body: str, name: str) -> None:
    assert read_form(body).alert_name == name


def test_field_names_are_found_in_any_case() -> None:
    for spell in (str.lower, str.upper, str.title, str.swapcase):
        spelled = {spell(name): value for name, value in THRESHOLD.items()}
        assert only(as_form(spelled)) == only(as_form(THRESHOLD))


def test_json_escapes_that_no_database_takes_are_mended() -> None:
    record = read_form(r'{"alertName": "a\u0000b\ud800c\ud83d\ude00", "curValue": 1}')
    assert record.alert_name == "a\ufffdb\ufffdc\U0001f600"


def test_a_manual_copied_with_its_curly_quotes_is_read() -> None:
    record = read_form("{“alertName”: “it’s full”, “alertState”: “ALARM”}")
    assert record.alert_name == "it's full"


def test_curly_quotes_within_values_stay_as_they_are() -> None:
    assert read_form(json.dumps({"alertName": "“支付” it’s"})).alert_name == "“支付” it’s"


def test_a_thousand_unknown_fields_hide_no_alarm() -> None:
    many = {f"field{number}": "x" for number in range(980)}
    assert only(as_form(many | THRESHOLD)) == only(as_form(THRESHOLD))
