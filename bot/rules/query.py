"""The search language: one text, the same in Slack, in the JSON API and on the command line.

    severity:critical metric:CPU* instanceId:i-bp1* since:7d state:firing acked:no "free text"

Pure. Every word must hold. `field:a,b` is one or the other, `-field:a` and `not field:a` the
contrary, `*` and `?` stand for other characters, `field:>10`, `field:80..95` and `since:7d`
are ranges, `sort:` is the order. A word without a field is looked for in everything that the
alarm says of itself. Whatever text comes in, what comes out is a Query or a QueryRefused.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from bot.rules.query_fields import condition, is_name, with_operator
from bot.rules.query_readers import Scope
from bot.rules.query_terms import (
    Condition,
    Counted,
    Fact,
    Lasted,
    Measured,
    OneOf,
    Order,
    Query,
    QueryRefused,
    Range,
    Taken,
    Term,
    Text,
    Timed,
    folded,
)
from bot.rules.query_values import nearest, texts
from bot.rules.query_words import (
    MOST_WORDS,
    Word,
    parameter,
    pattern,
    plain_text_of,
    text_of,
    words,
)

__all__ = ["Order", "Query", "QueryRefused", "alarm_terms", "parse"]

_NUMBERED = re.compile(r"#(\d{1,18})", re.ASCII)
ORDERS = tuple(order.value for order in Order)


def parse(
    text: str,
    parameters: Iterable[tuple[str, str]] = (),
    *,
    now: datetime,
    zone: tzinfo = UTC,
    dimensions: Collection[str] | None = None,
    me: str | None = None,
) -> Query:
    """What a text asks for; an empty one asks for everything. Raises QueryRefused.

    `parameters` are further terms whose names and values came apart, as in an address.
    `zone` is the person's: days begin there. `dimensions` are the names that the store
    knows; with them every other name is refused, without them only slips of the pen are.
    """
    said = [*words(text), *(parameter(name, value) for name, value in parameters)]
    if len(said) > MOST_WORDS:
        raise QueryRefused("too_many", most=MOST_WORDS)
    return _query(said, Scope(now, zone, dimensions, me))


def alarm_terms(query: Query) -> tuple[Term, ...]:
    """The terms of a search for alarms. Raises QueryRefused for what only incidents have."""
    for term in query.terms:
        if not isinstance(term.condition, Fact | Text):
            raise QueryRefused("not_of_alarms", field=_name_of(term.condition))
    if query.order is not Order.NEWEST:
        raise QueryRefused("not_of_alarms", field="sort")
    return query.terms


def _name_of(condition: Condition) -> str:
    match condition:
        case OneOf(field) | Counted(field) | Measured(field) | Timed(field) | Fact(field):
            return field
        case Taken():
            return "acked"
        case Lasted():
            return "duration"
        case Text():
            return "text"


def _query(said: Sequence[Word], scope: Scope) -> Query:
    order = Order.NEWEST
    terms: list[Term] = []
    for word in said:
        if word.name is not None and folded(word.name) == "sort":
            order = _order(word)
        else:
            terms.append(_term(word, scope))
    return Query(tuple(dict.fromkeys(terms)), scope.now, order)


def _order(word: Word) -> Order:
    (named, *more) = texts("sort", word.value)
    said = folded(named)
    if word.negated or more or said not in ORDERS:
        near = nearest(said, ORDERS) or Order.NEWEST.value
        raise QueryRefused("sort", text=named, choices=", ".join(ORDERS), near=near)
    return Order(said)


def _term(word: Word, scope: Scope) -> Term:
    if word.name is not None and _names_a_field(word, word.name):
        return Term(condition(word, scope), word.negated)
    said = plain_text_of(word.whole) or ""
    if numbered := _NUMBERED.fullmatch(said):
        number = int(numbered[1])
        return Term(Counted("id", (Range(number, number),)), word.negated)
    if field := with_operator(said):
        raise QueryRefused("operator", text=said, field=field)
    return Term(Text(pattern(word.whole)), word.negated)


def _names_a_field(word: Word, name: str) -> bool:
    """`10.0.0.1:80`, `12:30` and `https://…` are texts with a colon in them."""
    if word.is_parameter:
        return True
    return is_name(name.partition(".")[0]) and not text_of(word.value).startswith("//")
