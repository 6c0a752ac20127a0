"""The JSON API's shapes: what the OpenAPI page shows, and how values become them."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from bot.rules.alarm import Alarm
from bot.rules.incident import Incident
from bot.rules.record import Json, RawRequest
from bot.store.callbacks import Judged
from bot.store.inbox import Waiting
from bot.work.ask import Told

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None


class RawShape(BaseModel):
    """The request as it came; secrets in the query and the headers were dropped.

    `body` is text where the bytes are UTF-8; else it is null and `body_base64` has them.
    """

    method: str
    query: str
    headers: list[tuple[str, str]]
    body: str | None
    body_base64: str | None

    @staticmethod
    def of(raw: RawRequest) -> "RawShape":
        """Text for people if it can be text."""
        text, encoded = _body(raw.body)
        return RawShape(
            method=raw.method,
            query=raw.query,
            headers=list(raw.headers),
            body=text,
            body_base64=encoded,
        )


def _body(body: bytes) -> tuple[str | None, str | None]:
    try:
        return body.decode(), None
    except UnicodeDecodeError:
        return None, b64encode(body).decode()


class CallbackShape(BaseModel):
    """A callback; `outcome` is null for the moment until it is applied."""

    id: str
    received_at: datetime
    source: str = Field(description="name of the token it came with")
    kind: str | None
    outcome: str | None
    reason: str | None
    incident_id: int | None
    alarm_id: int | None
    record: dict[str, object] | None
    raw: RawShape

    @staticmethod
    def of(callback: Judged | Waiting) -> "CallbackShape":
        """Applied, or still in the inbox."""
        judged = callback if isinstance(callback, Judged) else None
        taken = callback.taken
        return CallbackShape(
            id=taken.id,
            received_at=taken.received_at,
            source=taken.source,
            kind=judged.kind if judged else None,
            outcome=judged.outcome.value if judged else None,
            reason=judged.reason if judged else None,
            incident_id=judged.incident_id if judged else None,
            alarm_id=judged.alarm_id if judged else None,
            record=_open(judged.record) if judged else None,
            raw=RawShape.of(taken.request),
        )


def _open(record: dict[str, Json]) -> dict[str, object]:
    """JSON as the answer's encoder takes it: its type is recursive, the schema's is not."""
    return json.loads(json.dumps(record))


class AlarmShape(BaseModel):
    """An alarm: account + rule + dimensions."""

    id: int
    name: str
    rule_id: str | None
    project: str | None
    metric: str | None
    metric_label: str | None
    unit: str | None
    dimensions: dict[str, str]
    account: str | None
    instance_name: str | None
    region_id: str | None
    group_name: str | None

    @staticmethod
    def of(alarm: Alarm) -> "AlarmShape":
        """The alarm as its newest callback describes it."""
        return AlarmShape(**{name: getattr(alarm, name) for name in AlarmShape.model_fields})


class PersonShape(BaseModel):
    """Somebody in Slack."""

    id: str
    name: str


class CardShape(BaseModel):
    """Where an incident is shown; true when `posted` equals `wanted`."""

    channel: str
    ts: str | None
    wanted: int
    posted: int
    last_error: str | None


class IncidentShape(BaseModel):
    """One firing period. Values are in the metric's unit."""

    id: int
    sort: str
    state: str
    severity: str | None
    worst_severity: str | None
    acknowledged_by: PersonShape | None
    acknowledged_at: datetime | None
    muted: bool
    alarm: AlarmShape
    first_value: float | None
    last_value: float | None
    worst_value: float | None
    recovery_value: float | None
    opened_at: datetime
    fired_at: datetime
    recovered_at: datetime | None
    callbacks: int
    firings: int
    previous_id: int | None
    episode_id: str | None
    event_id: str | None
    event_status: str | None
    cards: list[CardShape]

    @staticmethod
    def of(told: Told) -> "IncidentShape":
        """An incident with its alarm and cards."""
        incident = told.listed.incident
        taken = incident.acknowledged
        same = {name: getattr(incident, name) for name in _SAME}
        return IncidentShape(
            **same,
            acknowledged_by=PersonShape(id=taken.by.id, name=taken.by.name) if taken else None,
            acknowledged_at=taken.at if taken else None,
            muted=False,
            alarm=AlarmShape.of(told.listed.alarm),
            cards=[
                CardShape(**{name: getattr(card, name) for name in CardShape.model_fields})
                for card in told.cards
            ],
        )


_SAME = set(IncidentShape.model_fields) & set(Incident.__dataclass_fields__)
