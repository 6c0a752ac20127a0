"""JSON from outside, read within limits, so that what it holds can always be kept and sent on.

Nesting far beyond any callback's is refused: it would break the recursion of whoever prints
it later. Integers too long for Python to print stay text.
"""

import json
import re
from itertools import chain

from bot.rules.record import Json

DEEPEST = 200  # levels; real callbacks have 5, the interpreter stops somewhere below 1,000
LONGEST_INTEGER = 400  # digits; the interpreter may refuse to print more than 640
# Java map text begins with a brace too. Telling it apart here is cheaper than a failed reading.
_MAY_BE_JSON = re.compile(r"""\s*(?:\[|\{\s*["“”}])""")
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


class TooDeep(ValueError):
    """The JSON is nested too deeply."""


def loads(text: str) -> Json:
    """The JSON in a text. Raises ValueError, of which TooDeep is one.

    Curly quotes, as copied from the manual, count as straight ones where the text is no JSON
    as it stands: inside values they are letters like any others.
    """
    try:
        return _loads(text)
    except TooDeep:
        raise
    except ValueError:
        straight = text.translate(_CURLY)
        if straight == text:
            raise
        return _loads(straight)


def json_in(value: Json) -> Json:
    """An object or list inside a text, or the value itself; None when the text is neither."""
    if not isinstance(value, str):
        return value
    if not _MAY_BE_JSON.match(value):
        return None
    try:
        return loads(value.strip())
    except ValueError:
        return None


def _loads(text: str) -> Json:
    try:
        found: Json = _DECODER.decode(text)
    except RecursionError:
        raise TooDeep from None
    may_be_deep = text.count("{") + text.count("[") > DEEPEST
    if may_be_deep and _is_too_deep(found):
        raise TooDeep
    return found


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_INTEGER else digits


_DECODER = json.JSONDecoder(parse_int=_integer)  # made once: making one is half a reading


def _is_too_deep(found: Json) -> bool:
    level = [found]
    for _ in range(DEEPEST + 1):
        level = list(chain.from_iterable(_within(item) for item in level))
        if not level:
            return False
    return True


def _within(item: Json) -> list[Json]:
    match item:
        case dict():
            return list(item.values())
        case list():
            return item
        case _:
            return []
