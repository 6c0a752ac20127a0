"""Names for things that must be told apart everywhere and for ever."""

import os
import threading
import time
import uuid
from datetime import UTC, datetime

_LOW = (1 << 62) - 1  # the bits after the variant
_STEP = (1 << 32) - 1  # how far ids of one millisecond are apart, at most
_BACK = 1_000  # milliseconds by which a clock may be put back, or a thread be late
_LAST_MS = 253_402_300_799_000  # the last second of the year 9999

ID_LENGTH = 36  # letters
DIGITS = 18  # of a number; any number of so many fits a column's 64 bits
MOST_NUMBER = 10**DIGITS - 1


class Chance:
    """The random part of an id, which grows within a millisecond."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = 0
        self._last = 0

    def at(self, milliseconds: int) -> tuple[int, int]:
        """The milliseconds to use, and 74 bits; of the first two none is set, to have room to grow.

        Another thread may have looked at the clock later and be here before: whoever comes late
        gets its milliseconds, or the next id of that one would sort before its last.
        """
        drawn = int.from_bytes(os.urandom(9))
        with self._lock:
            if milliseconds <= self._milliseconds <= milliseconds + _BACK:
                self._last += 1 + (drawn & _STEP)
            else:
                self._milliseconds, self._last = milliseconds, drawn
            return self._milliseconds, self._last


_chance = Chance()


def new_id() -> str:
    """A UUID, version 7 (RFC 9562): 48 bits of milliseconds, then randomness.

    Ids made later sort later, also within a millisecond (its section 6.2, method 2): that keeps
    indexes narrow, lets lists be paged by id, and shows the cards of a batch in their order.
    Two databases never give the same id, so a card of one is not taken for another's.
    """
    milliseconds, chance = _chance.at(time.time_ns() // 1_000_000)
    version_and_more = 0x7 << 12 | chance >> 62
    bits = milliseconds << 80 | version_and_more << 64 | 0b10 << 62 | chance & _LOW
    text = f"{bits:032x}"  # as `str(UUID(int=bits))`, at a third of its price
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def first_id_at(at: datetime) -> str:
    """An id below all that `new_id` gives from a moment on; none is older than 1970."""
    return str(uuid.UUID(int=max(0, int(at.timestamp() * 1_000)) << 80))


def time_of(number: str) -> datetime:
    """When an id of `new_id` was made; the beginning of 1970 at the least, 9999 at most."""
    milliseconds = min(uuid.UUID(number).int >> 80, _LAST_MS)
    return datetime.fromtimestamp(milliseconds / 1_000, UTC)


def number_or_none(text: str) -> int | None:
    """A whole number that a column can hold; None for any other text."""
    fits = text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return int(text) if fits else None


def uuid_or_none(text: str) -> str | None:
    """An id in its one form; None for what is none, which PostgreSQL would refuse."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None
