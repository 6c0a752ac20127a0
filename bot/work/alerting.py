"""Alerting: telling people of troubles by other ways than Slack, each message until it is taken."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.ids import new_id
from bot.outside.message import Message, Way
from bot.rules.card import Language
from bot.rules.delivery import backoff
from bot.rules.trouble import Step
from bot.slack.alert import headline, sentence
from bot.store import alerts
from bot.store.alerts import Alert
from bot.store.engine import Database, Writing

log = structlog.get_logger()

GIVE_UP_AFTER = timedelta(days=1)
Seen = Callable[[str, bool], None]  # a way's name, and whether it took the message


class Alerting:
    """The ways out by name (`webhook`, `mail`), if any; `about` says which bot speaks, `language`
    in which language.
    """

    def __init__(
        self,
        database: Database,
        ways: Mapping[str, Way],
        *,
        language: Language,
        about: str,
        seen: Seen,
    ) -> None:
        self._database = database
        self._ways = ways
        self.language = language
        self._about = about
        self._seen = seen

    async def queue(self, tx: Writing, step: Step, *, now: datetime) -> None:
        """Have it told, in the transaction that decided so. What still waits is not repeated."""
        known = await alerts.waiting(tx, list(self._ways))
        trouble = step.trouble
        if trouble is None or (step.before and step.after and trouble.name in known):
            return
        await alerts.add(tx, self._alerts(step, now))

    def _alerts(self, step: Step, now: datetime) -> list[Alert]:
        trouble, telling = step.trouble, step.telling
        if trouble is None or telling is None:
            return []
        about = (trouble.name, telling, trouble.detail, trouble.since, now, now)
        return [Alert(new_id(), way, *about) for way in self._ways]

    async def send_due(self, now: datetime) -> None:
        """Send what is next on each way, if it may go. Raises StorageUnavailable."""
        for way in self._ways:
            async with self._database.reading() as tx:
                alert = await alerts.oldest(tx, way)
            if alert and alert.due_at <= now:
                taken = await self._send(alert, now)
                async with self._database.writing() as tx:
                    await self._note(tx, alert, taken=taken, now=now)

    async def send_at_once(self, step: Step, now: datetime) -> bool:
        """Tell it without a database to remember it in; whether anybody took it."""
        sent = [await self._send(alert, now) for alert in self._alerts(step, now)]
        return any(sent)

    async def _send(self, alert: Alert, now: datetime) -> bool:
        refused = await self._ways[alert.way].send(self._message(alert), now=now)
        self._seen(alert.way, refused is None)
        if refused is None:
            log.info("alert.sent", way=alert.way, trouble=alert.trouble, telling=alert.telling)
        else:
            log.warning("alert.not_sent", way=alert.way, trouble=alert.trouble, reason=refused)
        return refused is None

    async def _note(self, tx: Writing, alert: Alert, *, taken: bool, now: datetime) -> None:
        if taken or now - alert.at > GIVE_UP_AFTER:
            await alerts.drop(tx, alert)
        else:
            await alerts.put_off(tx, alert, due_at=now + backoff(alert.attempts))

    def _message(self, alert: Alert) -> Message:
        about = (alert.trouble, alert.telling, self.language)
        text = sentence(*about, detail=alert.detail, since=alert.since, at=alert.at)
        data = {
            "trouble": alert.trouble,
            "detail": alert.detail,
            "since": alert.since.isoformat(),
            "bot": self._about,
        }
        payload = {
            "type": f"trouble.{alert.telling.value}",
            "timestamp": alert.at.isoformat(),
            "text": text,
            "data": data,
        }
        return Message(alert.id, payload, headline(*about), text)
