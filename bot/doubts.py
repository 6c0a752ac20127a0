"""What is set and does nothing: a mistyped TOCSIN_…, a TZ that no machine knows.

No fault: other programs may have variables of such names, so nothing stops for it. `tocsin
doctor` names them, and so does the start. Names only; what they hold may be a secret.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.config import SECRET_VARIABLES, PartialSettings

PREFIX: Final = "TOCSIN_"
FILE: Final = "_FILE"
ALIKE: Final = 0.7  # CANARI is CANARY, CHANEL is CHANNEL; PORT is not yet STORM
SETTINGS: Final = tuple(str(field.alias) for field in PartialSettings.model_fields.values())
_OURS: Final = re.compile(r"(?i)tocsin_[a-z0-9_]+")
# Kubernetes tells every container of a service called `tocsin`.
_OF_KUBERNETES: Final = re.compile(
    r"TOCSIN_(?:[A-Z0-9_]+_)?(?:SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)"
    r"|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)"
)
_LINK: Final = re.compile(r"(?:tcp|udp|sctp)://")  # what its TOCSIN_PORT holds
_UNREAD: Final = "is no setting, and nothing reads it"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A variable that is set in vain. `remedy` where somebody meant something by it."""

    name: str
    says: str
    remedy: str | None = None


def doubts_of(environ: Mapping[str, str]) -> tuple[Doubt, ...]:
    """All of them, by name. Empty is as good as not set."""
    ours = sorted(name for name in environ if _OURS.fullmatch(name))
    found = (_of_name(name) for name in ours if _is_meant(name, environ[name].strip()))
    return (*(one for one in found if one), *_of_zone(environ.get("TZ", "").strip()))


def _is_meant(name: str, text: str) -> bool:
    return bool(text) and not _OF_KUBERNETES.fullmatch(name) and not _LINK.match(text)


def _of_name(name: str) -> Doubt | None:
    plain = name.removesuffix(FILE)
    if name in SETTINGS or (plain != name and plain in SECRET_VARIABLES):
        return None
    if plain in SETTINGS:
        return Doubt(name, f"is not read: {plain} is no secret", f"set {plain} itself")
    near = _near(name)
    return Doubt(name, _UNREAD, f"did you mean {near}? rename it, or unset it" if near else None)


def _near(name: str) -> str | None:
    """The setting, or the file of one, that is called almost so: compared without the prefix,
    which would make all of them alike, and which some of them do not have."""
    known = (*SETTINGS, *(f"{secret}{FILE}" for secret in SECRET_VARIABLES))
    by_rest = {one.removeprefix(PREFIX): one for one in known}
    found = get_close_matches(name.upper().removeprefix(PREFIX), by_rest, n=1, cutoff=ALIKE)
    return by_rest[found[0]] if found else None


def _of_zone(zone: str) -> Iterator[Doubt]:
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Doubt(
            "TZ",
            "is no time zone that is known here, so times of day are UTC",
            "set it to a name such as Europe/Berlin or Asia/Shanghai",
        )
