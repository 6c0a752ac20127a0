"""The samples of the format's specification, and what they say of one another."""

from collections.abc import Callable

import pytest

from bot.rules.record import Reading
from bot.rules.record_json import KEYS, to_json
from tests.cloudmonitor.requests import SAMPLES, expected, only, sample

RELATIONS = [
    (name, relation, other)
    for name in SAMPLES
    for relation, other in expected(name).items()
    if relation.startswith(("same_", "different_"))
]


def alarm(reading: Reading) -> str:
    return reading.alarm_key


def delivery(reading: Reading) -> str:
    return reading.delivery_key


def test_no_sample_has_been_lost() -> None:
    assert len(SAMPLES) >= 17
    assert len(RELATIONS) >= 6


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_gives_its_record(name: str) -> None:
    wanted = expected(name)
    assert to_json(only(sample(name)).record) == {key: wanted[key] for key in KEYS}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_keys_stand_in_the_order_of_the_specification(name: str) -> None:
    assert list(to_json(only(sample(name)).record)) == [k for k in expected(name) if k in KEYS]


@pytest.mark.parametrize(("name", "relation", "other"), RELATIONS)
def test_the_samples_relate_as_they_say(name: str, relation: str, other: str) -> None:
    key: Callable[[Reading], str] = alarm if "_alarm_" in relation else delivery
    is_same = key(only(sample(name))) == key(only(sample(other)))
    assert is_same == relation.startswith("same_")


def test_samples_of_different_alarms_share_no_key() -> None:
    of_one_alarm = {name for name, relation, _ in RELATIONS if relation == "same_alarm_as"}
    readings = [only(sample(name)) for name in SAMPLES if name not in of_one_alarm]
    keyed = [reading for reading in readings if reading.alarm_key]
    assert len({reading.alarm_key for reading in keyed}) == len(keyed)
    assert len({reading.delivery_key for reading in keyed}) == len(keyed)


@pytest.mark.parametrize(
    ("name", "text", "times"),
    [
        ("01-ecs-cpu-first-alert", "Average >= 85", None),
        ("07-site-monitor", "ErrorCodeMaximum >= 400", None),
        ("09-documented-json-2017", "Average > 90", 2),
        ("11-no-data", "Value < 1", None),
        ("15-cloudmonitor2-json", "None > 80", None),
    ],
)
def test_the_threshold_of_a_sample_is_found(name: str, text: str, times: int | None) -> None:
    threshold = only(sample(name)).threshold
    assert threshold
    assert f"{threshold.statistic} {threshold.comparison} {threshold.limit:g}" == text
    assert threshold.times == times
