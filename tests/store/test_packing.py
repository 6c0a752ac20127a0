"""Packed callbacks: what comes out is what went in, and an unknown form is told as such."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.packing import UnknownPacking, packed, unpacked

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(texts, texts, st.binary())
def test_any_bytes_come_out_as_they_went_in(headers: str, record: str, body: bytes) -> None:
    assert unpacked(packed(headers, record, body)) == (headers, record, body)


def test_a_body_of_nothing_but_separators_stays_a_body() -> None:
    assert unpacked(packed("[]", "{}", b"\0\0\0")) == ("[]", "{}", b"\0\0\0")


def test_rows_of_the_first_form_stay_readable() -> None:
    """These bytes stand in databases: neither the dictionary nor the order may change."""
    stored = bytes.fromhex(STORED)
    assert unpacked(stored) == ('[["host", "a"]]', '{"kind": "threshold"}', b"alertName=x&value=1")


def test_an_unknown_form_is_told_with_its_number() -> None:
    with pytest.raises(UnknownPacking, match="form 2"):
        unpacked(b"\x02" + packed("[]", "{}", b"")[1:])


STORED = "0143aae7127115ffc8a9b9420d5ce0d91a0200"
