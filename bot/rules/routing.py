"""Which channels hear of an incident, and in which language: a list of routes, read downwards.

Pure. A route that matches ends the search unless it says to continue; nothing matched means
the default destination. Facts are texts in lower case, and so are a route's patterns.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.rules.card import Language
from bot.rules.facts import Facts, Patterns, fits
from bot.rules.grouping import Grouping
from bot.rules.thread import BY_DEFAULT, Aloud, Manner, Thread


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel (id or name), the language spoken there, and what it wants to hear.

    `grouping` is that of the `route` which leads there; None: each incident has its own card.
    """

    channel: str
    language: Language
    manner: Manner = BY_DEFAULT
    grouping: Grouping | None = None
    route: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the routes file.

    `match` are the patterns of its facts. `stop` ends the search when the route matches.
    Without a `language`, a `thread` or `aloud`, the default's; without a `grouping`, none.
    """

    name: str
    match: Patterns
    channel: str
    language: Language | None = None
    stop: bool = True
    thread: Thread | None = None
    aloud: Aloud | None = None
    grouping: Grouping | None = None

    def fits(self, facts: Facts) -> bool:
        """Whether an alarm with these facts takes this route."""
        return fits(self.match, facts)


def channels_for(
    routes: Iterable[Route], facts: Facts, default: Destination
) -> tuple[Destination, ...]:
    """Where an alarm with these facts is shown: at least one channel, each once."""
    found: dict[str, Destination] = {}
    for route in routes:
        if not route.fits(facts):
            continue
        manner = Manner(route.thread or default.manner.thread, route.aloud or default.manner.aloud)
        there = Destination(route.channel, route.language or default.language, manner)
        if route.grouping:
            there = replace(there, grouping=route.grouping, route=route.name)
        found.setdefault(route.channel, there)
        if route.stop:
            break
    return tuple(found.values()) or (default,)
