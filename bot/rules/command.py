"""What a slash command's words mean: a verb and its arguments.

Pure. A verb that is misspelt gets the nearest one; what follows is read by each verb's own rule.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.ids import DIGITS
from bot.rules.matcher import Matcher
from bot.rules.matcher_text import next_matcher
from bot.rules.mute import NewMute
from bot.rules.people import user_in
from bot.rules.until import Until, duration, until


class Ask(StrEnum):
    """The verbs of `/alarms`, in the order in which help tells them."""

    NOW = "now"
    LIST = "list"
    SEARCH = "search"
    SHOW = "show"
    HISTORY = "history"
    ACK = "ack"
    UNACK = "unack"
    TAKE = "take"
    ASSIGN = "assign"
    NOTE = "note"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    MUTE = "mute"
    MUTES = "mutes"
    EXTEND = "extend"
    UNMUTE = "unmute"
    STATS = "stats"
    CSV = "csv"
    SHARE = "share"
    DOCTOR = "doctor"
    HELP = "help"


OTHER_NAMES = {
    "firing": Ask.NOW, "ls": Ask.LIST, "find": Ask.SEARCH, "query": Ask.SEARCH,
    "acknowledge": Ask.ACK, "unacknowledge": Ask.UNACK, "comment": Ask.NOTE, "close": Ask.RESOLVE,
    "open": Ask.REOPEN, "silence": Ask.MUTE, "snooze": Ask.MUTE, "silences": Ask.MUTES,
    "expire": Ask.UNMUTE, "statistics": Ask.STATS, "export": Ask.CSV, "?": Ask.HELP,
    "帮助": Ask.HELP, "搜索": Ask.SEARCH, "静默": Ask.MUTE, "历史": Ask.HISTORY, "统计": Ask.STATS,
}  # fmt: skip
_NUMBER = re.compile(r"#?(\d+)(?:[\s,]+|$)")
_PERSON = re.compile(r"(<@[^<>]*>|\S*)\s*")
_BECAUSE = re.compile(r"\s*(?:because|reason:?|--|—|：|因为)\s*", re.IGNORECASE)
_FOR = re.compile(r"(?:for|持续)\s+", re.IGNORECASE)
_UNTIL = re.compile(r"(?:until|till|直到|至)\s*", re.IGNORECASE)
ANY_LENGTH = "1h"  # of a mute that names none


class CommandRefused(ValueError):
    """A command that cannot be understood; `key` names the sentence, `values` go into it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"command.refused.{key}")
        self.key = f"command.refused.{key}"
        self.values = values


@dataclass(frozen=True, slots=True)
class Asked:
    """A verb with the rest of the line."""

    verb: Ask
    rest: str


def asked(text: str) -> Asked:
    """The verb of a command; without any word it asks what fires now. Raises CommandRefused."""
    word, _, rest = text.strip().partition(" ")
    name = word.lower().lstrip("/")
    if not name:
        return Asked(Ask.NOW, "")
    verb = _verb(name)
    if verb is None:
        near = get_close_matches(name, [*Ask, *OTHER_NAMES], n=1, cutoff=0.5)
        if near:
            raise CommandRefused("unknown_near", word=word[:40], near=str(near[0]))
        raise CommandRefused("unknown", word=word[:40])
    return Asked(verb, rest.strip())


def _verb(name: str) -> Ask | None:
    try:
        return Ask(name)
    except ValueError:
        return OTHER_NAMES.get(name)


def numbers(rest: str, verb: Ask) -> tuple[list[int], str]:
    """One or more incidents by number, and what follows. Raises CommandRefused."""
    found: list[int] = []
    while (one := _NUMBER.match(rest)) and len(one[1]) <= DIGITS:
        found.append(int(one[1]))
        rest = rest[one.end() :]
    if not found:
        raise CommandRefused("no_number", verb=verb.value, text=rest[:40] or "–")
    return found, rest.strip()


def number(rest: str, verb: Ask) -> tuple[int, str]:
    """One incident by number, and what follows: also when that begins with a number."""
    one = _NUMBER.match(rest)
    if one is None or len(one[1]) > DIGITS:
        raise CommandRefused("no_number", verb=verb.value, text=rest[:40] or "–")
    return int(one[1]), rest[one.end() :].strip()


def person(rest: str) -> tuple[str | None, str]:
    """The id of a person who is mentioned, or given by it, and what follows."""
    one = _PERSON.match(rest)
    found = user_in(one[1]) if one else None
    return (found, rest[one.end() :]) if one and found else (None, rest)


@dataclass(frozen=True, slots=True)
class MuteAsked:
    """A mute as it was typed: of an incident's alarm by number, or by conditions."""

    incident: int | None
    matchers: tuple[Matcher, ...]
    until: Until
    reason: str

    def new(self, matchers: tuple[Matcher, ...]) -> NewMute:
        """The mute asked for, not checked yet; `matchers` are those of the incident's alarm."""
        return NewMute(
            (*matchers, *self.matchers),
            self.reason,
            self.until.at,
            until_recovered=self.until.recovered,
        )


def mute_asked(rest: str, *, now: datetime, zone: ZoneInfo) -> MuteAsked:
    """`42 for 4h because log rotation`, `instanceId=i-bp1* rule="x y" until 18:00 …`.

    The words after the time are the reason, with or without `because`.
    """
    one = _NUMBER.match(rest)
    incident = int(one[1]) if one and len(one[1]) <= DIGITS else None
    rest = rest[one.end() :] if one and incident is not None else rest
    matchers: list[Matcher] = []
    while not _begins(rest) and (found := next_matcher(rest)):
        matchers.append(found[0])
        rest = found[1].lstrip()
    if incident is None and not matchers:
        raise CommandRefused("mute_what", text=rest[:40] or "–")
    end, rest = _end(rest, now, zone)
    said = _BECAUSE.match(rest)
    return MuteAsked(incident, tuple(matchers), end, rest[said.end() if said else 0 :].strip())


def _begins(rest: str) -> bool:
    """Whether the conditions are over."""
    return bool(_FOR.match(rest) or _UNTIL.match(rest) or _BECAUSE.match(rest))


def _end(rest: str, now: datetime, zone: ZoneInfo) -> tuple[Until, str]:
    """The longest run of words that is a time, and what follows."""
    said = _FOR.match(rest) or _UNTIL.match(rest)
    words = rest[said.end() if said else 0 :].split(" ")
    for count in range(min(len(words), 4), 0, -1):
        text = " ".join(words[:count]).rstrip(",;")
        if not said and duration(text) is None:
            continue
        try:
            return until(text, now=now, zone=zone), " ".join(words[count:]).strip()
        except ValueError:
            continue
    if said:
        return until(" ".join(words), now=now, zone=zone), ""  # which says what cannot be read
    return until(ANY_LENGTH, now=now, zone=zone), rest
