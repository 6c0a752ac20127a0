"""Values with units, as people write them."""

import re
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor.values import format_value
from bot.rules.card import Language

UNITS = ["%", "bit/s", "Byte", "Bytes/s", "Count", "Count/s", "ms", "个", "", "packets/s", None]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (97.5, "%", "97.5 %"),
        (91.25, "%", "91.25 %"),
        (88.031, "%", "88.03 %"),
        (100.0, "%", "100 %"),
        (0.0, "%", "0 %"),
        (-0.0, "%", "0 %"),
        (502.0, None, "502"),
        (502.0, "", "502"),
        (1234567.0, "Count", "1,234,567"),
        (9.0, "个", "9"),
        (9.0, "Count/s", "9/s"),
        (9.0, "Count/min", "9/min"),
        (9.0, "count/", "9"),
        (1.5, "ms", "1.5 ms"),
        (250.0, "us", "250 µs"),
        (3.0, "秒", "3 s"),
        (12.0, "packets/s", "12 packets/s"),
        (0.12, "none", "0.12"),
        # bits by thousands, bytes by 1,024
        (999.0, "bit/s", "999 bit/s"),
        (1000.0, "bit/s", "1 kbit/s"),
        (1.2345678e9, "bit/s", "1.23 Gbit/s"),
        (5e6, "bps", "5 Mbit/s"),
        (999_999.9, "bit/s", "1 Mbit/s"),  # never "1,000 kbit/s"
        (0.25, "bit/s", "0.25 bit/s"),
        (-2500.0, "bit/s", "-2.5 kbit/s"),
        (1023.0, "Byte", "1,023 B"),
        (1024.0, "byte", "1 KiB"),
        (13_002_342.0, "bytes", "12.4 MiB"),
        (1048576.0, "Bytes/s", "1 MiB/s"),
        (2048.0, "B/s", "2 KiB/s"),
        (2048.0, "b/s", "2,048 b/s"),  # who knows
        (2048.0, "字节", "2 KiB"),
        # any size, never a power of ten
        (1e-3, None, "0.001"),
        (0.0123456, None, "0.0123"),
        (0.00123456, None, "0.00123"),
        (1.5e-7, None, "0.00000015"),
        (-1.5e-7, None, "-0.00000015"),
        (1e-30, None, "0"),
        (-1e-30, None, "0"),
        (5e-324, "bit/s", "0 bit/s"),
        (0.99999, None, "1"),
        (123456.789, None, "123,456.79"),
        (1e15, None, "1,000,000,000,000,000"),
        (-1e16, "%", "-10,000,000,000,000,000 %"),
    ],
)
def test_a_value_reads_as_people_write_it(value: float, unit: str | None, text: str) -> None:
    assert format_value(value, unit, Language.ENGLISH) == text
    assert format_value(value, unit, Language.CHINESE) == text


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(UNITS) | st.text(max_size=10),
    st.sampled_from(Language),
)
def test_any_finite_value_with_any_unit_is_shown(
    value: float, unit: str | None, language: Language
) -> None:
    assert format_value(value, unit, language)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(UNITS))
def test_no_value_is_shown_as_a_power_of_ten(value: float, unit: str | None) -> None:
    number = format_value(value, unit, Language.ENGLISH).split(" ")[0].split("/")[0]
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d*[1-9])?", number)
    assert number != "-0"


@given(st.floats(min_value=1e-9, max_value=1e14), st.sampled_from([None, "%", "ms"]))
def test_a_shown_value_is_near_the_true_one(value: float, unit: str | None) -> None:
    shown = float(format_value(value, unit, Language.ENGLISH).split(" ")[0].replace(",", ""))
    assert isfinite(shown)
    assert abs(shown - value) <= max(0.005000001, value * 1e-9)
    assert value >= 1 or abs(shown - value) <= value * 0.006
