"""What a route says of alarms that belong together: `group: {by: [rule], wait: 30s, …}`."""

from datetime import timedelta
from typing import cast

from bot import setting_texts
from bot.routes_file import Faulty, field_of, meant
from bot.rules.grouping import INTERVAL, WAIT, Grouping

GROUP = "group"
KEYS = ("by", "wait", "interval")
LONGEST_WAIT = timedelta(minutes=10)  # a team that waits longer is not told of alarms
SHORTEST_INTERVAL = timedelta(seconds=1)
LONGEST_INTERVAL = timedelta(days=1)


def grouping_of(value: object) -> Grouping | None:
    """None without the key. Raises Faulty."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Faulty("group must have the key by, such as {by: [rule, region]}", GROUP)
    keys = {str(key): one for key, one in cast("dict[object, object]", value).items()}
    for key in keys:
        if key not in KEYS:
            raise Faulty(f"group: unknown key {key!r}{meant(key, KEYS)}", GROUP, key)
    return Grouping(
        by=_fields(keys.get("by")),
        wait=_time("wait", keys.get("wait"), WAIT, timedelta(), LONGEST_WAIT),
        interval=_time(
            "interval", keys.get("interval"), INTERVAL, SHORTEST_INTERVAL, LONGEST_INTERVAL
        ),
    )


def _fields(value: object) -> tuple[str, ...]:
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    if not several or not all(isinstance(one, str) and one for one in several):
        raise Faulty(
            "group: by must be a field or a list of fields, such as [rule, region]", GROUP, "by"
        )
    return tuple(dict.fromkeys(field_of(str(one), GROUP, "by") for one in several))


def _time(
    key: str, value: object, default: timedelta, least: timedelta, most: timedelta
) -> timedelta:
    if value is None:
        return default
    wrong = f"group: {key} must be a time from {_told(least)} to {_told(most)}, such as"
    try:
        found = setting_texts.duration(str(value))
    except ValueError:
        raise Faulty(f"{wrong} {_told(default)}", GROUP, key) from None
    if not least <= found <= most:
        raise Faulty(f"{wrong} {_told(default)}", GROUP, key)
    return found


def _told(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
