"""Severities: three words in an order, and an unknown one below them all."""

import pytest

from bot.rules.severity import Severity, rank_of, worse_of

CRITICAL, WARN, INFO = Severity.CRITICAL, Severity.WARN, Severity.INFO


def test_critical_is_worst_and_unknown_least() -> None:
    assert sorted((INFO, None, CRITICAL, WARN), key=rank_of) == [None, INFO, WARN, CRITICAL]


@pytest.mark.parametrize(
    ("one", "other", "worse"),
    [
        (WARN, CRITICAL, CRITICAL),
        (CRITICAL, WARN, CRITICAL),
        (INFO, WARN, WARN),
        (INFO, None, INFO),
        (None, INFO, INFO),
        (None, None, None),
        (WARN, WARN, WARN),
    ],
)
def test_the_worse_of_two_severities(
    one: Severity | None, other: Severity | None, worse: Severity | None
) -> None:
    assert worse_of(one, other) is worse
