"""Statistics and histories for a shell: read from the database, printed as text or JSON."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cli.acting import Refused
from bot.clock import utc_now
from bot.doors.history_shapes import HistoryShape, StatsShape
from bot.doors.refusals import plainly
from bot.errors import WrongUsage
from bot.rules.card import Language
from bot.rules.history import History, Past, Span
from bot.rules.query import QueryRefused
from bot.rules.stats import Noisy, Stats, Took
from bot.rules.stats_range import range_of
from bot.rules.until import zone_of
from bot.slack.plot import bars, drawing
from bot.slack.text import clean, cut
from bot.slack.words import Words
from bot.store.engine import Database
from bot.work import history, stats
from bot.work.faces import instance_line

ENGLISH = Words.of(Language.ENGLISH)
CLOCK = "%Y-%m-%d %H:%M"
HEAD = 20  # columns of what a line is about
REMARK = 80  # characters of what somebody wrote


async def statistics(database: Database, text: str) -> Stats:
    """Of a time as a person writes it. Raises WrongUsage."""
    try:
        since, until = range_of(text, now=utc_now(), zone=_zone())
    except QueryRefused as refused:
        raise WrongUsage(plainly(refused, ENGLISH)) from refused
    return await stats.of(database, since=since, until=until)


async def past(
    database: Database, number: int, *, span: Span, whole_rule: bool, before_id: int | None
) -> History:
    """Of an incident's alarm. Raises Refused."""
    found = await history.of_incident(
        database,
        number,
        span=span,
        whole_rule=whole_rule,
        before_id=before_id,
        now=utc_now(),
    )
    if found is None:
        raise Refused(f"There is no incident {number}.")
    return found


def stats_json(made: Stats) -> str:
    """For machines; as the API answers."""
    return StatsShape.of(made).model_dump_json(indent=2)


def history_json(found: History) -> str:
    """For machines; as the API answers."""
    return HistoryShape.of(found).model_dump_json(indent=2)


def stats_text(made: Stats) -> str:
    """For people; times are in the zone of TZ."""
    return "\n".join(_stats_lines(made))


def _stats_lines(made: Stats) -> Iterator[str]:
    kinds = ", ".join(
        f"{count} {one.value if one else 'unknown'}" for one, count in made.severities
    )
    share = made.share_never_acknowledged
    never = f"{made.never_acknowledged} ({share:.0%})" if share is not None else "-"
    yield f"{_at(made.since)} to {_at(made.until)} {_zone().key}"
    yield _line("incidents", f"{made.incidents}{f' ({kinds})' if kinds else ''}")
    yield _line("events", str(made.events))
    yield _line("callbacks", str(made.callbacks))
    yield _line("firing now", str(made.firing))
    yield _line("to acknowledge", _took(made.acknowledged))
    yield _line("to recover", _took(made.recovered))
    yield _line("never acknowledged", never)
    drawn, step = bars([one.all for one in made.buckets]), ENGLISH.lasting(made.step)
    yield _line("over time", f"{drawn} each {step}")
    yield from _noise("noisiest rules", made.rules)
    yield from _noise("noisiest instances", made.instances)
    if made.flapping:
        yield "flapping (changes within an hour)"
    for one in made.flapping:
        yield f"{one.changes:>6}  {clean(one.name)} on {clean(one.label or one.instance)}"


def _line(name: str, value: str) -> str:
    return f"{name:<{HEAD}}{value}"


def _noise(heading: str, noisy: Sequence[Noisy]) -> Iterator[str]:
    if noisy:
        yield f"{heading} (incidents, callbacks)"
    for one in noisy:
        yield f"{one.incidents:>6} {one.callbacks:>8}  {clean(one.label or one.name)}"


def _took(took: Took) -> str:
    if took.median is None or took.mean is None:
        return "-"
    median, mean = ENGLISH.lasting(took.median), ENGLISH.lasting(took.mean)
    return f"median {median}, mean {mean}, of {took.count}"


def history_text(found: History) -> str:
    """For people; times are in the zone of TZ."""
    counts = found.counts
    where = "all instances of the rule" if found.whole_rule else clean(instance_line(found.alarm))
    lines = [
        f"{clean(found.alarm.name)}, {where}, {found.span.value} ({_zone().key})",
        f"{ENGLISH.say('history.incidents', count=counts.incidents)}, "
        f"{ENGLISH.say('history.callbacks', count=counts.callbacks)}",
        "",
        drawing(found, ENGLISH, _zone()) or ENGLISH.say("history.no_values"),
        "",
        *(_past(one) for one in found.past),
    ]
    if found.next_cursor is not None:
        lines.append(f"More: --before {found.next_cursor}")
    return "\n".join(lines)


def _past(one: Past) -> str:
    lasted = ENGLISH.lasting(one.lasted) if one.lasted is not None else "still firing"
    told = [
        f"#{one.number}",
        _at(one.opened_at),
        one.severity.value if one.severity else "unknown",
        lasted,
        *([f"worst {clean(one.worst)}"] if one.worst else []),
        *([f"{clean(one.by.name)} after {_waited(one)}"] if one.by else []),
        *([cut(clean(one.remark), REMARK)] if one.remark else []),
        clean(one.instance),
    ]
    return "  ".join(told)


def _waited(one: Past) -> str:
    return ENGLISH.lasting(one.after or timedelta(0))


def _at(at: datetime) -> str:
    return f"{at.astimezone(_zone()):{CLOCK}}"


def _zone() -> ZoneInfo:
    return zone_of(os.environ.get("TZ") or "UTC")
