"""Settings are texts; each function here turns one kind of text into its value.

Pure. A ValueError's message follows the variable's name and says the remedy; it never
repeats a text that may hold a secret. Addresses stand in `setting_addresses`.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta

_LONGEST_DURATION = timedelta(days=7)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_PIECE = r"(\d{1,6})([smhd])"  # seven days are six digits of seconds
_DURATION = re.compile(rf"(?:{_PIECE}){{1,{len(_UNITS)}}}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_CHANNEL_NAME = re.compile(r"[^\s#@,<>]{1,80}")  # Slack: 80 characters at most
_PORTS = 65_535
_SHORTEST_CANARY = timedelta(seconds=10)
_SHORTEST_SIGNING_SECRET = 16  # characters
_LONGEST_AGE = 36_500  # days
_LARGEST_COUNT = 1_000_000
_FEWEST_CHANGES, _MOST_CHANGES = 2, 100


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of a closed set of words, in whatever case they are written."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"must be one of: {', '.join(words)}")
        return text.lower()

    return read


def starts_with(prefix: str, where: str) -> Callable[[str], str]:
    """A reader of one of Slack's tokens; `where` says where it is found."""

    def read(text: str) -> str:
        if not text.startswith(prefix) or any(letter.isspace() for letter in text):
            raise ValueError(f"must be a token that starts with {prefix} ({where})")
        return text

    return read


def port(text: str) -> int:
    """A TCP port; 0 lets the system choose a free one."""
    number = _whole(text)
    if number is None or number > _PORTS:
        raise ValueError(f"must be a number from 0 to {_PORTS}, such as 8080")
    return number


def count(text: str) -> int:
    """A whole number from 0."""
    number = _whole(text)
    if number is None or number > _LARGEST_COUNT:
        raise ValueError(f"must be a whole number from 0 to {_LARGEST_COUNT}")
    return number


def _whole(text: str) -> int | None:
    """Nine digits at most: Python refuses thousands of them with a message of its own."""
    return int(text) if _WHOLE.fullmatch(text) else None


def duration(text: str) -> timedelta:
    """`90s`, `10m`, `1h30m`; not longer than 7 days."""
    plain = text.strip().lower()
    pieces = re.findall(_PIECE, plain) if _DURATION.fullmatch(plain) else []
    length = sum((int(number) * _UNITS[unit] for number, unit in pieces), timedelta())
    if not pieces or length > _LONGEST_DURATION:
        raise ValueError("must be a time such as 90s, 10m or 1h30m, not longer than 7d")
    return length


def changes(text: str) -> tuple[int, timedelta]:
    """`4 in 1h`: how many within how long; `on` is that."""
    plain = "4 in 1h" if text.strip().lower() == "on" else text.strip().lower()
    number, _, span = plain.partition(" in ")
    wrong = ValueError(
        f"must be like 4 in 1h ({_FEWEST_CHANGES} to {_MOST_CHANGES} changes), or on"
    )
    try:
        found, within = count(number.strip()), duration(span)
    except ValueError:
        raise wrong from None
    if not _FEWEST_CHANGES <= found <= _MOST_CHANGES or not within:
        raise wrong
    return found, within


def canary(text: str) -> timedelta:
    """How often: as `duration`, at least ten seconds."""
    every = duration(text)
    if every < _SHORTEST_CANARY:
        raise ValueError("must be 10s or more, such as 5m")
    return every


def age(text: str) -> timedelta:
    """`90d`: whole days, at least one."""
    days = _whole(text.strip().lower().removesuffix("d"))
    if days is None or not 1 <= days <= _LONGEST_AGE:
        raise ValueError(f"must be a number of days such as 90d, from 1d to {_LONGEST_AGE}d")
    return timedelta(days=days)


def channel(text: str) -> str:
    """A channel's id as it is, or its name without the `#`."""
    plain = text.strip().removeprefix("#")
    if _CHANNEL_ID.fullmatch(plain):
        return plain
    if not _CHANNEL_NAME.fullmatch(plain):
        raise ValueError("must be one channel's name (such as #ops) or its id (such as C0123ABCD)")
    return plain.lower()


def webhook_secret(text: str) -> str:
    """`whsec_` and base64, or a text that is long enough."""
    plain = text.strip()
    if plain.startswith("whsec_"):
        try:
            b64decode(plain.removeprefix("whsec_"), validate=True)
        except ValueError:
            raise ValueError("must be base64 after whsec_; or take any other text") from None
    if len(plain) < _SHORTEST_SIGNING_SECRET:
        raise ValueError("is too short; make one with: openssl rand -hex 24")
    return plain
