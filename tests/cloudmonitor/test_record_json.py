"""The record as JSON and back: nothing is lost, and what is no record is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.rules.record import Kind, Record
from bot.rules.record_json import KEYS, from_json, time_text, to_json
from tests.cloudmonitor.requests import SAMPLES, expected, only, sample


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_comes_back_from_its_json(name: str) -> None:
    record = only(sample(name)).record
    assert from_json(to_json(record)) == record
    assert from_json(expected(name)) == record


def test_an_empty_record_has_every_key_all_the_same() -> None:
    made = to_json(Record(Kind.UNKNOWN))
    assert tuple(made) == KEYS
    empty = {"dimensions": {}, "labels": {}, "content": {}, "expressions": [], "kind": "unknown"}
    assert made == dict.fromkeys(KEYS) | empty


def test_the_words_in_the_json_are_plain_texts() -> None:
    made = to_json(only(sample("02-ecs-cpu-recovery")).record)
    assert f"{made['kind']} {made['state']} {made['severity']}" == "threshold OK WARN"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 12, 6, 31, 1, 207_999, UTC), "2026-01-12T06:31:01.207Z"),
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8))), "2025-12-31T16:00:00.000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (None, None),
    ],
)
def test_a_moment_is_written_in_utc(moment: datetime | None, text: str | None) -> None:
    assert time_text(moment) == text


@pytest.mark.parametrize("change", [{"kind": "gossip"}, {"state": "FINE"}, {"severity": "BAD"}])
def test_words_of_no_record_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        from_json(to_json(Record(Kind.TEST)) | change)


def test_a_record_with_a_key_missing_is_refused() -> None:
    made = to_json(Record(Kind.TEST))
    del made["unit"]
    with pytest.raises(KeyError):
        from_json(made)
