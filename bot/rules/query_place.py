"""A place in a list: what one page hands to the next, as a text that people carry about.

Pure. Lists by number are settled: an incident keeps its place for ever, so the place is the
last number that was shown. In the other orders incidents change places while one reads. Their
place therefore says what was shown: the next page is the first of what was not, so nothing is
shown twice and nothing is left out, however things move. A list pinned to `newest` does not
grow. Past `MOST_SHOWN` incidents only what was shown last is remembered, and before that the
order as it stood: whoever reads so far may miss what changed places meanwhile.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.rules.query_terms import Order, QueryRefused

MOST_SHOWN = 400  # a number takes two or three bytes; the text must fit into a Slack button
LONGEST = 2_500  # characters
LARGEST = 2**63 - 1  # what the column of numbers holds
PARTS = 7
LOW, MORE = 0x7F, 0x80  # seven bits of a number, and the sign that more of it follow
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SETTLED = re.compile(r"(?:(newest|oldest)~)?(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended.

    `number` is the last incident shown, `key` what it was ordered by. For orders that are
    not settled: `newest` is the last incident there was at the first page, `now` the moment
    that open incidents have lasted until, `shown` what was shown, at most `MOST_SHOWN`;
    `forgot` says that more was shown than that.
    """

    order: Order
    number: int
    key: float | None = None
    newest: int | None = None
    now: datetime | None = None
    shown: frozenset[int] = frozenset()
    forgot: bool = False

    def after(self, numbers: Iterable[int], key: float | None) -> "Place":
        """The place after one more page, whose last incident had this key."""
        added = list(numbers)
        overflows = len(self.shown) + len(added) > MOST_SHOWN
        shown = added[-MOST_SHOWN:] if overflows else [*self.shown, *added]
        forgot = self.forgot or overflows
        return Place(self.order, added[-1], key, self.newest, self.now, frozenset(shown), forgot)

    def __str__(self) -> str:
        if self.order.is_settled:
            return f"{self.order.value}~{self.number}"
        moment = (self.now or _EPOCH) - _EPOCH
        parts = (
            self.order.value,
            self.number,
            "" if self.key is None else repr(self.key).replace("+", ""),
            self.newest or 0,
            moment // timedelta(microseconds=1),
            int(self.forgot),
            _packed(self.shown),
        )
        return "~".join(map(str, parts))


def place_of(text: str, order: Order) -> Place:
    """The place that a text names. Raises QueryRefused for any text of somebody else's."""
    try:
        return _settled(text, order) if order.is_settled else _changing(text, order)
    except (ValueError, OverflowError, binascii.Error):
        raise QueryRefused("cursor", text=text) from None


def _settled(text: str, order: Order) -> Place:
    said = _SETTLED.fullmatch(text)
    if said is None or (said[1] or Order.NEWEST) != order:
        raise ValueError(text)
    return Place(order, int(said[2]))


def _changing(text: str, order: Order) -> Place:
    said = text.split("~")
    if len(said) != PARTS or said[0] != order or not text.isascii() or len(text) > LONGEST:
        raise ValueError(text)
    _, number, key, newest, moment, forgot, shown = said
    return Place(
        order,
        _number(number),
        _key(key),
        _number(newest),
        _EPOCH + timedelta(microseconds=_number(moment)),
        frozenset(_unpacked(shown)),
        forgot=_number(forgot) > 0,
    )


def _number(text: str) -> int:
    if not text.isdecimal() or int(text[:20]) > LARGEST or len(text) > len(str(LARGEST)):
        raise ValueError(text)
    return int(text)


def _key(text: str) -> float | None:
    key = float(text) if text else None
    if key is not None and not abs(key) < float("inf"):
        raise ValueError(text)
    return key


def _packed(numbers: Iterable[int]) -> str:
    """Numbers as the steps between them, seven bits to a byte."""
    packed = bytearray()
    before = 0
    for number in sorted(numbers):
        step, before = number - before, number
        while step > LOW:
            packed.append(step & LOW | MORE)
            step >>= 7
        packed.append(step)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _unpacked(text: str) -> Iterator[int]:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    number = step = shift = 0
    for byte in raw:
        step |= (byte & LOW) << shift
        shift += 7
        if byte < MORE:
            number += step
            if number > LARGEST:
                raise ValueError(text)
            yield number
            step = shift = 0
    if shift:
        raise ValueError(text)
