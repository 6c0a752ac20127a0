"""A callback's bulk, packed: headers, record and body, which are nearly the same in all of them.

Deflate with a preset dictionary makes some 200 bytes of 1,800; with another callback of the same
alarm, its sample, for a dictionary some 75. The first byte says which dictionary and order of
parts; a new one gets the next number, and old ones stay readable for as long as there are rows
of theirs.
"""

import zlib

from bot.errors import TocsinError
from bot.store.packing_words import VERSION_1

VERSION = 1
SAMPLED = 2  # then two bytes by which the sample is known again
ENOUGH = 150  # bytes: a callback that its sample leaves longer may be better off without
LARGE = 8_192  # bytes of what makes no good sample: each is unpacked whenever its alarm is heard
_WORDS = {VERSION: VERSION_1}
_LEVEL = 3  # 6 gains 3 % and takes a quarter longer
_BITS = -15  # no header and no checksum: the database has its own
_BETWEEN = b"\0"  # is in no JSON text

Parts = tuple[str, str, bytes]  # headers and record as JSON texts, and the body


class UnknownPacking(TocsinError):
    """A callback was stored by a newer release; start that one to read it."""


def packed(parts: Parts, sample: bytes | None = None) -> bytes:
    """Two JSON texts and any bytes. `sample` are other parts, joined."""
    whole = joined(parts)
    if sample is None:
        return bytes([VERSION]) + _squeezed(whole, _WORDS[VERSION])
    made = bytes([SAMPLED]) + _mark(sample) + _squeezed(whole, sample)
    return made if len(made) <= ENOUGH else min(made, packed(parts), key=len)


def unpacked(content: bytes, sample: bytes | None = None) -> Parts:
    """The inverse of `packed`. Raises UnknownPacking, also without the right sample."""
    if has_sample(content):
        if sample is None or content[1:3] != _mark(sample):
            raise UnknownPacking(
                "A callback is packed by what it has in common with another one of its alarm, "
                "and that one is not in this database."
            )
        return _parts(content[3:], sample)
    words = _WORDS.get(content[0])
    if words is None:
        raise UnknownPacking(
            f"A callback is packed in form {content[0]}, which this release does not know; "
            "a newer release stored it and can read it."
        )
    return _parts(content[1:], words)


def has_sample(content: bytes) -> bool:
    """Whether the sample of its alarm is needed to unpack it."""
    return content[0] == SAMPLED


def joined(parts: Parts) -> bytes:
    """Parts as one, the way they are packed, and as they are a sample for others."""
    headers, record, body = parts
    return _BETWEEN.join((headers.encode(), record.encode(), body))


def _squeezed(whole: bytes, words: bytes) -> bytes:
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _BITS, zdict=words)
    return squeeze.compress(whole) + squeeze.flush()


def _parts(squeezed: bytes, words: bytes) -> Parts:
    whole = zlib.decompressobj(_BITS, zdict=words).decompress(squeezed)
    headers, record, body = whole.split(_BETWEEN, 2)
    return headers.decode(), record.decode(), body


def _mark(sample: bytes) -> bytes:
    return (zlib.crc32(sample) & 0xFFFF).to_bytes(2, "big")
