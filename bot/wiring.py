"""How the settings become the parts of a bot."""

from bot.clock import Clock
from bot.cloudmonitor.links import CHINA_SITE, INTERNATIONAL_SITE
from bot.config import Settings
from bot.relations import read_dependencies
from bot.routes import read_routes
from bot.rules.card import Language
from bot.rules.delivery import OnUnclear
from bot.rules.flapping import Flapping
from bot.rules.routing import Destination
from bot.rules.thread import Aloud, Manner, Thread
from bot.slack.calls import SlackCalls
from bot.store.engine import Database
from bot.work.deliver import Deliverer
from bot.work.filing import Filing
from bot.work.flood import Flood
from bot.work.kin import Kin
from bot.work.mute import Poke
from bot.work.prune import Keep
from bot.work.send_card import Parked
from bot.work.tick import Ticker

CONSOLES = {"china": CHINA_SITE, "international": INTERNATIONAL_SITE}


def filing(settings: Settings) -> Filing:
    """Where alarms go. Raises SettingsRefused for a routes file with faults."""
    routes = read_routes(settings.routes_file) if settings.routes_file else ()
    manner = Manner(Thread(settings.thread), Aloud(settings.aloud))
    default = Destination(settings.channel, Language(settings.language), manner)
    flapping = Flapping(*settings.flapping) if settings.flapping else None
    kin = Kin(read_dependencies(settings.routes_file) if settings.routes_file else ())
    return Filing(routes, default, settings.reopen_window, settings.storm_limit, flapping, kin)


def keep(settings: Settings) -> Keep:
    """What is kept of what is over."""
    return Keep(settings.keep, settings.keep_most)


def deliverer(
    settings: Settings,
    database: Database,
    slack: SlackCalls,
    *,
    owner: str,
    clock: Clock,
    parked: Parked,
) -> Deliverer:
    """The delivery loop of a replica that is called `owner`."""
    return Deliverer(
        database,
        slack,
        owner=owner,
        clock=clock,
        consoles=CONSOLES[settings.console],
        on_unclear=OnUnclear(settings.on_unclear),
        parked=parked,
    )


def ticker(settings: Settings, database: Database, *, clock: Clock, poke: Poke, kin: Kin) -> Ticker:
    """The tick; `kin` is what callbacks are filed by."""
    return Ticker(
        database,
        clock=clock,
        poke=poke,
        flood=Flood(settings.storm_limit, Language(settings.language)),
        kin=kin,
        fallback=settings.fallback or settings.channel,
    )
