"""Sheets: pieces of time, what covers a time, and the middle of durations that lie apart."""

import itertools
from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.sheet import (
    CALLBACKS,
    EVERY,
    SHIFT,
    SIZES,
    Piece,
    Sheet,
    Spells,
    added_up,
    aligned,
    cut_around,
    hour_of,
    left_over,
    moment_of,
)
from tests.support.values import NOON

lists = st.lists(st.lists(st.integers(0, 60), max_size=5 * EVERY), min_size=1, max_size=6)


def test_every_size_is_made_of_whole_smaller_ones() -> None:
    for size in SIZES[1:]:
        parts = Piece(size * 7, size).parts()
        assert parts[0].since == moment_of(size * 7)
        assert parts[-1].until == moment_of(size * 8)
        assert all(one.until == other.since for one, other in itertools.pairwise(parts))
    assert Piece(5, SIZES[0]).parts() == []


def test_a_moment_belongs_to_its_hour() -> None:
    hour = hour_of(NOON)
    assert moment_of(hour) <= NOON < moment_of(hour + 1)
    assert hour_of(moment_of(hour)) == hour
    assert hour_of(moment_of(hour) - timedelta(microseconds=1)) == hour - 1


@given(st.integers(0, 2_000), st.integers(0, 2_000), st.sampled_from(SIZES))
def test_aligned_pieces_lie_within(first: int, length: int, size: int) -> None:
    starts = aligned(first, first + length, size)
    assert all(start % size == 0 for start in starts)
    assert all(first <= start and start + size <= first + length for start in starts)
    assert length < 2 * size or len(starts)


@given(st.sets(st.integers(0, 20)), st.integers(0, 10), st.integers(0, 30))
def test_what_is_left_over_and_what_was_taken_are_the_whole(
    taken: set[int], first: int, length: int
) -> None:
    pieces = [Piece(start * 3, 3) for start in sorted(taken)]
    within = [one for one in pieces if first <= one.start and one.start + 3 <= first + length]
    left = list(left_over([(first, first + length)], within))
    hours = [hour for begin, end in left for hour in range(begin, end)]
    hours += [hour for one in within for hour in range(one.start, one.start + 3)]
    assert sorted(hours) == list(range(first, first + length))


def middle(parts: Iterable[Iterable[int]], low: int, high: int) -> tuple[int, int]:
    """What has two places of all, found in the neighbourhood alone."""
    ordered = [sorted(part) for part in parts]
    cut = cut_around([Spells.of(part) for part in ordered], low, high)
    near = sorted(
        value
        for part, (begin, end) in zip(ordered, cut.ranges, strict=True)
        for value in part[begin:end]
    )
    return near[low - cut.below], near[high - cut.below]


@given(lists, st.floats(0, 1))
def test_a_place_is_found_in_the_neighbourhood_as_in_all(
    parts: list[list[int]], where: float
) -> None:
    whole = sorted(value for part in parts for value in part)
    if whole:
        low = min(int(where * len(whole)), len(whole) - 1)
        high = min(low + 1, len(whole) - 1)
        assert middle(parts, low, high) == (whole[low], whole[high])


def test_the_neighbourhood_of_the_middle_is_small() -> None:
    parts = [list(range(n, 100_000, 10)) for n in range(10)]
    cut = cut_around([Spells.of(part) for part in parts], 49_999, 50_000)
    assert sum(end - begin for begin, end in cut.ranges) < 50 * EVERY


@given(lists)
def test_adding_up_is_the_same_in_any_steps(parts: list[list[int]]) -> None:
    sheets = [
        Sheet(
            noise={n % 3: (len(part) << SHIFT) + n},
            severities=[n, 0, 1, 2],
            events=n,
            shown=[n, 1, 0],
            taken=Spells.of(part),
            flaps={n % 2: len(part)},
        )
        for n, part in enumerate(parts)
    ]
    at_once = added_up(sheets)
    stepwise = added_up([added_up(sheets[:2]), *sheets[2:]])
    assert at_once == stepwise
    assert at_once.taken == Spells.of(value for part in parts for value in part)
    assert sum(one & CALLBACKS for one in at_once.noise.values()) == sum(range(len(parts)))


@pytest.mark.parametrize("count", [0, 1, EVERY, EVERY + 1])
def test_samples_are_the_first_and_every_so_manieth(count: int) -> None:
    spells = Spells.of(range(count, 0, -1))
    assert list(spells.samples) == list(range(1, count + 1))[::EVERY]
