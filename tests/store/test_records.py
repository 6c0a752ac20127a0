"""Whatever record the parser makes of a request, both engines keep it as it is."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor.read import read
from bot.ids import new_id
from bot.rules.judge import Outcome
from bot.rules.record import RawRequest
from bot.rules.record_json import from_json, to_json
from bot.store import callbacks
from bot.store.callbacks import Judged
from bot.store.engine import Database
from bot.store.inbox import Taken
from tests.cloudmonitor.anything import REQUESTS
from tests.cloudmonitor.requests import SAMPLES, as_json, sample
from tests.support.callbacks import store
from tests.support.examples import tried

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HARD = [
    {"alertName": "a\x00b\ud800", "dimensions": {"k\x00": "\udfff"}, "customLabels": "{a=\x00}"},
    {"product": "ECS", "name": "n", "level": "INFO", "content": {
        "a\x00": ["\ud800", {"\udfff": float("nan")}], "big": 10**399, "tiny": 5e-324,
        "large": 1.8e308, "minus": -0.0, "int64": 2**63, "text": "\\u0000", "deep": [[[[{}]]]],
    }},
    {"alertName": "a", "curValue": 5e-324, "timestamp": 253402300799999},
    {"alertName": "n" * 100_000, "dimensions": {"k" * 50_000: "v" * 50_000}},
]  # fmt: skip


def judged(request: RawRequest) -> list[Judged]:
    """The request's messages as callbacks; the raw request is the inbox's own matter."""
    plain = RawRequest("POST", "", (), b"")
    return [
        Judged(
            taken=Taken(new_id(), NOW, "console", plain),
            kind=reading.record.kind.value,
            outcome=Outcome.EVENT,
            record=to_json(reading.record),
            at=reading.record.timestamp or NOW,
            reason=reading.reason,
        )
        for reading in read(request)
    ]


async def come_back(database: Database, told: list[Judged]) -> None:
    async with database.writing() as tx:
        await store(tx, told)
    async with database.reading() as tx:
        for one in told:
            kept = await callbacks.find(tx, one.taken.id)
            assert kept == one
            assert from_json(kept.record) == from_json(one.record)


async def test_the_record_of_every_sample_comes_back(database: Database) -> None:
    await come_back(database, [one for name in SAMPLES for one in judged(sample(name))])


async def test_records_with_what_databases_refuse_come_back(database: Database) -> None:
    await come_back(database, [one for message in HARD for one in judged(as_json(message))])


@tried(20)
@given(requests=st.lists(REQUESTS, min_size=5, max_size=20))
async def test_the_record_of_any_request_comes_back(
    database: Database, requests: list[RawRequest]
) -> None:
    await come_back(database, [one for request in requests for one in judged(request)])
