"""The life of one alarm: callbacks are heard one after the other, in the order they arrive."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.rules.alarm import Alarm
from bot.rules.flapping import Flapping
from bot.rules.hearing import Heard
from bot.rules.incident import Incident
from bot.rules.judge import Judgement, Outcome, judge
from tests.support.values import WINDOW, alarm


@dataclass(slots=True)
class History:
    """An alarm, its incidents by number, and what became of each callback."""

    window: timedelta = WINDOW
    flapping: Flapping | None = None
    alarm: Alarm = field(default_factory=alarm)
    incidents: dict[int, Incident] = field(default_factory=dict[int, Incident])
    judgements: list[Judgement] = field(default_factory=list[Judgement])

    @property
    def last(self) -> Incident:
        """The newest incident."""
        return self.incidents[max(self.incidents)]

    @property
    def outcomes(self) -> list[Outcome]:
        """What became of each callback."""
        return [one.outcome for one in self.judgements]

    def hear(self, callback: Heard) -> Judgement:
        """One more callback arrives."""
        before = self.last if self.incidents else None
        number = len(self.incidents) + 1
        told = judge(
            self.alarm,
            before,
            callback,
            number=number,
            window=self.window,
            flapping=self.flapping,
        )
        self.judgements.append(told)
        if told.outcome is not Outcome.STALE and told.after is not None:
            self.incidents[told.after.id] = told.after
            self.alarm = self.alarm.described_by(callback.record, at=callback.at)
        return told


def history(
    *callbacks: Heard, window: timedelta = WINDOW, flapping: Flapping | None = None
) -> History:
    """What came of these callbacks, arriving in this order."""
    made = History(window, flapping)
    for callback in callbacks:
        made.hear(callback)
    return made
