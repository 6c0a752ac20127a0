"""Arrivals at groups: what one step of an incident means for the group that it is in, or looks for.

Apart from `groups`, which keeps the books and asks the store: an arrival is a value, and what it
does to its group follows from that value alone.
"""

from dataclasses import dataclass

from bot.rules.alarm import Alarm
from bot.rules.facts import Facts, facts_of
from bot.rules.grouping import Grouping, begins, is_heard_again, is_news, is_urgent
from bot.rules.routing import Destination
from bot.rules.severity import Severity
from bot.store.cards import Card
from bot.store.group_cards import Joining
from bot.store.incidents import Change


@dataclass(frozen=True, slots=True)
class Arrival:
    """One incident before and after a batch of callbacks, in one channel.

    `to` is the route's word for that channel; None where no route leads there any more. `card`
    is the one that was there; None for a new one.
    """

    change: Change
    alarm: Alarm
    kind: str | None
    channel_id: int
    to: Destination | None
    card: Card | None

    @property
    def grouping(self) -> Grouping | None:
        """The rule by which it finds its group now, if it looks for one."""
        if self.to is None or self.to.grouping is None:
            return None
        before = self.change.before if self.card else None
        return self.to.grouping if begins(before, self.change.after) else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A step towards a group, and whether people must hear of it at once."""

    joining: Joining
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """A group that an arrival looks for: its rule and route, and the facts that make its key."""

    rule: Grouping
    to: Destination
    key: str
    facts: Facts


def concerns_groups(one: Arrival) -> bool:
    """Whether it is a member of a group, or looks for one."""
    member = one.card is not None and one.card.is_counted and one.card.group_id is not None
    return member or one.grouping is not None


def sought_by(one: Arrival) -> Sought | None:
    """The group that it looks for, if it looks for one."""
    rule, to = one.grouping, one.to
    if rule is None or to is None:
        return None
    facts = facts_of(one.alarm, severity=one.change.after.severity, kind=one.kind)
    return Sought(rule, to, rule.key_of(to.route, facts), facts)


def entries_of_member(one: Arrival) -> list[Entry]:
    """What becomes of a member; that it changed at all has been noted already."""
    before, after, card = one.change.before, one.change.after, one.card
    again, news = is_heard_again(before, after), is_news(before, after)
    if card is None or card.group_id is None or not (again or news):
        return []
    tells = news or (again and not after.flaps)
    joining = Joining(after.id, one.channel_id, card.group_id, is_taken=again, is_news=tells)
    return [Entry(joining, is_urgent(before, after))]


def entry_into(one: Arrival, group_id: int) -> Entry:
    """What begins to fire becomes a member of this group."""
    after = one.change.after
    before = one.change.before if one.card else None
    news = is_news(before, after)
    joining = Joining(after.id, one.channel_id, group_id, is_taken=True, is_news=news)
    return Entry(joining, news and after.severity is Severity.CRITICAL)
