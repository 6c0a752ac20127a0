"""What a search must find, worked out the slow way: in plain Python, one incident after another.

It shares nothing with the store but the query's values; patterns are regular expressions here.
Also the random alarms, incidents and texts of queries that both are compared on.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from bot.rules.alarm import Alarm
from bot.rules.incident import Feedback, Incident, Person, Remark, Sort, State
from bot.rules.people import Acknowledgement, Closing
from bot.rules.query_terms import (
    Condition,
    Counted,
    Fact,
    Lasted,
    Measured,
    OneOf,
    Order,
    Pattern,
    Query,
    Range,
    Taken,
    Text,
    Timed,
    Wild,
)
from bot.rules.severity import Severity
from tests.support.values import NOON

Row = tuple[Incident, Alarm]


def expected(rows: Iterable[Row], query: Query) -> list[int]:
    """Numbers of the incidents that a query finds, in its order."""
    found = [row for row in rows if all(holds(term, row, query) for term in query.terms)]
    found.sort(key=lambda row: row[0].id, reverse=query.order is not Order.OLDEST)
    if not query.order.is_settled:  # a stable sort: equals stay newest first
        found.sort(key=lambda row: worth(row[0], query), reverse=True)
    return [incident.id for incident, _ in found]


def holds(term: object, row: Row, query: Query) -> bool:
    """Whether an incident meets a term."""
    return said_by(term.condition, row, query) is not term.negated


def said_by(condition: Condition, row: Row, query: Query) -> bool:  # noqa: PLR0911
    """Whether an incident says what a condition asks for."""
    incident, alarm = row
    match condition:
        case Fact(field, patterns):
            return any(whole(p, text) for p in patterns for text in texts(alarm, field))
        case Text(pattern):
            return any(somewhere(pattern, text) for text in every_text(alarm))
        case OneOf(field, options):
            return choice(incident, field) in options
        case Counted(field, ranges):
            return within(number(incident, field), ranges)
        case Measured(field, ranges):
            named = {"value": "last_value", "worst": "worst_value", "first": "first_value"}
            return within(getattr(incident, named[field]), ranges)
        case Timed("closed", ranges):
            return within(incident.closed.at if incident.closed else None, ranges)
        case Timed(field, ranges):
            return within(getattr(incident, f"{field}_at"), ranges)
        case Lasted(ranges):
            return within(lasted(incident, query.now), ranges)
        case Taken():
            return taken(incident, condition)


def worth(incident: Incident, query: Query) -> tuple[bool, float]:
    """What puts an incident before another; nothing to go by comes last."""
    match query.order:
        case Order.SEVERITY:
            ranks = {Severity.CRITICAL: 3, Severity.WARN: 2, Severity.INFO: 1, None: 0}
            return True, ranks[incident.severity]
        case Order.DURATION:
            length = lasted(incident, query.now)
            return length is not None, length.total_seconds() if length is not None else 0
        case Order.WORST:
            return incident.worst_value is not None, incident.worst_value or 0
        case _:
            return True, incident.callbacks


def expression(pattern: Pattern) -> str:
    signs = {Wild.MANY: ".*", Wild.ONE: "."}
    return "".join(signs[p] if isinstance(p, Wild) else re.escape(p) for p in pattern.pieces)


def whole(pattern: Pattern, text: str) -> bool:
    return re.fullmatch(expression(pattern), text.casefold()[:1000], re.DOTALL) is not None


def somewhere(pattern: Pattern, text: str) -> bool:
    return re.search(expression(pattern), text.casefold()[:1000], re.DOTALL) is not None


def texts(alarm: Alarm, field: str) -> list[str]:
    """The texts of one fact; none for what the alarm does not have."""
    if field.startswith(("dimension.", "label.")):
        kind, _, name = field.partition(".")
        pairs = alarm.dimensions if kind == "dimension" else alarm.labels
        return [text for key, text in pairs.items() if key.casefold() == name and text]
    columns = {
        "project": [alarm.project],
        "metric": [alarm.metric, alarm.metric_label],
        "rule": [alarm.rule_id, alarm.name],
        "account": [alarm.account],
        "group": [alarm.group_id, alarm.group_name],
        "region": [alarm.region_id, alarm.region_name],
        "instance": [alarm.dimensions.get("instanceId"), alarm.instance_name],
        "alarm": [alarm.name],
    }
    return [text for text in columns[field] if text]


def every_text(alarm: Alarm) -> Iterator[str]:
    for field in ("project", "metric", "rule", "account", "group", "region", "instance"):
        yield from texts(alarm, field)
    yield from (text for text in (*alarm.dimensions.values(), *alarm.labels.values()) if text)


def choice(incident: Incident, field: str) -> str:
    severity, feedback = incident.severity, incident.feedback
    return {
        "state": incident.state.value,
        "severity": severity.value.lower() if severity else "none",
        "is": incident.sort.value,
        "muted": "no" if incident.mute_id is None else "yes",
        "feedback": feedback.value if feedback else "none",
    }[field]


def number(incident: Incident, field: str) -> int | None:
    return getattr(
        incident, {"mute": "mute_id", "parent": "parent_id", "notes": "remarks"}.get(field, field)
    )


def lasted(incident: Incident, now: datetime) -> timedelta | None:
    if incident.state in (State.FIRING, State.NO_DATA):
        return now - incident.opened_at
    end = incident.recovered_at or (incident.closed.at if incident.closed else None)
    return end - incident.opened_at if end else None


def taken(incident: Incident, condition: Taken) -> bool:
    by = incident.acknowledged.by if incident.acknowledged else None
    if by is None:
        return condition.nobody
    named = any(whole(p, text) for p in condition.people for text in (by.id, by.name))
    return condition.anybody or named


def within(value: object, ranges: Iterable[Range]) -> bool:
    return value is not None and any(inside(value, each) for each in ranges)


def inside(value: object, limits: Range) -> bool:
    low, high = limits.low, limits.high
    above = low is None or (value > low if limits.low_open else value >= low)
    below = high is None or (value < high if limits.high_open else value <= high)
    return above and below


# Random things

WORDS = (
    "cpu_total", "CPU", "cpu%", "cpu", "a*b", "a?b", "axb", "a\\b", "É", "é", "straße", "STRASSE",
    "ΑΣ", "ας", "İ", "李雷", "磁盘 满", "i-bp1A", "i-bp1b", "'; DROP TABLE alarms; --", '"q"',
    "a:b", "a,b", "🔔", " ", "=1+1", "x" * 1_200,
)  # fmt: skip
word = st.sampled_from(WORDS)
maybe_word = st.none() | word
NAMES = ("instanceId", "device", "State", "É t", "a.b")
pairs = st.dictionaries(st.sampled_from(NAMES), word, max_size=3)
MOMENTS = [
    NOON - timedelta(days=days, seconds=seconds, microseconds=more)
    for days in (0, 1, 7, 30)
    for seconds, more in ((0, 0), (1, 0), (600, 0), (600, 1), (0, 999_999))
]
moment = st.sampled_from(MOMENTS)
value = st.none() | st.sampled_from([0.0, -1.5, 80.0, 80.1, 95.0, 99.9, 1e300])
small = st.integers(1, 4)
person = st.sampled_from(
    [Person("U1", "ann"), Person("U2", "李雷"), Person("U3", "Émile"), Person("W3", "a_n%")]
)


@st.composite
def random_alarm(draw: st.DrawFn, number: int) -> Alarm:
    return Alarm(
        id=number,
        key=f"{number:032x}",
        name=draw(word),
        account=draw(maybe_word),
        rule_id=draw(maybe_word),
        project=draw(maybe_word),
        metric=draw(maybe_word),
        metric_label=draw(maybe_word),
        dimensions=draw(pairs),
        instance_name=draw(maybe_word),
        region_id=draw(maybe_word),
        region_name=draw(maybe_word),
        group_id=draw(maybe_word),
        group_name=draw(maybe_word),
        labels=draw(pairs),
    )


@st.composite
def random_incident(draw: st.DrawFn, number: int, alarm_id: int) -> Incident:
    opened = draw(moment)
    made = Incident(
        id=number,
        alarm_id=alarm_id,
        sort=draw(st.sampled_from(Sort)),
        state=draw(st.sampled_from(State)),
        severity=draw(st.none() | st.sampled_from(Severity)),
        worst_severity=None,
        opened_at=opened,
        fired_at=opened,
        heard_at=draw(moment),
        received_at=opened,
        callbacks=draw(small),
        firings=draw(small),
        first_value=draw(value),
        last_value=draw(value),
        worst_value=draw(value),
        recovered_at=draw(st.none() | moment),
        feedback=draw(st.none() | st.sampled_from(Feedback)),
        mute_id=draw(st.none() | small),
        parent_id=draw(st.none() | small),
    )
    if draw(st.booleans()):
        made = replace(made, acknowledged=Acknowledgement(draw(person), opened))
    if draw(st.booleans()):
        made = replace(made, closed=Closing(draw(person), draw(moment), "done"))
    return made.remarked(Remark(draw(person), opened, "x")) if draw(st.booleans()) else made


@st.composite
def random_rows(draw: st.DrawFn) -> list[Row]:
    """Some incidents of some alarms."""
    alarms = [draw(random_alarm(n)) for n in range(1, draw(st.integers(1, 4)) + 1)]
    rows: list[Row] = []
    for n in range(1, draw(st.integers(0, 8)) + 1):
        alarm = draw(st.sampled_from(alarms))
        rows.append((draw(random_incident(n, alarm.id)), alarm))
    return rows


def quoted(text: str) -> str:
    """A text as a value that stands for itself, wildcards too."""
    escaped = re.sub(r'(["\\*?])', r"\\\1", text)
    return f'"{escaped}"'


pieces = st.sampled_from(
    [*(w for w in WORDS if w.strip()), "U1", "Ann", "émile", "*", "?", "cpu*", "*_*", "%", "i-bp1?"]
)
typed = pieces.map(quoted) | st.sampled_from(
    ["*", "?*", "cpu*", "*u", "c?u", "CPU_*", "*%", "É*", "strasse", "i-BP1*", "李*", "a*b", "x*"]
)
listed = st.lists(typed, min_size=1, max_size=2).map(",".join)
FACTS = ["project", "metric", "rule", "account", "group", "region", "instance", "alarm",
         "instanceId", "DEVICE", "dimension.state", 'dimension."é T"', "dimension.a.b",
         "label.device", 'label."É t"', "label.none"]  # fmt: skip


def ranged(*ends: str) -> st.SearchStrategy[str]:
    end = st.sampled_from(ends)
    signs = st.sampled_from(["", ">", ">=", "<", "<="])
    return st.one_of(
        st.builds(lambda sign, one: sign + one, signs, end),
        st.builds(lambda one: f"{one}..", end),
        st.builds(lambda one: f"..{one}", end),
        st.just(f"{ends[0]}..{ends[-1]}"),
    )


def field(names: Iterable[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, said: f"{name}:{said}", st.sampled_from(list(names)), values)


TERMS = st.one_of(
    field(FACTS, listed),
    typed,
    field(["state"], st.sampled_from(["firing", "no_data", "open", "over", "closed,firing"])),
    field(["severity"], st.sampled_from(["critical", "none,info", ">=warn", "<warn", ">critical"])),
    field(["is"], st.sampled_from(["alarm", "event"])),
    field(["muted"], st.sampled_from(["yes", "no", "yes,no"])),
    field(["feedback"], st.sampled_from(["none", "false_positive,none", "not_actionable"])),
    field(["id", "alarm_id", "mute", "parent", "callbacks", "firings"], ranged("1", "3", "9" * 18)),
    field(["notes"], ranged("0", "1")),
    field(["value", "worst", "first"], ranged("-1.5", "80", "95", "1e300")),
    field(["duration"], ranged("0", "10m", "1d", "7d")),
    field(["opened", "heard", "recovered", "closed"], ranged("30d", "7d", "1d", "10m", "now")),
    field(["opened", "closed"], ranged("2026-11-16", "2026-11-23T11:50", "2026-11")),
    field(["since", "until"], st.sampled_from(["7d", "10m", "2026-11-22", "now", "0001-01-02"])),
    field(
        ["acked"], st.sampled_from(["yes", "no", "U1", "@李雷", "no,Ann", "É*", "émile", "a_n%"])
    ),
)
random_terms = st.lists(
    st.builds(lambda sign, term: sign + term, st.sampled_from(["", "", "-", "not "]), TERMS),
    max_size=3,
)


@st.composite
def random_text(draw: st.DrawFn) -> str:
    """A text of the search language that is not refused."""
    order = draw(st.sampled_from(["", *(f"sort:{one.value}" for one in Order)]))
    return " ".join([*draw(random_terms), order])
