"""The search language: what each text asks for, and how every other text is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.query import parse
from bot.rules.query_fields import FIELDS
from bot.rules.query_terms import (
    Counted,
    Fact,
    Lasted,
    Measured,
    OneOf,
    Order,
    Pattern,
    Query,
    QueryRefused,
    Range,
    Taken,
    Term,
    Text,
    Timed,
    Wild,
)
from bot.rules.query_words import LONGEST, MOST_WORDS
from tests.support.examples import tried
from tests.support.values import NOON

MANY, ONE = Wild.MANY, Wild.ONE
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def pattern(*pieces: str | Wild) -> Pattern:
    return Pattern(pieces)


def fact(field: str, *patterns: Pattern | str) -> Fact:
    return Fact(field, tuple(pattern(p) if isinstance(p, str) else p for p in patterns))


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def ago(**said: float) -> datetime:
    return NOON - timedelta(**said)


def only(text: str, **scope: object) -> Term:
    (term,) = parse(text, now=NOON, **scope).terms
    return term


def refusal(text: str, **scope: object) -> QueryRefused:
    with pytest.raises(QueryRefused) as caught:
        parse(text, now=NOON, **scope)
    return caught.value


CONDITIONS = [
    # choices
    ("severity:critical", OneOf("severity", ("critical",))),
    ("SEVERITY:Critical", OneOf("severity", ("critical",))),
    ("severity:info,critical", OneOf("severity", ("critical", "info"))),
    ("sev:warning", OneOf("severity", ("warn",))),
    ("severity:严重", OneOf("severity", ("critical",))),
    ("severity:none", OneOf("severity", ("none",))),
    ("severity:>=warn", OneOf("severity", ("critical", "warn"))),
    ("severity:>warn", OneOf("severity", ("critical",))),
    ("severity:<warn", OneOf("severity", ("info", "none"))),
    ("severity:≤warn", OneOf("severity", ("warn", "info", "none"))),
    ("severity:>critical", OneOf("severity", ())),
    ("state:firing", OneOf("state", ("firing",))),
    ("state:open", OneOf("state", ("firing", "no_data"))),
    ("state:over", OneOf("state", ("recovered", "closed"))),
    ("state:no-data", OneOf("state", ("no_data",))),
    ('state:"no data"', OneOf("state", ("no_data",))),
    ("is:event", OneOf("is", ("event",))),
    ("muted:yes", OneOf("muted", ("yes",))),
    ("muted:false", OneOf("muted", ("no",))),
    ("feedback:not-actionable", OneOf("feedback", ("not_actionable",))),
    # facts
    ("metric:CPU*", fact("metric", pattern("cpu", MANY))),
    ("metric:CPU***", fact("metric", pattern("cpu", MANY))),
    ("metric:c?u", fact("metric", pattern("c", ONE, "u"))),
    ("metric:cpu_total,mem%", fact("metric", "cpu_total", "mem%")),
    (r"metric:a\*b\,c", fact("metric", "a*b,c")),
    ('rule:"a, b:c"', fact("rule", "a, b:c")),
    ("rule:“a b”", fact("rule", "a b")),
    ("alarm：磁盘*", fact("alarm", pattern("磁盘", MANY))),
    ("project:acs:ecs", fact("project", "acs:ecs")),
    ("account:STRASSE,straße", fact("account", "strasse", "strasse")),
    ("instanceId:i-bp1*", fact("dimension.instanceid", pattern("i-bp1", MANY))),
    ("instanceid:x", fact("dimension.instanceid", "x")),
    ("device:/dev/vda1", fact("dimension.device", "/dev/vda1")),
    ("dimension.state:TIME_WAIT", fact("dimension.state", "time_wait")),
    ('dimension."a b":x', fact("dimension.a b", "x")),
    ("label.Team:pay", fact("label.team", "pay")),
    # numbers
    ("id:42", Counted("id", (Range(42, 42),))),
    ("id:#42", Counted("id", (Range(42, 42),))),
    ("#42", Counted("id", (Range(42, 42),))),
    ("mute:17", Counted("mute", (Range(17, 17),))),
    ("callbacks:>=3", Counted("callbacks", (Range(low=3),))),
    ("callbacks:>3", Counted("callbacks", (Range(low=3, low_open=True),))),
    ("callbacks:<3,10..", Counted("callbacks", (Range(high=3, high_open=True), Range(low=10)))),
    ("notes:1..*", Counted("notes", (Range(low=1),))),
    ("firings:..5", Counted("firings", (Range(high=5),))),
    ("alarm_id:-1", Counted("alarm_id", (Range(-1, -1),))),
    ("value:80..95", Measured("value", (Range(80.0, 95.0),))),
    ("value:-5..-1.5", Measured("value", (Range(-5.0, -1.5),))),
    ("worst:>=99%", Measured("worst", (Range(low=99.0),))),
    ("first:1e3", Measured("first", (Range(1000.0, 1000.0),))),
    # durations
    ("duration:>10m", Lasted((Range(low=timedelta(minutes=10), low_open=True),))),
    ("duration:10m", Lasted((Range(low=timedelta(minutes=10)),))),
    ("duration:<1h30m", Lasted((Range(high=timedelta(minutes=90), high_open=True),))),
    ("duration:0..5m", Lasted((Range(timedelta(), timedelta(minutes=5)),))),
    ("lasted:>2小时", Lasted((Range(low=timedelta(hours=2), low_open=True),))),
    # moments
    ("since:7d", Timed("opened", (Range(low=ago(days=7)),))),
    ('since:"7d ago"', Timed("opened", (Range(low=ago(days=7)),))),
    ("until:2h", Timed("opened", (Range(high=ago(hours=2)),))),
    ("opened:7d", Timed("opened", (Range(low=ago(days=7)),))),
    ("opened:7d..2d", Timed("opened", (Range(ago(days=7), ago(days=2)),))),
    ("opened:7d..", Timed("opened", (Range(low=ago(days=7)),))),
    ("opened:..2026-11-01", Timed("opened", (Range(high=at(2), high_open=True),))),
    ("opened:>now", Timed("opened", (Range(low=NOON, low_open=True),))),
    ("since:2026-11-01", Timed("opened", (Range(low=at(1)),))),
    ("until:2026-11-05", Timed("opened", (Range(high=at(6), high_open=True),))),
    (
        "opened:2026-11-01..2026-11-05",
        Timed("opened", (Range(at(1), at(6), high_open=True),)),
    ),
    ("opened:2026-11-01", Timed("opened", (Range(at(1), at(2), high_open=True),))),
    ("opened:>2026-11-01", Timed("opened", (Range(low=at(2)),))),
    ("opened:>=2026-11-01", Timed("opened", (Range(low=at(1)),))),
    ("opened:<2026-11-01", Timed("opened", (Range(high=at(1), high_open=True),))),
    ("opened:<=2026-11-01", Timed("opened", (Range(high=at(2), high_open=True),))),
    ("opened:2026-10", Timed("opened", (Range(OCTOBER, at(1), high_open=True),))),
    ("heard:today", Timed("heard", (Range(at(23), at(24), high_open=True),))),
    ("recovered:昨天", Timed("recovered", (Range(at(22), at(23), high_open=True),))),
    ("closed:9:30", Timed("closed", (Range(at(23, 9, 30), at(23, 9, 31), high_open=True),))),
    ("since:2026-11-01T12:30", Timed("opened", (Range(low=at(1, 12, 30)),))),
    ("since:2026-11-01T12:30+08:00", Timed("opened", (Range(low=at(1, 4, 30)),))),
    ('since:"2026-11-01 12:30:00Z"', Timed("opened", (Range(low=at(1, 12, 30)),))),
    # people
    ("acked:no", Taken(nobody=True)),
    ("acked:yes", Taken(anybody=True)),
    ("acked:@Ann", Taken(people=(pattern("ann"),))),
    ("acked:U123", Taken(people=(pattern("u123"),))),
    ("acked:<@U123|ann>", Taken(people=(pattern("u123"),))),
    ("acked:@no,no,李*", Taken(nobody=True, people=(pattern("no"), pattern("李", MANY)))),
    # texts
    ('"free text"', Text(pattern("free text"))),
    ("Disk", Text(pattern("disk"))),
    ("10.0.0.1:8080", Text(pattern("10.0.0.1:8080"))),
    ("https://pay.example/a?b", Text(pattern("https://pay.example/a", ONE, "b"))),
    ('"severity:critical"', Text(pattern("severity:critical"))),
    ('"a=b"', Text(pattern("a=b"))),
    (r"a\:b", Text(pattern("a:b"))),
    (":x", Text(pattern(":x"))),
    ("-", Text(pattern("-"))),
    ('"#42"', Text(pattern("#42"))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "condition"), CONDITIONS, ids=[text for text, _ in CONDITIONS])
def test_a_word_asks_for_one_thing(text: str, condition: object) -> None:
    assert only(text) == Term(condition)


@pytest.mark.parametrize("text", ["-metric:cpu", "not metric:cpu", "NOT metric:cpu"])
def test_a_word_may_ask_for_the_contrary(text: str) -> None:
    assert only(text) == Term(fact("metric", "cpu"), negated=True)


def test_the_contrary_of_the_contrary_is_the_thing_itself() -> None:
    assert only("not -metric:cpu") == Term(fact("metric", "cpu"))
    assert only("not not disk") == Term(Text(pattern("disk")))
    assert only("-disk") == Term(Text(pattern("disk")), negated=True)


def test_all_words_must_hold_and_a_repeated_one_counts_once() -> None:
    query = parse("state:firing AND disk state:firing -x", now=NOON)
    assert query.terms == (
        Term(OneOf("state", ("firing",))),
        Term(Text(pattern("disk"))),
        Term(Text(pattern("x")), negated=True),
    )


@pytest.mark.parametrize("text", ["", "  \n\t　", "AND"])
def test_a_text_that_asks_for_nothing_finds_everything(text: str) -> None:
    assert parse(text, now=NOON) == Query((), NOON)


@pytest.mark.parametrize("order", list(Order))
def test_the_order_is_a_word_as_well(order: Order) -> None:
    assert parse(f"sort:{order.value} disk", now=NOON).order is order
    assert parse("disk", now=NOON).order is Order.NEWEST


def test_days_are_those_of_the_person_who_asks() -> None:
    term = only("since:2026-11-01", zone=SHANGHAI)
    assert term.condition == Timed("opened", (Range(low=datetime(2026, 10, 31, 16, tzinfo=UTC)),))
    late = parse("since:today", now=at(23, 20), zone=SHANGHAI)
    assert late.terms[0].condition == Timed("opened", (Range(low=at(23, 16)),))


def test_me_is_the_person_who_asks() -> None:
    assert only("acked:me", me="U7").condition == Taken(people=(pattern("u7"),))
    assert refusal("acked:me").key == "query.refused.me"


REFUSED = [
    ("severty:critical", "unknown_field", {"field": "severty", "near": "severity"}),
    ("statte:firing", "unknown_field", {"field": "statte", "near": "state"}),
    ("metrics:cpu", "unknown_field", {"field": "metrics", "near": "metric"}),
    ("level:warn", "unknown_field", {"field": "level", "near": "severity"}),
    ("devise:sda", "unknown_field", {"field": "devise", "near": "device"}),
    ("severity:critcal", "choice", {"field": "severity", "text": "critcal", "near": "critical"}),
    ("severity:>=x", "choice", {"near": "critical"}),
    ("severity:>=info,warn", "one_bound", {"field": "severity", "sign": ">=", "near": "info"}),
    ("severity:<warn,警告", "one_bound", {"sign": "<", "near": "warn"}),
    ("severity:>=info,x", "choice", {"text": "x"}),
    ("state:*", "choice", {"near": "firing"}),
    ("muted:maybe", "choice", {"field": "muted", "choices": "yes, no"}),
    ("sort:durations", "sort", {"text": "durations", "near": "duration"}),
    ("-sort:newest", "sort", {"near": "newest"}),
    ("sort:newest,oldest", "sort", {}),
    ("severity:", "no_value", {"field": "severity"}),
    ('metric:""', "no_value", {"field": "metric"}),
    ("metric:,", "no_value", {"field": "metric"}),
    ("acked:", "no_value", {"field": "acked"}),
    ("sort:", "no_value", {"field": "sort"}),
    ("value:..", "no_value", {"field": "value"}),
    ("opened:..", "no_value", {"field": "opened"}),
    ("value:x", "number", {"field": "value", "text": "x"}),
    ("value:nan", "number", {}),
    ("value:1e999", "number", {}),
    ("value:９", "number", {}),
    ("callbacks:1.5", "whole", {"field": "callbacks"}),
    ("id:" + "9" * 19, "whole", {"field": "id"}),
    ("duration:>soon", "duration", {"text": "soon"}),
    ("since:whenever", "moment", {"field": "since", "text": "whenever"}),
    ("since:2026-02-30", "moment", {}),
    ("since:2026-13", "moment", {}),
    ("since:0000-01-01", "moment", {}),
    ("until:9999-12-31", "moment", {}),
    ("opened:9999-12", "moment", {}),
    ("since:25:00", "moment", {}),
    ("since:1d,2d", "one_value", {"field": "since"}),
    ("value:9..1", "backwards", {"field": "value", "text": "9..1"}),
    ("opened:2026-11-05..2026-11-01", "backwards", {}),
    ("duration:2h..1h", "backwards", {}),
    ("a OR b", "or", {}),
    ("a not", "dangling_not", {}),
    ('rule:"x', "quote", {}),
    ("severity=critical", "operator", {"field": "severity", "text": "severity=critical"}),
    ("instanceId=~i-.*", "operator", {"field": "instanceid"}),
    ("a " * 51, "too_many", {"most": MOST_WORDS}),
    ("x" * (LONGEST + 1), "too_long", {"most": LONGEST}),
    ("metric:" + ",".join("ab"[n % 2] for n in range(51)), "too_many_values", {"most": 50}),
]


@pytest.mark.parametrize(
    ("text", "key", "values"), REFUSED, ids=[text[:40] for text, _, _ in REFUSED]
)
def test_what_cannot_be_meant_is_refused_with_what_was_near(
    text: str, key: str, values: dict[str, object]
) -> None:
    refused = refusal(text)
    assert refused.key == f"query.refused.{key}"
    assert values.items() <= refused.values.items()


def test_a_refusal_repeats_a_long_text_only_in_part() -> None:
    refused = refusal("severity:" + "x" * 1_900)
    assert len(str(refused.values["text"])) == 60


STORE = ("instanceId", "Device", "mount_point", "TopicName")


def test_names_of_dimensions_that_the_store_knows_are_fields() -> None:
    for name in STORE:
        term = only(f"{name}:x", dimensions=STORE)
        assert term.condition == fact(f"dimension.{name.lower()}", "x")


@pytest.mark.parametrize(
    ("name", "near"),
    [("devise", "device"), ("instnaceId", "instanceid"), ("topicname2", "topicname"),
     ("severty", "severity"), ("level", "severity"), ("ackd", "acked"), ("remark", "notes")],
)  # fmt: skip
def test_a_slip_is_named_with_what_it_is_near_to(name: str, near: str) -> None:
    refused = refusal(f"{name}:x", dimensions=STORE)
    assert refused.key == "query.refused.unknown_field"
    assert refused.values == {"field": name, "near": near}


def test_a_name_that_nothing_has_is_refused_unless_nobody_looked() -> None:
    refused = refusal("frobnicate:x", dimensions=STORE)
    assert (refused.key, refused.values) == ("query.refused.no_such_field", {"field": "frobnicate"})
    assert only("frobnicate:x").condition == fact("dimension.frobnicate", "x")
    assert only("dimension.frobnicate:x", dimensions=STORE)
    assert only("label.frobnicate:x", dimensions=STORE)
    assert only("instanceId:x", dimensions=()), "a new database knows the sender's dimensions"


def test_parameters_are_terms_whose_values_may_hold_spaces() -> None:
    given = [("alarm", "cpu high"), ("state", "firing"), ("since", "7d")]
    query = parse("disk", given, now=NOON)
    assert query == parse('disk alarm:"cpu high" state:firing since:7d', now=NOON)
    assert parse("", [("sort", "worst")], now=NOON).order is Order.WORST


@pytest.mark.parametrize("name", ["a b", "", "1x", "\x00", "https://x"])
def test_a_parameter_is_never_a_text(name: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        parse("", [(name, "x")], now=NOON, dimensions=())
    assert caught.value.key == "query.refused.no_such_field"


def test_parameters_are_no_way_round_the_limit_of_words() -> None:
    with pytest.raises(QueryRefused):
        parse("", [("state", "open")] * (MOST_WORDS + 1), now=NOON)


def test_the_readme_names_every_field() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Searching")[2].partition("\n## ")[0]
    assert [field for field in FIELDS if f"`{field}`" not in section] == []


# Patterns


@pytest.mark.parametrize(
    ("typed", "text", "fits"),
    [
        ("cpu", "CPU", True),
        ("cpu", "cpu ", False),
        ("c*", "c", True),
        ("*c", "abc", True),
        ("a*c", "abcd", False),
        ("a*b*c", "a-b-b-c", True),
        ("?", "李", True),
        ("?", "", False),
        ("?*", "", False),
        ("*", "", True),
        ("ΑΣ*", "ασα", True),
        (r"\*", "*", True),
        (r"\*", "x", False),
        ("100%", "100%", True),
        ("a_c", "abc", False),
    ],
)
def test_a_pattern_is_compared_whole_and_without_case(typed: str, text: str, fits: bool) -> None:
    condition = only(f"metric:{typed}").condition
    assert isinstance(condition, Fact)
    assert condition.patterns[0].fits(text) is fits


def test_a_pattern_of_many_stars_does_not_take_for_ever() -> None:
    condition = only("metric:" + "*a" * 200 + "b").condition
    assert isinstance(condition, Fact)
    assert not condition.patterns[0].fits("a" * 1_000)


# Whatever is typed

PIECES = st.sampled_from(
    [*FIELDS, "instanceId", "label.", "dimension.", ":", "：", "-", "not ", " ", ",", '"', "“",
     "\\", "*", "?", "..", ">", "<=", "≥", "=", "=~", "#", "@", "<@U1>", "0", "7d", "999999w",
     "1e308", "2026-11-01", "T12:30", "+99:99", "24:00", "\x00", "\ud800", "🔔", "yes", "critical",
     "前", "９"]
) | st.text(max_size=5) | st.characters()  # fmt: skip
HOSTILE = st.lists(PIECES, max_size=25).map("".join) | st.text() | st.binary().map(
    lambda raw: raw.decode("latin-1")
)  # fmt: skip


@tried(1_500)
@given(HOSTILE, st.none() | st.just(STORE), st.sampled_from([UTC, SHANGHAI]))
def test_no_text_whatever_raises_anything_but_a_refusal(
    text: str, dimensions: tuple[str, ...] | None, zone: ZoneInfo
) -> None:
    try:
        query = parse(text, now=NOON, dimensions=dimensions, zone=zone)
    except QueryRefused as refused:
        str(refused).encode()
    else:
        repr(query).encode()
        hash(query)


@tried(300)
@given(st.text(max_size=5), HOSTILE)
def test_no_parameter_whatever_raises_anything_but_a_refusal(name: str, value: str) -> None:
    try:
        parse("", [(name, value)], now=NOON)
    except QueryRefused as refused:
        str(refused).encode()
