"""Names for things that must be told apart everywhere and for ever."""

import os
import time
import uuid
from datetime import UTC, datetime

_LAST_MS = 253_402_300_799_000  # the last second of the year 9999

ID_LENGTH = 36  # letters
DIGITS = 18  # of a number; any number of so many fits a column's 64 bits
MOST_NUMBER = 10**DIGITS - 1


def new_id() -> str:
    """A UUID, version 7 (RFC 9562): 48 bits of milliseconds, then randomness.

    Ids made later sort later, which keeps indexes narrow and lets lists be paged by id.
    Two databases never give the same id, so a card of one is not taken for another's.
    """
    milliseconds = time.time_ns() // 1_000_000
    bits = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
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
