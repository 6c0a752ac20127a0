"""Our reading of forms is the standard library's."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor.form import TooManyFields, pairs
from tests.support.examples import tried

MOST = 50
forms = st.text(alphabet="ab=&%+ 0F1fC3é你;\x00\n", max_size=60) | st.text(max_size=60)


@tried(1_000)
@given(forms)
def test_it_reads_what_the_standard_library_reads(text: str) -> None:
    assert list(pairs(text, most=MOST)) == parse_qsl(text, keep_blank_values=True)


def test_too_many_fields_are_refused_and_as_many_as_allowed_are_not() -> None:
    assert len(list(pairs("&".join(["a=1"] * MOST), most=MOST))) == MOST
    with pytest.raises(TooManyFields):
        list(pairs("&".join(["a=1"] * (MOST + 1)), most=MOST))
