"""What somebody's App Home shows: what fires, what they have, which mutes end soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.mute import Mute
from bot.rules.query import parse
from bot.store.engine import Database
from bot.work import mute, search
from bot.work.ask import Told

SHOWN = 10  # of each list; the rest is a command away
SOON = timedelta(hours=24)
MUTES_READ = 100


@dataclass(frozen=True, slots=True)
class Home:
    """`firing_count` and `mine_count` count all, also what is not among `firing` and `mine`."""

    firing: tuple[Told, ...]
    firing_count: int
    mine: tuple[Told, ...]
    mine_count: int
    mutes: tuple[Mute, ...]


async def home_of(database: Database, person_id: str, *, now: datetime) -> Home:
    """Everything, the worst and the soonest first."""
    firing = parse("state:firing,no_data sort:severity", now=now)
    mine = parse("state:firing,no_data acked:me sort:severity", now=now, me=person_id)
    living = await mute.page(database, ended=False, limit=MUTES_READ)
    soon = sorted((one for one in living if one.ends_at <= now + SOON), key=lambda o: o.ends_at)
    return Home(
        (await search.search(database, firing, limit=SHOWN, cursor=None)).items,
        await search.count(database, firing),
        (await search.search(database, mine, limit=SHOWN, cursor=None)).items,
        await search.count(database, mine),
        tuple(soon[:SHOWN]),
    )
