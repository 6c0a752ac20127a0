"""Puts the Slack doors together: every dialog and command, each with what it needs."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.doors.act_dialog import ActDialog
from bot.doors.command_acts import Doings
from bot.doors.command_asks import Asks
from bot.doors.command_mutes import MuteCommands
from bot.doors.command_pasts import Pasts
from bot.doors.commands import Commands
from bot.doors.history_dialog import HistoryDialog
from bot.doors.home import HomeDoor
from bot.doors.modals import Modals
from bot.doors.mute_changes import MuteChanges
from bot.doors.mute_dialog import MuteDialog
from bot.doors.rows import Rows
from bot.doors.storm_dialog import StormDialog
from bot.doors.switchboard import Listeners
from bot.slack.calls import Identity, SlackCalls
from bot.store.engine import Database
from bot.work.people import People
from bot.work.permits import Permits
from bot.work.watch import Watch


@dataclass(frozen=True, slots=True)
class Needs:
    """What the dialogs need; `console` is its public address, if it has one."""

    database: Database
    slack: SlackCalls
    people: People
    permits: Permits
    watch: Watch
    whoami: Callable[[], Identity | None]
    clock: Clock
    poke: Callable[[], None]
    console: str | None = None


def build_listeners(needs: Needs) -> Listeners:
    """Everything that people can do in Slack."""
    listeners = Listeners()
    modals, rows = Modals(needs.slack), Rows(needs.whoami)
    _dialogs(needs, modals, rows, listeners)
    _commands(needs, rows, listeners)
    HomeDoor(needs.database, needs.slack, rows, console=needs.console, clock=needs.clock).listen(
        listeners
    )
    return listeners


def _dialogs(needs: Needs, modals: Modals, rows: Rows, listeners: Listeners) -> None:
    database, permits = needs.database, needs.permits
    clock, poke = needs.clock, needs.poke
    acts = ActDialog(database, modals, permits, needs.people, clock=clock, poke=poke)
    mutes = MuteDialog(database, modals, permits, clock=clock, poke=poke)
    changes = MuteChanges(database, modals, permits, clock=clock, poke=poke)
    storms = StormDialog(database, modals, permits, rows, clock=clock, poke=poke)
    past = HistoryDialog(database, modals, needs.slack, clock=clock)
    acts.menu["history"] = past.show
    for dialog in (acts, mutes, changes, storms, past):
        dialog.listen(listeners)


def _commands(needs: Needs, rows: Rows, listeners: Listeners) -> None:
    database, permits = needs.database, needs.permits
    clock, poke = needs.clock, needs.poke
    commands = Commands(permits)
    Asks(database, needs.slack, rows, clock=clock).serve(commands)
    Doings(database, permits, needs.people, needs.watch, clock=clock, poke=poke).serve(commands)
    MuteCommands(database, permits, clock=clock, poke=poke).serve(commands)
    Pasts(database, clock=clock).serve(commands)
    commands.listen(listeners)
