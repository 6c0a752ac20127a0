"""Sheets: what happened in a piece of time, summed, so that statistics need not read it again.

Pieces are an hour and multiples of it, all counted from 1970, and a larger one is made of
whole smaller ones. A sheet is the same whoever makes it, from rows or from smaller sheets:
statistics over sheets are those over the rows.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.rules.severity import Severity

SIZES = (1, 6, 24, 96, 384)  # hours of a piece; each holds a whole number of the one before
EVERY = 64  # of so many durations one is in the sheet itself, to find the middle one by
SHIFT = 32
CALLBACKS = (1 << SHIFT) - 1
SEVERITIES: tuple[Severity | None, ...] = (*Severity, None)
HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """`size` hours from hour `start` on; hours count from 1970."""

    start: int
    size: int

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return moment_of(self.start)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return moment_of(self.start + self.size)

    def parts(self) -> "list[Piece]":
        """What it is made of; nothing for an hour."""
        if self.size == SIZES[0]:
            return []
        size = SIZES[SIZES.index(self.size) - 1]
        return [Piece(start, size) for start in range(self.start, self.start + self.size, size)]


def moment_of(hour: int) -> datetime:
    """When an hour begins."""
    return _EPOCH + hour * HOUR


def hour_of(at: datetime) -> int:
    """The hour that a moment is in."""
    return (at - _EPOCH) // HOUR


@dataclass(slots=True)
class Spells:
    """Durations in microseconds: how many, their sum, and some of them in order.

    `samples` holds the first and every 64th of the ordered `values`; those themselves may be
    left where they are stored (None).
    """

    count: int = 0
    total: int = 0
    samples: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[int] | None" = None

    @staticmethod
    def of(values: Iterable[int]) -> "Spells":
        """Of durations in any order."""
        ordered = array("q", sorted(values))
        return Spells(len(ordered), sum(ordered), ordered[::EVERY], ordered)


@dataclass(slots=True)
class Sheet:
    """One piece of time.

    `noise` has, by alarm, its incidents and events (shifted up) and its callbacks; what is
    left counts incidents that fired, without events: by severity, those never acknowledged,
    how long they waited and lasted. `shown` counts events too: critical, warning, others.
    `flaps` holds, by alarm, the most changes within an hour that ends with one of these
    incidents, where those are many.
    """

    noise: dict[int, int] = field(default_factory=dict[int, int])
    severities: list[int] = field(default_factory=lambda: [0] * len(SEVERITIES))
    events: int = 0
    never: int = 0
    shown: list[int] = field(default_factory=lambda: [0, 0, 0])
    taken: Spells = field(default_factory=Spells)
    over: Spells = field(default_factory=Spells)
    flaps: dict[int, int] = field(default_factory=dict[int, int])


def added_up(sheets: Sequence[Sheet]) -> Sheet:
    """One of all; durations only if all have theirs at hand."""
    noise = Counter[int]()
    whole = Sheet()
    for one in sheets:
        add_noise(noise, one.noise)
        whole.severities = _sums(whole.severities, one.severities)
        whole.shown = _sums(whole.shown, one.shown)
        whole.events += one.events
        whole.never += one.never
        _add_flaps(whole.flaps, one.flaps)
    whole.noise = dict(noise)
    whole.taken = _all_spells([one.taken for one in sheets])
    whole.over = _all_spells([one.over for one in sheets])
    return whole


def add_noise(noise: dict[int, int], more: dict[int, int]) -> None:
    """Add numbers by alarm; the loop that a long time is made of."""
    get = noise.get
    for alarm, heard in more.items():
        noise[alarm] = get(alarm, 0) + heard


def _add_flaps(flaps: dict[int, int], more: dict[int, int]) -> None:
    """The higher of both, by alarm; the other loop that a long time is made of."""
    get = flaps.get
    for alarm, changes in more.items():
        if changes > get(alarm, 0):
            flaps[alarm] = changes


def _sums(some: list[int], others: list[int]) -> list[int]:
    return [one + other for one, other in zip(some, others, strict=True)]


def _all_spells(parts: Sequence[Spells]) -> Spells:
    if all(one.values is not None for one in parts):
        return Spells.of(value for one in parts for value in one.values or ())
    return Spells(sum(one.count for one in parts), sum(one.total for one in parts))


@dataclass(frozen=True, slots=True)
class Cut:
    """Where in each of some ordered lists the sought places may be; `below` lie before them."""

    ranges: tuple[tuple[int, int], ...]
    below: int


def cut_around(parts: Sequence[Spells], low: int, high: int) -> Cut:
    """The least of each list that surely holds what has the places `low` and `high` of all.

    Of each list only samples are known, so what is below a value can only be bounded.
    """
    pool = sorted({value for one in parts for value in one.samples})
    first = bisect_right(pool, low, key=lambda value: sum(_most_below(one, value) for one in parts))
    last = bisect_right(
        pool, high, key=lambda value: sum(_least_up_to(one, value) for one in parts)
    )
    ranges = tuple(
        (
            _begin(one, pool[first - 1]) if first else 0,
            _end(one, pool[last]) if last < len(pool) else one.count,
        )
        for one in parts
    )
    return Cut(ranges, sum(begin for begin, _ in ranges))


def _most_below(one: Spells, value: int) -> int:
    return min(bisect_left(one.samples, value) * EVERY, one.count)


def _least_up_to(one: Spells, value: int) -> int:
    return max((bisect_right(one.samples, value) - 1) * EVERY + 1, 0)


def _begin(one: Spells, value: int) -> int:
    return max(bisect_left(one.samples, value) - 1, 0) * EVERY


def _end(one: Spells, value: int) -> int:
    return min(bisect_right(one.samples, value) * EVERY, one.count)


def aligned(first: int, last: int, size: int) -> range:
    """Starts of the pieces of a size that lie whole in some hours."""
    return range(-(-first // size) * size, last - size + 1, size)


def left_over(gaps: Sequence[tuple[int, int]], taken: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """What pieces leave of some ranges of hours, both in order."""
    for first, last in gaps:
        at = first
        for piece in taken:
            if first <= piece.start < last:
                if at < piece.start:
                    yield at, piece.start
                at = piece.start + piece.size
        if at < last:
            yield at, last
