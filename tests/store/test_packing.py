"""Packed callbacks: what comes out is what went in, and an unknown form is told as such."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor.read import read
from bot.demo_samples import CPU
from bot.rules.record import RawRequest
from bot.rules.record_json import to_json
from bot.store.inbox import headers_to_text
from bot.store.packing import Parts, UnknownPacking, has_sample, joined, packed, unpacked
from tests.support.values import NOON

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


parts = st.tuples(texts, texts, st.binary())


@given(parts)
def test_any_bytes_come_out_as_they_went_in(told: Parts) -> None:
    assert unpacked(packed(told)) == told


@given(parts, st.binary(max_size=300))
def test_any_sample_gives_back_what_was_packed_by_it(told: Parts, sample: bytes) -> None:
    assert unpacked(packed(told, sample), sample) == told


def test_a_body_of_nothing_but_separators_stays_a_body() -> None:
    told = ("[]", "{}", b"\0\0\0")
    assert unpacked(packed(told)) == told
    assert unpacked(packed(told, joined(told)), joined(told)) == told


OURS = replace(
    CPU,
    rule="alarmRule_uuid_7c1e5d20",
    instance="i-wz9h3k5n7q1s4u6w8y0a",
    name="cart-07/172.19.4.201",
    alert="Carts wait for their processor",
    group="carts",
)


def said(value: float, when: int) -> Parts:
    """A callback of one alarm."""
    body = OURS.says("ALERT", value, NOON + timedelta(minutes=when), now="WARN").body
    request = RawRequest("POST", "", (("host", "a"),), body)
    record = json.dumps(to_json(read(request)[0].record), ensure_ascii=False)
    return headers_to_text(request.headers), record, body


def test_a_sample_makes_a_third_of_what_is_packed_without() -> None:
    one, sample = said(93.1, 7), joined(said(88.46, 1))
    assert has_sample(packed(one, sample))
    assert len(packed(one, sample)) < len(packed(one)) / 3


def test_what_its_sample_does_not_help_is_packed_without() -> None:
    """The sender has changed its form: a sample of the old one makes it no larger."""
    one = said(93.1, 7)
    assert not has_sample(packed(one, b"nothing of this"))


@pytest.mark.parametrize("other", [None, joined(said(88.47, 1))])
def test_another_sample_is_told_and_nothing_made_of_it(other: bytes | None) -> None:
    content = packed(said(93.1, 7), joined(said(88.46, 1)))
    with pytest.raises(UnknownPacking, match="not in this database"):
        unpacked(content, other)


def test_rows_of_the_first_form_stay_readable() -> None:
    """These bytes stand in databases: neither the dictionary nor the order may change."""
    stored = bytes.fromhex(STORED)
    assert unpacked(stored) == ('[["host", "a"]]', '{"kind": "threshold"}', b"alertName=x&value=1")


def test_rows_of_the_second_form_stay_readable() -> None:
    """Nor may what the sample's mark is made of."""
    stored = bytes.fromhex(STORED_BY_A_SAMPLE)
    assert unpacked(stored, b"a sample") == ("[]", "{}", b"an ample sample")


def test_an_unknown_form_is_told_with_its_number() -> None:
    with pytest.raises(UnknownPacking, match="form 3"):
        unpacked(b"\x03" + packed(("[]", "{}", b""))[1:])


STORED = "0143aae7127115ffc8a9b9420d5ce0d91a0200"
STORED_BY_A_SAMPLE = "0291b08b8e65a8ae6548cc5300f3a08200"
