"""Dependencies: while a parent alarm fires, its children do not ping; both cards say so.

Pure. A child that fires is held back by the oldest open incident that a dependency names as
its parent. Nobody is held back, not even through others, by what it holds back itself: of two
alarms that each explain the other, the first is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.rules.facts import Facts, Patterns, fits
from bot.rules.incident import Incident, Sort


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of the file: patterns on facts, and the fields that must be `equal`."""

    name: str
    parent: Patterns
    child: Patterns
    equal: tuple[str, ...] = ()

    def binds(self, parent: Facts, child: Facts) -> bool:
        """Whether a child with these facts waits for a parent with those."""
        if not (fits(self.parent, parent) and fits(self.child, child)):
            return False
        return all(set(parent.get(one, ())) & set(child.get(one, ())) for one in self.equal)


@dataclass(frozen=True, slots=True)
class Known:
    """An incident with its facts."""

    incident: Incident
    facts: Facts


@dataclass(frozen=True, slots=True)
class Relative:
    """A parent or a child, as the other's card names it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Family:
    """Whom an incident waits for, and the first of those that wait for it, of so many."""

    parent: Relative | None = None
    children: tuple[Relative, ...] = ()
    count: int = 0


ALONE = Family()


def may_lead(rules: Iterable[Dependency], one: Known) -> bool:
    """Whether it fires and could hold others back."""
    alarm = one.incident.sort is Sort.ALARM and one.incident.is_open
    return alarm and any(fits(rule.parent, one.facts) for rule in rules)


def parent_of(
    rules: Sequence[Dependency], child: Known, leaders: Mapping[int, Known]
) -> int | None:
    """Who holds it back, if anybody does; `leaders` are all open incidents that may, by number."""
    if child.incident.sort is not Sort.ALARM:
        return None
    for number in sorted(leaders):
        leader = leaders[number]
        bound = any(rule.binds(leader.facts, child.facts) for rule in rules)
        if bound and not _waits_for(leader, child.incident.id, leaders):
            return number
    return None


def _waits_for(leader: Known, number: int, leaders: Mapping[int, Known]) -> bool:
    """Whether a leader is that incident, or waits for it, perhaps through others."""
    seen: set[int] = set()
    one: Known | None = leader
    while one and one.incident.id not in seen:
        seen.add(one.incident.id)
        if number in (one.incident.id, one.incident.parent_id):
            return True
        one = leaders.get(one.incident.parent_id or 0)
    return False
