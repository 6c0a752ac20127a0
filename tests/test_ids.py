"""Ids that sort, and numbers from outside: those that a column holds, and no others."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.ids import MOST_NUMBER, Chance, first_id_at, new_id, number_or_none, time_of
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


def test_ids_made_later_sort_later_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in made} == {
        (7, uuid.RFC_4122)
    }


def test_ids_of_several_threads_are_never_the_same() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = [one.result() for one in [threads.submit(ids_of_a_while) for _ in range(4)]]
    assert len({one for some in made for one in some}) == 4 * 5_000


def ids_of_a_while() -> list[str]:
    return [new_id() for _ in range(5_000)]


def test_a_thread_that_looked_at_the_clock_before_another_spoils_no_order() -> None:
    """Callbacks get ids in one thread and cards in another: here the second one comes late."""
    chance = Chance()
    made = [chance.at(milliseconds) for milliseconds in (1_001, 1_000, 1_001, 1_000, 1_002)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_clock_that_was_years_ahead_is_not_followed_for_years() -> None:
    chance = Chance()
    ahead, _ = chance.at(4_000_000_000_000)
    mended, _ = chance.at(1_800_000_000_000)
    assert (ahead, mended) == (4_000_000_000_000, 1_800_000_000_000)


def test_an_id_tells_when_it_was_made() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = new_id()
    assert before <= time_of(made) <= datetime.now(UTC)
    assert first_id_at(before) < made


def test_an_id_of_a_time_before_computers_had_clocks_is_below_all() -> None:
    assert first_id_at(NOON.replace(year=1926)) == "00000000-0000-0000-0000-000000000000"
