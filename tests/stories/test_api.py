"""The JSON API and the doors for machines: tokens, filters, pages, errors, health, metrics."""

from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import utc_now
from bot.demo_samples import CPU, DISK, FORM, Sample
from tests.support.examples import tried
from tests.support.open_town import Answer, OpenTown
from tests.support.outage import away
from tests.support.town import API_TOKEN, Town, eventually, town

PROBLEM = "application/problem+json"
INCIDENT = {
    "id", "state", "severity", "acknowledged_by", "muted", "alarm", "first_value", "last_value",
    "opened_at", "recovered_at", "callbacks", "cards",
}  # fmt: skip
ALARM = {"id", "name", "rule_id", "project", "metric", "dimensions"}
CARD = {"channel", "ts", "wanted", "posted"}
CALLBACK = {"id", "outcome", "reason", "incident_id", "record", "raw"}


def fires() -> Sample:
    return CPU.says("ALERT", 91.25, utc_now())


async def heard(town: Town, *samples: Sample) -> list[dict[str, Any]]:
    return [await town.sent_and_applied(sample) for sample in samples]


async def problem(town: Town, path: str, **headers: str) -> dict[str, Any]:
    async with town.http.get(town.url + path, headers=headers) as answer:
        return answered(
            Answer(answer.status, {"content-type": answer.content_type}, await answer.read())
        )


def answered(answer: Answer) -> dict[str, Any]:
    """What a refusal says, in the form that all of them have."""
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json["status"] == answer.status
    return answer.json


@pytest.fixture(scope="module")
def library(shared_town: OpenTown) -> OpenTown:
    """Three incidents, one of them over, of four callbacks."""
    at = utc_now() - timedelta(minutes=1)
    second = replace(CPU, rule="rule-2")
    shared_town.run(
        heard(
            shared_town.town,
            CPU.says("ALERT", 91.25, at),
            DISK.says("ALERT", 96.1, at, now="CRITICAL"),
            second.says("ALERT", 88, at),
            second.says("OK", 40, utc_now(), now="OK"),
        )
    )
    return shared_town


# Who may ask


@pytest.mark.parametrize("path", ["incidents", "incidents/1", "callbacks", "callbacks/x", "alarms"])
@pytest.mark.parametrize(
    "given", [None, "Bearer wrong", "Basic YTpi", "Bearer", "Bearer callback-token-for-tests"]
)
def test_without_a_right_token_nothing_is_told(
    library: OpenTown, path: str, given: str | None
) -> None:
    headers = {"Authorization": given} if given else {}
    told = answered(library.ask("GET", f"/api/v1/{path}", headers=headers))
    assert told["status"] == 401
    assert "TOCSIN_API_TOKENS" in told["detail"]


async def test_without_tokens_set_the_api_answers_nobody(sqlite_url: str) -> None:
    async with town(sqlite_url, extra={"TOCSIN_API_TOKENS": ""}) as made:
        told = await problem(made, "/api/v1/incidents", Authorization="Bearer ")
    assert told["status"] == 401


# What it tells


async def test_an_incident_has_the_shape_that_scripts_rely_on(each_town: Town) -> None:
    await heard(each_town, fires())
    await each_town.card()
    await each_town.all_true()
    told = await each_town.incident()
    assert told.keys() >= INCIDENT
    assert told["alarm"].keys() >= ALARM
    assert told["cards"][0].keys() >= CARD
    assert told["state"] == "firing"
    assert told["severity"] == "WARN"
    assert told["first_value"] == told["last_value"] == 91.25
    assert told["alarm"]["dimensions"]["instanceId"] == CPU.instance
    assert told["cards"][0]["ts"] == (await each_town.card()).ts
    assert datetime.fromisoformat(told["opened_at"]).utcoffset() == timedelta(0)


async def test_a_callback_has_the_shape_that_scripts_rely_on(each_town: Town) -> None:
    (told,) = await heard(each_town, fires())
    assert told.keys() >= CALLBACK
    assert told["record"]["alert_name"] == CPU.alert
    assert told["raw"]["method"] == "POST"
    assert "curValue=91.25" in told["raw"]["body"]


async def test_a_callback_is_known_before_it_is_applied(each_town: Town) -> None:
    number = await each_town.send(fires())
    assert (await each_town.ask(f"callbacks/{number}"))["id"] == number
    assert (await each_town.outcome(number))["outcome"] == "opened"


async def test_a_body_that_is_no_text_is_told_in_base64(small_town: Town) -> None:
    (told,) = await heard(small_town, Sample(FORM, b"\xff\xfe\x00"))
    assert told["outcome"] == "unreadable"
    assert told["raw"]["body"] is None
    assert told["raw"]["body_base64"] == "//4A"


# Filters and pages


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=firing", 2),
        ("state=RECOVERED", 1),
        ("severity=critical", 1),
        ("project=acs_ecs", 3),
        (f"rule={CPU.rule}", 1),
        ("region=cn-shenzhen", 1),
        ("group=orders", 1),
        ("acked=no", 3),
        ("acked=yes", 0),
        (f"alarm={quote(DISK.alert)}", 1),
        ("device=/dev/vda1", 1),
        (f"instanceId={CPU.instance}", 2),
        (f"instanceId={CPU.instance}&state=firing", 1),
        ("dimension.nosuchdimension=x", 0),
        ("device=%00", 0),
        ("alarm_id=999999999999999999", 0),
        ("severity=critical,warn&state=open", 2),
        ("callbacks=%3E%3D2", 1),
        ("since=1h&until=now", 3),
        (f"alarm={quote(CPU.alert[:5])}*", 2),
        ("q=severity:critical", 1),
        ("q=instanceId:*+-state:firing", 1),
        ("q=cpu&state=firing&severity=warn", 1),
        ("q=%22no+such+thing%22", 0),
    ],
)
def test_incidents_are_found_by_field_and_dimension(
    library: OpenTown, query: str, found: int
) -> None:
    assert len(library.ask_api(f"incidents?{query}").json["items"]) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [("outcome=opened", 3), ("outcome=recovered", 1), ("kind=threshold", 4), ("source=tests", 4),
     ("source=%00", 0), ("incident_id=1", 1), ("outcome=opened&incident_id=2", 1)],
)  # fmt: skip
def test_callbacks_are_found_by_their_fields(library: OpenTown, query: str, found: int) -> None:
    assert len(library.ask_api(f"callbacks?{query}").json["items"]) == found


@pytest.mark.parametrize("order", ["newest", "oldest", "severity", "duration", "worst"])
def test_incidents_are_listed_in_the_order_that_is_asked_for(library: OpenTown, order: str) -> None:
    whole = library.ask_api(f"incidents?q=sort:{order}").json["items"]
    again = library.ask_api(f"incidents?sort={order}").json["items"]
    assert [item["id"] for item in again] == [item["id"] for item in whole]
    assert sorted(item["id"] for item in whole) == [1, 2, 3]
    if order == "severity":
        assert whole[0]["severity"] == "CRITICAL"


def test_alarms_are_found_by_what_they_say(library: OpenTown) -> None:
    assert len(library.ask_api("alarms?q=device:/dev/vda1").json["items"]) == 1
    assert len(library.ask_api(f"alarms?instanceId={CPU.instance}").json["items"]) == 2


def test_a_refused_search_names_the_field_and_the_nearest_for_programs(library: OpenTown) -> None:
    told = answered(library.ask_api("incidents?q=severty:critical"))
    assert told["field"] == "severty"
    assert told["near"] == "severity"
    assert told["code"] == "query.refused.unknown_field"


def test_incidents_come_as_a_file_for_spreadsheets(library: OpenTown) -> None:
    answer = library.ask_api("incidents?q=sort:oldest&severity=warn&format=csv&limit=1")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["x-total-count"] == "2"
    lines = answer.body.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,state,severity,")
    assert len(lines) == 3


@pytest.mark.parametrize("what", ["incidents", "callbacks", "alarms"])
def test_pages_follow_each_other_without_gap_or_overlap(library: OpenTown, what: str) -> None:
    whole = [item["id"] for item in library.ask_api(what).json["items"]]
    seen: list[object] = []
    cursor: str | None = ""
    while cursor is not None:
        page = library.ask_api(f"{what}?limit=1" + (f"&cursor={cursor}" if cursor else "")).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == whole
    assert len(whole) >= 3


# What cannot be answered


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("incidents?limit=0", "limit"),
        ("incidents?limit=201", "limit"),
        ("incidents?limit=x", "limit"),
        ("incidents?cursor=x", "cursor"),
        ("incidents?cursor=", "cursor"),
        ("incidents?severty=WARN", "severity"),
        ("incidents?a%20b=1", "a b"),
        ("callbacks?cursor=x", "cursor"),
        ("callbacks?state=firing", "outcome"),
        ("callbacks?incident_id=x", "incident_id"),
        ("callbacks?incident_id=" + "9" * 30, "incident_id"),
        ("callbacks/x", "callback"),
        ("incidents/x", "incident"),
        ("incidents/" + "0" * 20 + "9" * 30, "incident"),
        ("incidents/" + "9" * 5000, "incident"),
        ("alarms?cursor=-1", "cursor"),
        ("alarms?state=firing", "state"),
        ("alarms?q=sort:worst", "sort"),
        ("incidents?nosuchdimension=x", "nosuchdimension"),
        ("incidents?alarm_id=x", "alarm_id"),
        ("incidents?q=severty:critical", "severity"),
        ("incidents?q=state:fire", "firing"),
        ("incidents?q=sort:worst&cursor=3", "cursor"),
        ("incidents?format=xml", "format"),
        ("incidents?q=" + "a+" * 60, "50"),
    ],
)
def test_a_wrong_question_is_answered_with_its_remedy(
    library: OpenTown, path: str, said: str
) -> None:
    told = answered(library.ask_api(path))
    assert told["status"] == 400
    assert said in told["detail"]


@pytest.mark.parametrize(
    "path",
    ["incidents/99", "incidents/0", "callbacks/01a208e7-7997-7c8f-b8bc-7ea3174eae72", "nothing"],
)
def test_what_is_not_there_is_not_found(library: OpenTown, path: str) -> None:
    assert answered(library.ask_api(path))["status"] == 404


async def test_without_a_database_the_api_says_to_come_again(postgres_url: str) -> None:
    async with town(postgres_url) as made, away(postgres_url):
        told = await problem(made, "/api/v1/incidents", Authorization=f"Bearer {API_TOKEN}")
    assert told["status"] == 503


KNOWN = [*sorted(INCIDENT), "limit", "cursor", "rule", "outcome", "acked", "q", "format", "sort"]
NAMES = st.sampled_from(KNOWN) | st.text(max_size=8)
TEXTS = st.text(max_size=30) | st.integers().map(str)
LISTS = st.sampled_from(["incidents", "callbacks", "alarms", "incidents/1"])


@tried(150)
@given(LISTS, st.lists(st.tuples(NAMES, TEXTS), max_size=3))
def test_no_question_whatever_breaks_the_api(
    library: OpenTown, what: str, query: list[tuple[str, str]]
) -> None:
    answer = library.ask_api(f"{what}?{urlencode(query, errors='replace')}")
    assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, answer.body


# For machines and those who watch


async def test_the_openapi_page_loads_and_names_every_list(small_town: Town) -> None:
    async with small_town.http.get(f"{small_town.url}/api/docs") as answer:
        assert answer.status == 200
    async with small_town.http.get(f"{small_town.url}/api/openapi.json") as answer:
        paths = (await answer.json())["paths"]
    assert {"/api/v1/incidents", "/api/v1/callbacks", "/api/v1/callbacks/{callback_id}"} <= set(
        paths
    )


async def test_a_well_bot_is_alive_and_ready(each_town: Town) -> None:
    async with each_town.http.get(f"{each_town.url}/healthz") as answer:
        assert answer.status == 200
    told = await each_town.ready()
    assert told["code"] == 200
    assert all(check["ok"] for check in told["checks"].values())
    assert told["checks"]["cards"]["detail"] == "0 behind"


async def test_a_revoked_token_makes_the_bot_not_ready_and_says_why(small_town: Town) -> None:
    small_town.slack.revoke()
    await small_town.send(fires())
    told = await eventually(lambda: unready(small_town))
    assert "token_revoked" in str(told["checks"]["slack"])


async def test_a_token_that_was_never_right_makes_the_bot_not_ready(sqlite_url: str) -> None:
    async with town(sqlite_url, extra={"SLACK_BOT_TOKEN": "xoxb-wrong"}) as made:
        told = await eventually(lambda: unready(made))
    assert "invalid_auth" in str(told["checks"]["slack"])


async def test_an_archived_channel_makes_the_bot_not_ready_until_mended(sqlite_url: str) -> None:
    ahead = timedelta()
    async with town(sqlite_url, clock=lambda: utc_now() + ahead) as made:
        made.slack.archive("alarms")
        await made.send(fires())
        told = await eventually(lambda: unready(made))
        assert "is_archived" in str(told["checks"]["channels"])
        made.slack.archive("alarms", archived=False)
        ahead = timedelta(minutes=1, seconds=1)
        await made.card()
        await eventually(lambda: ready(made))


async def unready(town: Town) -> dict[str, Any] | None:
    told = await town.ready()
    return told if told["code"] == 503 else None


async def ready(town: Town) -> bool:
    return (await town.ready())["code"] == 200


async def test_metrics_count_callbacks_by_outcome(small_town: Town) -> None:
    await heard(small_town, fires())
    async with small_town.http.get(f"{small_town.url}/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        text = await answer.text()
    assert 'tocsin_callbacks_total{outcome="opened"} 1.0' in text
    assert "tocsin_callback_take_seconds_count 1.0" in text
