"""The names of a search's fields, and what a name means that is none.

Pure. A name that no reader of `query_readers` has is a dimension, a label, or a mistake, and
which of these is decided here. Mistakes are named with the field they were meant to be.
"""

import re

from bot.rules.query_facts import DIMENSION, LABEL
from bot.rules.query_readers import READERS, Scope, reader_of
from bot.rules.query_terms import Condition, QueryRefused, folded
from bot.rules.query_values import nearest
from bot.rules.query_words import Word

ALIASES = {
    "sev": "severity",
    "ack": "acked",
    "acknowledged": "acked",
    "lasted": "duration",
    "started": "opened",
    "fired": "opened",
    "updated": "heard",
    "remarks": "notes",
}  # other names of fields
MEANT = {
    "level": "severity",
    "status": "state",
    "type": "is",
    "kind": "is",
    "name": "alarm",
    "title": "alarm",
    "namespace": "project",
    "service": "project",
    "count": "callbacks",
    "last": "value",
    "before": "until",
    "after": "since",
    "from": "since",
    "to": "until",
    "order": "sort",
    "host": "instance",
}  # names that may be a dimension's, but hardly are

WELL_KNOWN = frozenset(
    {"instanceid", "device", "diskname", "mountpoint", "ip", "port", "vip", "url", "domain"}
)
"""Dimensions of the sender's that nobody should be refused before the first alarm has them."""

_NAME = re.compile(r"[^\W\d][\w.-]{0,99}")
_OPERATOR = re.compile(
    r"(?P<name>[^\W\d][\w.-]{0,99})(?:[=!]~|[!=<>]=?|[≥≤＞＜])(?P<value>.+)", re.DOTALL
)

FIELDS = (*READERS, "sort")
"""Every name that is a field in any database."""


def condition(word: Word, scope: Scope) -> Condition:
    """What `name:value` asks for. Raises QueryRefused."""
    field = field_of(word.name or "", scope)
    return reader_of(field)(field, word.value, scope)


def field_of(name: str, scope: Scope) -> str:
    """The field that a name names, a dimension's as `dimension.NAME`. Raises QueryRefused."""
    said = folded(name)
    field = ALIASES.get(said, said)
    if field in FIELDS:
        return field
    if said.startswith((DIMENSION, LABEL)) and said.partition(".")[2]:
        return said
    known = {folded(each) for each in scope.dimensions or ()}
    if said in known or said in WELL_KNOWN:
        return DIMENSION + said
    near = MEANT.get(said) or nearest(said, [*FIELDS, *ALIASES, *sorted(known | WELL_KNOWN)])
    if scope.dimensions is None and _may_be_a_dimension(name, near):
        return DIMENSION + said
    if near:
        raise QueryRefused("unknown_field", field=name, near=ALIASES.get(near, near))
    raise QueryRefused("no_such_field", field=name)


def _may_be_a_dimension(name: str, near: str | None) -> bool:
    """`instanceId` is no slip of `instance`: so dimensions are called."""
    looks_like_one = not name.islower() or name.endswith("id")
    return _NAME.fullmatch(name) is not None and (near is None or looks_like_one)


def is_name(text: str) -> bool:
    """Whether a field or a dimension could be called so; `10.0.0.1` and `-` could not."""
    return _NAME.fullmatch(text) is not None


def with_operator(text: str) -> str | None:
    """The field of `severity=critical`, which is how mutes are written and searches are not."""
    said = _OPERATOR.fullmatch(text)
    if said is None:
        return None
    name = folded(said["name"])
    known = name in FIELDS or name in ALIASES or name.startswith((DIMENSION, LABEL))
    return name if known or name in WELL_KNOWN else None
