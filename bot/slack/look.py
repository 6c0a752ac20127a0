"""Marks and colours: how a card looks from across the room.

A mark (an emoji) always says what the colour says too: colours are lost on phones'
notifications, in screen readers and on one man in twelve. Circles are alarms, squares events.
"""

from bot.rules.incident import Incident, Sort, State
from bot.rules.severity import Severity

_ALARM_MARKS = {Severity.CRITICAL: "🔴", Severity.WARN: "🟠", Severity.INFO: "🔵", None: "🟡"}
_EVENT_MARKS = {Severity.CRITICAL: "🟥", Severity.WARN: "🟧", Severity.INFO: "🟦", None: "🟨"}
_COLOURS = {
    Severity.CRITICAL: "#a30200",
    Severity.WARN: "#e8912d",
    Severity.INFO: "#1d7fd1",
    None: "#b59a5b",
}
# Somebody has it: the same hues, calmer.
_CALM_COLOURS = {
    Severity.CRITICAL: "#d9a3a0",
    Severity.WARN: "#f0cfa6",
    Severity.INFO: "#a9cdec",
    None: "#dccfaf",
}

RECOVERED_MARK = "✅"
CLOSED_MARK = "☑️"
NO_DATA_MARK = "🟣"
ACKNOWLEDGED_MARK = "👀"
MUTED_MARK = "🔕"
HELD_MARK = "⏸️"
FLAPPING_MARK = "〰️"

RECOVERED_COLOUR = "#2eb886"
NO_DATA_COLOUR = "#7a6f9b"
QUIET_COLOUR = "#9a9a9a"


def severity_mark(severity: Severity | None) -> str:
    """The mark of an alarm that was this bad."""
    return _ALARM_MARKS[severity]


def severity_colour(severity: Severity | None, *, calm: bool) -> str:
    """The bar's colour of what fires; calmer where somebody has it."""
    return (_CALM_COLOURS if calm else _COLOURS)[severity]


def mark_of(incident: Incident) -> str:
    """One emoji for the headline."""
    match incident.state:
        case State.RECOVERED:
            return RECOVERED_MARK
        case State.NO_DATA:
            return NO_DATA_MARK
        case State.CLOSED if incident.sort is Sort.ALARM:
            return CLOSED_MARK
        case State.FIRING | State.CLOSED:
            marks = _EVENT_MARKS if incident.sort is Sort.EVENT else _ALARM_MARKS
            return marks[incident.severity]


def colour_of(incident: Incident) -> str:
    """The bar's colour, `#rrggbb`."""
    match incident.state:
        case State.RECOVERED:
            return RECOVERED_COLOUR
        case State.NO_DATA:
            return NO_DATA_COLOUR
        case State.CLOSED if incident.sort is Sort.ALARM:
            return QUIET_COLOUR
        case State.FIRING | State.CLOSED:
            return severity_colour(incident.severity, calm=incident.acknowledged is not None)
