"""A callback's bulk, packed: headers, record and body, which are nearly the same in all of them.

Deflate with a preset dictionary makes some 170 bytes of 1,800. The first byte says which
dictionary and order of parts; a new one gets the next number, and old ones stay readable for
as long as there are rows of theirs.
"""

import zlib

from bot.errors import TocsinError
from bot.store.packing_words import VERSION_1

VERSION = 1
_WORDS = {1: VERSION_1}
_LEVEL = 3  # 6 gains 3 % and takes a quarter longer
_BITS = -15  # no header and no checksum: the database has its own
_BETWEEN = b"\0"  # is in no JSON text


class UnknownPacking(TocsinError):
    """A callback was stored by a newer release; start that one to read it."""


def packed(headers: str, record: str, body: bytes) -> bytes:
    """Two JSON texts and any bytes."""
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _BITS, zdict=_WORDS[VERSION])
    whole = _BETWEEN.join((headers.encode(), record.encode(), body))
    return bytes([VERSION]) + squeeze.compress(whole) + squeeze.flush()


def unpacked(content: bytes) -> tuple[str, str, bytes]:
    """The inverse of `packed`. Raises UnknownPacking."""
    words = _WORDS.get(content[0])
    if words is None:
        raise UnknownPacking(
            f"A callback is packed in form {content[0]}, which this release does not know; "
            "a newer release stored it and can read it."
        )
    whole = zlib.decompressobj(_BITS, zdict=words).decompress(content[1:])
    headers, record, body = whole.split(_BETWEEN, 2)
    return headers.decode(), record.decode(), body
