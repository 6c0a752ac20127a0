"""Threshold callbacks: state, level and the fields of every generation of the form."""

import pytest

from bot.rules.record import Reported
from bot.rules.severity import Severity
from tests.cloudmonitor.requests import THRESHOLD, as_json, only, threshold

CRITICAL, WARN, INFO = Severity.CRITICAL, Severity.WARN, Severity.INFO
LEVELS = '[{"expression":"$Average>90","level":4},{"expression":"$Average>95","level":2}]'


@pytest.mark.fault("F13")
@pytest.mark.parametrize(
    ("word", "level", "state"),
    [
        ("ALERT", "WARN", Reported.ALERT),
        ("alert", "WARN", Reported.ALERT),
        ("ALARM", None, Reported.ALERT),
        ("TRIGGERED", None, Reported.ALERT),
        ("OK", "OK", Reported.OK),
        (" ok ", "WARN", Reported.OK),
        ("RESOLVED", None, Reported.OK),
        ("RECOVERED", None, Reported.OK),
        ("INSUFFICIENT_DATA", "NODATA", Reported.INSUFFICIENT_DATA),
        ("NO_DATA", "WARN", Reported.INSUFFICIENT_DATA),
        ("NoData", None, Reported.INSUFFICIENT_DATA),
        # alertState wins over triggerLevel
        ("ALERT", "OK", Reported.ALERT),
        ("ALERT", "NODATA", Reported.ALERT),
        ("INSUFFICIENT_DATA", "OK", Reported.INSUFFICIENT_DATA),
        # without it the level is all there is
        (None, "OK", Reported.OK),
        ("null", "NODATA", Reported.INSUFFICIENT_DATA),
        (None, "CRITICAL", Reported.ALERT),
        # an unknown word is no reason to stay quiet
        (None, None, Reported.ALERT),
        ("EXPLODED", "WARN", Reported.ALERT),
    ],
)
def test_the_state_follows_its_words(word: str | None, level: str | None, state: Reported) -> None:
    assert threshold(alertState=word, triggerLevel=level).state is state


@pytest.mark.parametrize(
    ("state", "level", "previous", "expression", "severity"),
    [
        ("ALERT", "CRITICAL", "null", "$A>1", CRITICAL),
        ("ALERT", "WARN", "CRITICAL", "$A>1", WARN),
        ("ALERT", "INFO", "null", LEVELS, INFO),
        ("ALERT", "P2", "null", "$A>1", CRITICAL),
        ("ALERT", "3", "null", "$A>1", WARN),
        ("ALERT", "null", "WARN", LEVELS, CRITICAL),  # the most severe in the expression
        ("ALERT", None, None, LEVELS, CRITICAL),
        ("ALERT", "OK", None, LEVELS, CRITICAL),
        ("ALERT", None, "WARN", "$A>1", None),
        ("OK", "OK", "WARN", LEVELS, WARN),  # the level that ended
        ("OK", "CRITICAL", "WARN", "$A>1", WARN),
        ("OK", "CRITICAL", "null", LEVELS, CRITICAL),
        ("OK", "INFO", "OK", LEVELS, INFO),
        ("OK", "OK", "null", LEVELS, CRITICAL),
        ("OK", "OK", None, "$A>1", None),
        ("INSUFFICIENT_DATA", "INFO", "WARN", LEVELS, INFO),
        ("INSUFFICIENT_DATA", "NODATA", "WARN", LEVELS, None),
        ("INSUFFICIENT_DATA", "null", "WARN", LEVELS, None),
        ("INSUFFICIENT_DATA", None, None, LEVELS, None),
    ],
)
def test_the_severity_follows_the_state(
    state: str,
    level: str | None,
    previous: str | None,
    expression: str,
    severity: Severity | None,
) -> None:
    record = threshold(
        alertState=state, triggerLevel=level, preTriggerLevel=previous, expression=expression
    )
    assert record.severity is severity


@pytest.mark.parametrize(
    ("word", "level"), [("null", None), ("OK", None), ("warning", WARN), ("4", INFO), (None, None)]
)
def test_the_previous_severity_is_a_level_or_nothing(
    word: str | None, level: Severity | None
) -> None:
    assert threshold(preTriggerLevel=word).previous_severity is level


@pytest.mark.parametrize(
    ("raw", "shown", "metric", "label"),
    [
        ("cpu_total", "CPU", "cpu_total", "CPU"),
        ("null", "CPU", "CPU", "CPU"),
        ("cpu_total", None, "cpu_total", "cpu_total"),
        (None, None, None, None),
    ],
)
def test_each_name_of_the_metric_stands_in_for_the_other(
    raw: str | None, shown: str | None, metric: str | None, label: str | None
) -> None:
    record = threshold(rawMetricName=raw, metricName=shown)
    assert (record.metric, record.metric_label) == (metric, label)


@pytest.mark.parametrize(
    ("project", "namespace", "found"),
    [
        ("acs_ecs", "acs_ecs_dashboard", ("acs_ecs", "acs_ecs_dashboard")),
        ("null", "acs_ecs_dashboard", ("acs_ecs_dashboard", "acs_ecs_dashboard")),
        ("acs_ecs", None, ("acs_ecs", None)),
        (None, None, (None, None)),
    ],
)
def test_the_namespace_stands_in_for_the_project(
    project: str | None, namespace: str | None, found: tuple[str | None, str | None]
) -> None:
    record = threshold(metricProject=project, namespace=namespace)
    assert (record.project, record.namespace) == found


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("alertName", "alert_name"),
        ("ruleId", "rule_id"),
        ("unit", "unit"),
        ("instanceName", "instance_name"),
        ("regionId", "region_id"),
        ("regionName", "region_name"),
        ("groupId", "group_id"),
        ("productGroupName", "group_name"),
        ("userId", "user_id"),
        ("transId", "episode_id"),
        ("lastTime", "duration_text"),
    ],
)
def test_each_text_has_its_key_and_may_be_absent(field: str, key: str) -> None:
    assert getattr(threshold(**{field: " a+b=c "}), key) == "a+b=c"
    for absent in ("null", "NULL", "", " ", None):
        assert getattr(threshold(**{field: absent}), key) is None


def test_what_belongs_to_other_kinds_is_not_taken() -> None:
    record = threshold(id="1", status="s", content='{"a": 1}', ruleName="r", subject="s")
    assert record == threshold()


@pytest.mark.parametrize(
    ("written", "value"),
    [("95 ", 95), ("1.2345678E8", 123456780), ("0.0", 0), ("-1", -1), ("NaN", None), ("", None)],
)
def test_the_value_is_a_number_or_nothing(written: str, value: float | None) -> None:
    assert threshold(curValue=written).value == value
    assert threshold(curValue=None, Curvalue=written).value == value


def test_numbers_in_json_serve_as_texts_and_texts_as_numbers() -> None:
    changes = {"userId": 1, "curValue": 91.25, "timestamp": 1768199461207, "triggerLevel": 3}
    assert only(as_json(THRESHOLD | changes)).record == threshold()


@pytest.mark.fault("F13")
def test_a_callback_of_nothing_but_a_name_is_a_record() -> None:
    record = only(as_json({"alertName": "a", "userId": None, "expression": {}, "dimensions": 5}))
    assert record.record.alert_name == "a"
    assert record.record.dimensions == {}
