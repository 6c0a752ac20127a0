"""A search's text as words: quotes, escapes, wildcards, and where a field ends.

Pure. Words are parted by spaces. Quotes keep spaces, commas and colons together; a
backslash takes the meaning from `" * ? , : \\` and is itself before anything else. Curly
quotes, which telephones and Slack type by themselves, count like straight ones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.rules.query_terms import Pattern, QueryRefused, Wild, folded

LONGEST = 2_000  # characters of a search
MOST_WORDS = 50
ESCAPABLE = '"*?,:\\'
CLOSING = {'"': '"', "“": "“”", "”": "“”", "„": "“”"}
COLONS = (":", "：")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Mark(Enum):
    """How a character was written."""

    PLAIN = 0
    QUOTED = 1  # parts nothing, but may be a wildcard
    ESCAPED = 2  # itself


@dataclass(frozen=True, slots=True)
class Char:
    """One character of a word."""

    text: str
    mark: Mark

    def means(self, *texts: str) -> bool:
        """Whether it is one of these with its special meaning."""
        return self.mark is Mark.PLAIN and self.text in texts


Chars = Sequence[Char]


@dataclass(frozen=True, slots=True)
class Word:
    """`name:value`, or a value alone; `whole` is all of it without the sign of negation."""

    whole: Chars
    name: str | None
    value: Chars
    negated: bool = False

    @property
    def is_parameter(self) -> bool:
        """Whether its name came apart from its value: then it cannot be a text with a colon."""
        return self.name is not None and self.whole is self.value


def cleaned(text: str) -> str:
    """Text that both engines can take: without NUL and without half characters."""
    return _UNSTORABLE.sub("\ufffd", text)


def words(text: str) -> list[Word]:
    """The words of a search, with `not` and `AND` worked in."""
    found: list[Word] = []
    contrary = False
    for chars in _parted(characters(text)):
        said = plain_text_of(chars)
        if said == "OR":
            raise QueryRefused("or")
        if said in ("not", "Not", "NOT"):
            contrary = not contrary
        elif said != "AND":
            found.append(_word(chars, contrary=contrary))
            contrary = False
    if contrary:
        raise QueryRefused("dangling_not")
    if len(found) > MOST_WORDS:
        raise QueryRefused("too_many", most=MOST_WORDS)
    return found


def parameter(name: str, text: str) -> Word:
    """A word whose name and value came apart, as in an address: its value may hold spaces."""
    value = characters(text)
    return Word(value, cleaned(name), value)


def characters(text: str) -> list[Char]:
    """Every character with how it was written; quotes and escapes are used up."""
    if len(text) > LONGEST:
        raise QueryRefused("too_long", most=LONGEST)
    return list(_characters(cleaned(text)))


def _characters(text: str) -> Iterator[Char]:
    place, closing = 0, ""
    while place < len(text):
        char, following = text[place], text[place + 1 : place + 2]
        if char == "\\" and following and following in ESCAPABLE:
            yield Char(following, Mark.ESCAPED)
            place += 1
        elif closing and char in closing:
            closing = ""
            yield Char("", Mark.QUOTED)  # so that "" is something, though empty
        elif not closing and char in CLOSING:
            closing = CLOSING[char]
        else:
            yield Char(char, Mark.QUOTED if closing else Mark.PLAIN)
        place += 1
    if closing:
        raise QueryRefused("quote", text=text)


def _parted(chars: Chars) -> Iterator[Chars]:
    word: list[Char] = []
    for char in chars:
        if char.mark is Mark.PLAIN and char.text.isspace():
            if word:
                yield word
            word = []
        else:
            word.append(char)
    if word:
        yield word


def plain_text_of(chars: Chars) -> str | None:
    """The text of a word without a quote or an escape."""
    plain = all(char.mark is Mark.PLAIN for char in chars)
    return text_of(chars) if plain else None


def _word(chars: Chars, *, contrary: bool) -> Word:
    if len(chars) > 1 and chars[0].means("-"):
        chars, contrary = chars[1:], not contrary
    colon = next((n for n, char in enumerate(chars) if char.means(*COLONS)), 0)
    if colon == 0 or chars[0].mark is not Mark.PLAIN:
        return Word(chars, None, chars, contrary)
    return Word(chars, text_of(chars[:colon]), chars[colon + 1 :], contrary)


def text_of(chars: Chars) -> str:
    """The characters alone."""
    return "".join(char.text for char in chars)


def items(chars: Chars) -> list[Chars]:
    """A list's values; empty ones are left out."""
    found: list[list[Char]] = [[]]
    for char in chars:
        if char.means(","):
            found.append([])
        else:
            found[-1].append(char)
    return [item for item in found if text_of(item).strip()]


def pattern(chars: Chars) -> Pattern:
    """What the characters stand for, in its one form: no empty pieces, no two `*` in a row."""
    pieces: list[str | Wild] = []
    for char in chars:
        wild = char.mark is not Mark.ESCAPED and char.text in ("*", "?")
        sign = Wild(char.text) if wild else folded(char.text)
        if isinstance(sign, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += sign
        elif sign and not (sign is Wild.MANY and pieces[-1:] == [Wild.MANY]):
            pieces.append(sign)
    return Pattern(tuple(pieces))
