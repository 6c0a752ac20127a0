"""The JSON API's shapes: what the OpenAPI page shows, and how values become them."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from bot.rules.alarm import Alarm
from bot.rules.incident import Incident, Memory, Person, Remark
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

    @staticmethod
    def of(person: Person) -> "PersonShape":
        """Somebody, as they did something."""
        return PersonShape(id=person.id, name=person.name)


class RemarkShape(BaseModel):
    """A note that somebody wrote."""

    by: PersonShape
    at: datetime
    text: str

    @staticmethod
    def of(remark: Remark) -> "RemarkShape":
        """As it stands on the card, uncut."""
        return RemarkShape(by=PersonShape.of(remark.by), at=remark.at, text=remark.text)


class MemoryShape(BaseModel):
    """What the incident recalled of its alarm when it opened."""

    times: int = Field(description="incidents of this alarm within `days`, this one included")
    days: int
    last_by: PersonShape | None = Field(description="who acknowledged it the last time")
    last_after_seconds: float | None
    last_remark: str | None

    @staticmethod
    def of(memory: Memory) -> "MemoryShape":
        """As it stands on the card."""
        after = memory.last_after
        return MemoryShape(
            times=memory.times,
            days=memory.days,
            last_by=PersonShape.of(memory.last_by) if memory.last_by else None,
            last_after_seconds=after.total_seconds() if after is not None else None,
            last_remark=memory.last_remark,
        )


class CardShape(BaseModel):
    """Where an incident is shown; true when `posted` equals `wanted`."""

    channel: str
    ts: str | None
    wanted: int
    posted: int
    last_error: str | None
    group_id: int | None = Field(description="the group that it is a member of here, or was")


class IncidentShape(BaseModel):
    """One firing period. Values are in the metric's unit."""

    id: int
    sort: str
    state: str
    severity: str | None
    worst_severity: str | None
    acknowledged_by: PersonShape | None
    acknowledged_at: datetime | None
    muted: bool = Field(description="whether a mute keeps it quiet now")
    mute_id: int | None = Field(description="the mute that keeps it quiet, or kept its end quiet")
    parent_id: int | None = Field(description="the incident that holds it back, or held its end")
    group_id: int | None = Field(description="the group of alarms that it is a member of, or was")
    flapping_since: datetime | None = Field(description="since when it changes too often to ping")
    closed_by: PersonShape | None
    closed_at: datetime | None
    closed_reason: str | None
    feedback: str | None
    remarks: int = Field(description="how many notes people wrote")
    remark: RemarkShape | None = Field(description="the newest note")
    memory: MemoryShape | None
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
        taken, closed = incident.acknowledged, incident.closed
        same = {name: getattr(incident, name) for name in _SAME}
        return IncidentShape(
            **same,
            acknowledged_by=PersonShape.of(taken.by) if taken else None,
            acknowledged_at=taken.at if taken else None,
            muted=incident.mute_id is not None and incident.is_open,
            group_id=told.group_id,
            flapping_since=incident.flap.since if incident.flap else None,
            closed_by=PersonShape.of(closed.by) if closed else None,
            closed_at=closed.at if closed else None,
            closed_reason=closed.reason if closed else None,
            remark=RemarkShape.of(incident.remark) if incident.remark else None,
            memory=MemoryShape.of(incident.memory) if incident.memory else None,
            alarm=AlarmShape.of(told.listed.alarm),
            cards=[
                CardShape(**{name: getattr(card, name) for name in CardShape.model_fields})
                for card in told.cards
            ],
        )


_OTHERWISE = {"remark", "memory"}  # the same names, other shapes
_SAME = set(IncidentShape.model_fields) & set(Incident.__dataclass_fields__) - _OTHERWISE
