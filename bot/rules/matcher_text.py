"""Matchers as people type them: `instanceId=i-bp1*, severity!=critical metric=~"cpu.*"`.

Pure. Parted by spaces, commas or lines; quotes keep them together. A `*` or `?` after `=` or
`!=` stands for other characters, as in a search: no dimension has a real one.
"""

import re

from bot.rules.matcher import BadPattern, Matcher, Operator, matcher

_ONE = re.compile(
    r"""\s*(?P<field>[^\s,=!~"“”]+)\s*(?P<operator>=~|!~|!=|==|=|:)\s*"""
    r"""(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|“(?P<curly>[^”]*)”|(?P<plain>[^\s,]+))\s*,?\s*"""
)
_OPERATORS = {"==": Operator.EQUAL, ":": Operator.EQUAL} | {one.value: one for one in Operator}
_OF_WILDCARD = {Operator.EQUAL: Operator.FITS, Operator.UNEQUAL: Operator.FITS_NOT}
LONGEST = 4_000  # characters of all conditions together
SHOWN = 60
EXAMPLE = "instanceId=i-bp1*"
SIGNS = "= != =~ !~"


class MatchersRefused(ValueError):
    """Conditions that cannot be read; `key` names the sentence, `values` go into it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"matchers.refused.{key}")
        self.key = f"matchers.refused.{key}"
        self.values = values


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """All conditions of a text; an empty one has none. Raises MatchersRefused."""
    if len(text) > LONGEST:
        raise MatchersRefused("too_long", most=LONGEST)
    found: list[Matcher] = []
    place = 0
    text = text.strip().strip("{}").strip()
    while place < len(text):
        one = _ONE.match(text, place)
        if one is None:
            raise MatchersRefused(
                "unreadable", text=text[place : place + SHOWN], example=EXAMPLE, signs=SIGNS
            )
        found.append(_matcher(one))
        place = one.end()
    return tuple(found)


def starts_matcher(text: str) -> bool:
    """Whether a text begins with a condition rather than with anything else."""
    return _ONE.match(text) is not None


def next_matcher(text: str) -> tuple[Matcher, str] | None:
    """The condition that a text begins with, and the rest; None where it begins otherwise."""
    one = _ONE.match(text)
    return (_matcher(one), text[one.end() :]) if one else None


def _matcher(one: re.Match[str]) -> Matcher:
    operator = _OPERATORS[one["operator"]]
    quoted = one["quoted"]
    text = one["plain"] or one["curly"] or ""
    if quoted is not None:
        text = re.sub(r"\\([\\\"])", r"\1", quoted)
    if operator in _OF_WILDCARD and ("*" in text or "?" in text):
        operator, text = _OF_WILDCARD[operator], _pattern(text)
    try:
        return matcher(one["field"], operator, text)
    except BadPattern as error:
        raise MatchersRefused("pattern", text=text[:SHOWN], reason=str(error)) from error


def _pattern(text: str) -> str:
    """Wildcards as a regular expression."""
    return re.sub(
        r"[*?]|[^*?]+",
        lambda part: {"*": ".*", "?": "."}.get(part[0]) or re.escape(part[0]),
        text,
    )


def shown(matchers: tuple[Matcher, ...]) -> str:
    """The same conditions as a text that `parse_matchers` reads back."""
    return "\n".join(f"{one.field}{one.operator.value}{_quoted(one)}" for one in matchers)


def _quoted(one: Matcher) -> str:
    escaped = one.text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
