"""Whether somebody may do something: asks the rules, and Slack for who is in a user group.

It fails closed: what cannot be found out is refused. A refusal is written down like an act.
"""

import asyncio
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.rules.incident import Person
from bot.rules.permits import Action, Forbidden, Permissions, permit_for
from bot.slack.failures import SlackFailure
from bot.slack.people import PeopleCalls
from bot.store import acts
from bot.store.acts import Act
from bot.store.engine import Database

KEPT = timedelta(minutes=5)  # how soon somebody new in a group may act
PATIENCE = 1.5  # seconds for Slack to say who is in a group


class Permits:
    """Enforces the permissions file."""

    def __init__(
        self, permissions: Permissions, calls: PeopleCalls, database: Database, *, clock: Clock
    ) -> None:
        self._permissions = permissions
        self._calls = calls
        self._database = database
        self._clock = clock
        self._members: dict[str, tuple[datetime, frozenset[str]]] = {}

    async def demand(
        self, action: Action, *, person: Person, channel: str | None, via: str = "slack"
    ) -> None:
        """Return if the person may. Raises Forbidden, after writing it down."""
        permit = permit_for(self._permissions, action)
        if permit is None or person.id in permit.users or channel in permit.channels:
            return
        # All at once: a modal that waits for the answer must open within three seconds.
        members = await asyncio.gather(*map(self._of, sorted(permit.groups)))
        if any(person.id in listed for listed in members if listed is not None):
            return
        unsure = any(listed is None for listed in members)
        await self._write_down(action, person, channel, via)
        raise Forbidden(action, permit, unsure=unsure)

    async def _of(self, group: str) -> frozenset[str] | None:
        now = self._clock()
        kept = self._members.get(group)
        if kept and now - kept[0] < KEPT:
            return kept[1]
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._calls.members(group)
        except (SlackFailure, TimeoutError):
            return None
        self._members[group] = (now, found)
        return found

    async def _write_down(
        self, action: Action, person: Person, channel: str | None, via: str
    ) -> None:
        act = Act(
            at=self._clock(),
            verb="refused",
            actor=person,
            via=via,
            before={},
            after={"action": action.value, "channel": channel},
        )
        async with self._database.writing() as tx:
            await acts.add(tx, act)
