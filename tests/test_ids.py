"""Numbers that come from outside: those that a column holds, and no others."""

import pytest

from bot.ids import MOST_NUMBER, first_id_at, number_or_none
from bot.slack.filled import Filled, Seen
from bot.slack.history_view import Page
from tests.support.values import NOON

TOO_LONG = ("9" * 19, "9" * 5_000)  # past 4,300 digits Python itself refuses to read one


def test_a_number_is_as_long_as_a_column_is_wide() -> None:
    assert number_or_none("9" * 18) == MOST_NUMBER < 2**63
    assert [number_or_none(text) for text in ("0", "42", "007")] == [0, 42, 7]


@pytest.mark.parametrize("text", ["", "-1", "x", " 1", "1.0", "\u00b2", "\u0664\u0662", *TOO_LONG])
def test_any_other_text_is_none(text: str) -> None:
    assert number_or_none(text) is None


@pytest.mark.parametrize("text", TOO_LONG)
def test_a_page_of_a_history_goes_nowhere_for_a_number_that_is_none(text: str) -> None:
    page = Page("card", before_id=7)
    assert page.pressed("history_older", text) == page


@pytest.mark.parametrize("number", [2**63, -(2**63), True, "7", None, 7.0])
def test_a_view_brings_no_number_that_fits_no_column(number: object) -> None:
    assert Seen("V1", "", "mute", {"alarm": number}, Filled({})).number("alarm") is None


def test_an_id_of_a_time_before_computers_had_clocks_is_below_all() -> None:
    assert first_id_at(NOON.replace(year=1926)) == "00000000-0000-0000-0000-000000000000"
