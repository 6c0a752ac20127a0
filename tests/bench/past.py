"""A past to measure in: callbacks of 90 days with their incidents, put straight into the tables.

The shape is that of a large company: 10,000 alarms of which few make most of the noise (Zipf),
incidents of some ten callbacks and half an hour, one after the other for each alarm, bodies and
headers as CloudMonitor sends them.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any  # values of columns

import sqlalchemy as sa

from bot.cloudmonitor.read import read
from bot.demo_samples import CPU, DISK, TRAFFIC
from bot.rules.alarm import Alarm
from bot.rules.record import RawRequest
from bot.rules.record_json import to_json
from bot.store import alarms as alarm_rows
from bot.store import migrate
from bot.store.engine import Database
from bot.store.inbox import headers_to_text
from bot.store.packing import Parts, joined, packed
from bot.store.tables import metadata, samples
from tests.bench.sinks import FILLED, Row, Sink, without_indexes

DAYS = 90
ALARMS = 10_000
RULES = 200
OF_ONE = 10  # callbacks of an incident, on average
STEP = 180.0  # seconds between them
TOGETHER = 10_000  # incidents made at once
REMEMBERED = timedelta(days=7)  # how long deliveries are known
PEOPLE = ("li", "wang", "zhang", "ann", "chen", "zhao")
HEADERS = (
    ("host", "tocsin.example.com"), ("user-agent", "Java/1.8.0_152"), ("accept", "*/*"),
    ("content-type", "application/x-www-form-urlencoded; charset=UTF-8"),
    ("content-length", "812"), ("x-forwarded-for", "203.0.113.7"), ("connection", "keep-alive"),
)  # fmt: skip
HEAD = headers_to_text(HEADERS)
NEVER = "1970-01-01 00:00:00.000000"
SAYS = (("ALERT", "WARN"), ("ALERT", "CRITICAL"), ("OK", "OK"))
THRESHOLD = json.dumps({"comparison": ">=", "limit": 85.0, "statistic": "Average", "times": 3})


@dataclass(frozen=True, slots=True)
class Voice:
    """One alarm, its sample, and what it says, as it is stored: WARN, CRITICAL, OK."""

    alarm: Alarm
    sample: Parts
    told: tuple[bytes, ...]


def fill(url: str, there: Sink, callbacks: int, *, until: datetime) -> None:
    """A migrated database with so many callbacks, the last of them shortly before `until`."""
    full = with_driver(url)
    migrate.upgrade(full)
    voices = [_voice(number, until) for number in range(1, ALARMS + 1)]
    asyncio.run(_store_alarms(full, voices))
    columns = "name, posts_open_at, lease_until"
    there.do(f"INSERT INTO channels ({columns}) VALUES ('alarms', '{NEVER}', '{NEVER}')")  # noqa: S608
    with without_indexes(there):
        for part in _Past(voices, callbacks // OF_ONE, until).parts():
            for table in FILLED:
                there.put(table, part[table])
    there.settle()


def with_driver(url: str) -> str:
    """The address as the store wants it."""
    driver = "postgresql+psycopg" if url.startswith("postgres") else "sqlite+aiosqlite"
    return sa.make_url(url).set(drivername=driver).render_as_string(hide_password=False)


async def _store_alarms(url: str, voices: list[Voice]) -> None:
    database = Database(url)
    async with database.writing() as tx:
        await alarm_rows.add(tx, [voice.alarm for voice in voices])
        rows = [{"alarm_id": one.alarm.id, "packed": packed(one.sample)} for one in voices]
        await tx.connection.execute(sa.insert(samples), rows)
    await database.close()


def _voice(number: int, until: datetime) -> Voice:
    dice = random.Random(number)  # noqa: S311 - dice, not secrets
    rule, host = number % RULES, number // 4  # four rules watch each host
    kind = (CPU, DISK, TRAFFIC)[rule % 3]
    spoken = replace(
        kind,
        rule=f"alarmRule_uuid_{rule:017d}",
        alert=f"{kind.alert} {rule}",
        instance=f"i-bp1{host:017d}",
        name=f"web-{host:05d}/10.{host // 250}.{host % 250}.7",
        region=dice.choice(["cn-hangzhou", "cn-shanghai", "cn-beijing", "ap-southeast-1"]),
        group=f"team-{rule % 17}",
    )
    told: list[Parts] = []
    alarm = Alarm(number, f"{number:032x}", name="")
    for state, level in (SAYS[0], *SAYS):
        at = until - timedelta(seconds=dice.randint(0, DAYS * 86_400))
        body = spoken.says(state, round(dice.uniform(60, 99), 2), at, now=level).body
        record = read(RawRequest("POST", "", HEADERS, body))[0].record
        alarm = alarm.described_by(record, at=until - timedelta(days=DAYS))
        told.append((HEAD, json.dumps(to_json(record), ensure_ascii=False), body))
    sample, *others = told
    return Voice(alarm, sample, tuple(packed(one, joined(sample)) for one in others))


class _Past:
    """Makes the rows, some thousand incidents at a time."""

    def __init__(self, voices: list[Voice], incidents: int, until: datetime) -> None:
        self._dice = random.Random(7)  # noqa: S311 - dice, not secrets
        self._voices = voices
        self._incidents = incidents
        self._until = until.replace(tzinfo=None)
        self._since = self._until - timedelta(days=DAYS)
        self._weights = list(accumulate(1 / (place + 3) for place in range(len(voices))))
        self._busy = [0.0] * len(voices)  # seconds since the beginning, until when
        self._last: list[int | None] = [None] * len(voices)
        self._serial = 0

    def parts(self) -> Iterator[dict[str, list[Row]]]:
        """Rows by table. Callbacks are in the order in which they came."""
        for first in range(1, self._incidents + 1, TOGETHER):
            part: dict[str, list[Row]] = {table: [] for table in FILLED}
            told: list[dict[str, Any]] = []
            for number in range(first, min(first + TOGETHER, self._incidents + 1)):
                self._incident(number, part, told)
            told.sort(key=lambda row: row["id"])
            part["callbacks"] = [_values("callbacks", row) for row in told]
            yield part

    def _incident(
        self, number: int, part: dict[str, list[Row]], told: list[dict[str, Any]]
    ) -> None:
        dice = self._dice
        begin = number * (DAYS * 86_400 / (self._incidents + 1))
        place = self._free(begin)
        count = dice.randint(3, 2 * OF_ONE - 3)
        again = count > OF_ONE and dice.random() < 0.2  # it recovers and fires once more
        moments = [begin + n * STEP * dice.uniform(0.9, 1.1) for n in range(count)]
        self._busy[place] = moments[-1] + 700
        moments = [one for one in moments if one < DAYS * 86_400]
        over = len(moments) == count
        severity = dice.choices(("WARN", "CRITICAL", "INFO"), (75, 20, 5))[0]
        for n, at in enumerate(moments):
            outcome, said = "updated", int(severity == "CRITICAL" and n > 0)
            if n == 0:
                outcome = "opened"
            elif n == count - 1 or (again and n == OF_ONE // 2):
                outcome, said = "recovered", 2
            elif again and n == OF_ONE // 2 + 1:
                outcome = "reopened"
            told.append(self._callback(place, number, at, outcome, said, part))
        part["incidents"].append(
            self._row(number, place, moments, severity, over=over, again=again)
        )
        part["cards"].append(_card(number, self._text(moments[-1])))
        self._last[place] = number

    def _free(self, begin: float) -> int:
        while True:
            place = self._dice.choices(range(len(self._busy)), cum_weights=self._weights)[0]
            if self._busy[place] <= begin:
                return place

    def _text(self, at: float) -> str:
        return (self._since + timedelta(seconds=at)).isoformat(" ", "microseconds")

    def _callback(
        self,
        place: int,
        number: int,
        at: float,
        outcome: str,
        said: int,
        part: dict[str, list[Row]],
    ) -> dict[str, Any]:
        self._serial += 1
        moment = self._since + timedelta(seconds=at)
        since_1970 = int((moment - datetime(1970, 1, 1)).total_seconds() * 1000)  # noqa: DTZ001
        name = f"{since_1970:012x}7{self._dice.getrandbits(12):03x}8{self._serial:015x}"
        if self._until - moment < REMEMBERED:
            key = f"{since_1970:012x}{self._dice.getrandbits(80):020x}"
            part["deliveries"].append((key, name))
        text = moment.isoformat(" ", "microseconds")
        return {
            "id": name, "received_at": text, "source": "cms", "method": "POST", "query": "",
            "headers": "[]", "body": b"", "kind": "threshold", "outcome": outcome,
            "record": "{}", "packed": self._voices[place].told[said], "at": text,
            "alarm_id": place + 1, "incident_id": number,
            "value": round(self._dice.uniform(60, 99), 2),
        }  # fmt: skip

    def _row(
        self,
        number: int,
        place: int,
        moments: list[float],
        severity: str,
        *,
        over: bool,
        again: bool,
    ) -> Row:
        begin, end = self._text(moments[0]), self._text(moments[-1])
        waited = self._dice.lognormvariate(5, 1)
        taken = self._dice.random() < 0.7 and waited < moments[-1] - moments[0]
        who = self._dice.choice(PEOPLE)
        by = {
            "acknowledged_by_id": f"U0{who.upper()}", "acknowledged_by_name": who,
            "acknowledged_at": self._text(moments[0] + waited),
            "first_acknowledged_at": self._text(moments[0] + waited),
        } if taken else {}  # fmt: skip
        return _values("incidents", by | {
            "id": number, "alarm_id": place + 1, "sort": "alarm", "severity": severity,
            "state": "recovered" if over else "firing", "worst_severity": severity,
            "opened_at": begin, "fired_at": begin, "heard_at": end, "received_at": end,
            "callbacks": len(moments), "firings": 2 if again else 1, "first_value": 91.25,
            "last_value": 93.5, "worst_value": 97.5, "recovery_value": 41.7 if over else None,
            "recovered_at": end if over else None, "threshold": THRESHOLD, "expressions": "[]",
            "content": "[]", "remarks": 0, "leads": False, "version": 1,
            "previous_id": self._last[place],
        })  # fmt: skip


def _card(number: int, at: str) -> Row:
    return _values("cards", {
        "id": f"{number:08x}{'0' * 4}7{'0' * 3}8{number:015x}", "incident_id": number,
        "channel_id": 1, "language": "en", "ts": f"{1_700_000_000 + number}.000100", "wanted": 4,
        "posted": 4, "refused": 0, "digest": f"{number:064x}", "urgency": 5, "behind_since": at,
        "due_at": at, "attempts": 0, "tried_at": at, "lease_until": NEVER, "thread": "short",
        "is_news": False, "aloud": "critical",
    })  # fmt: skip


_NAMES = {table: tuple(metadata.tables[table].c.keys()) for table in FILLED}


def _values(table: str, row: dict[str, Any]) -> Row:
    return tuple(map(row.get, _NAMES[table]))
