"""An alarm: what one rule watches on one set of dimensions, and how the channel names it."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.rules.changed import changed
from bot.rules.record import Record


@dataclass(frozen=True)  # without slots: see `changed`
class Alarm:
    """Identity and description of an alarm.

    `key` is the identity by the sender's rules (account + rule + dimensions); everything
    else is a description that may change with an edit of the rule, so the newest callback
    wins. `heard_until` is the sender's time of the newest callback applied: what is not
    newer than it changes nothing any more.
    """

    id: int
    key: str
    name: str
    account: str | None = None
    rule_id: str | None = None
    project: str | None = None
    metric: str | None = None
    metric_label: str | None = None
    unit: str | None = None
    dimensions: dict[str, str] = field(default_factory=dict[str, str])
    instance_name: str | None = None
    region_id: str | None = None
    region_name: str | None = None
    group_id: str | None = None
    group_name: str | None = None
    labels: dict[str, str] = field(default_factory=dict[str, str])
    heard_until: datetime | None = None

    @property
    def instance(self) -> str:
        """What it watches: an instance's id or name, else all its dimensions, else its name."""
        named = self.dimensions.get("instanceId") or self.instance_name
        return named or ",".join(sorted(self.dimensions.values())) or self.name

    def described_by(self, record: Record, *, at: datetime) -> "Alarm":
        """The alarm as the newest callback describes it; what a callback omits is kept."""
        return changed(
            self,
            name=record.alert_name or record.rule_name or self.name,
            account=record.user_id or record.dimensions.get("userId") or self.account,
            rule_id=record.rule_id or self.rule_id,
            project=record.project or self.project,
            metric=record.metric or self.metric,
            metric_label=record.metric_label or self.metric_label,
            unit=record.unit or self.unit,
            dimensions=record.dimensions or self.dimensions,
            instance_name=record.instance_name or self.instance_name,
            region_id=record.region_id or self.region_id,
            region_name=record.region_name or self.region_name,
            group_id=record.group_id or self.group_id,
            group_name=record.group_name or self.group_name,
            labels=record.labels or self.labels,
            heard_until=at,
        )


def new_alarm(number: int, key: str, record: Record) -> Alarm:
    """An alarm never heard of before; `heard_until` is set when the callback is applied."""
    name = record.alert_name or record.rule_name or record.metric_label or record.kind.value
    return Alarm(id=number, key=key, name=name)
