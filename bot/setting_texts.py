"""Settings are texts; each function here turns one kind of text into its value.

Pure. A ValueError's message follows the variable's name and says the remedy; it never
repeats a text that may hold a secret.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

_LONGEST_WINDOW = timedelta(days=7)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(?:\d+[smhd])+")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_CHANNEL_NAME = re.compile(r"[^\s#@,<>]{1,80}")  # Slack: 80 characters at most
_LOCAL = ("localhost", "127.0.0.1", "::1")
_PORTS = 65_535
_SMTP_PORTS = {"smtp": 587, "smtps": 465}
_SHORTEST_CANARY = timedelta(seconds=10)
_MAIL_ADDRESS = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")
_SHORTEST_SIGNING_SECRET = 16  # characters
_LONGEST_AGE = 36_500  # days
_LARGEST_COUNT = 1_000_000
_FEWEST_CHANGES, _MOST_CHANGES = 2, 100


_HOST = re.compile(r"(?:\[[^\[\]]*\]|[^:\[\]]*)(?::\d{0,5})?")
_MAIL_REMEDY = (
    "must be smtps://user:password@smtp.example.com/?from=tocsin@example.com&to=ops@example.com"
)

Networks = tuple[IPv4Network | IPv6Network, ...]

# Where CloudMonitor's callbacks come from, as its pages say ("Use threshold alert callbacks",
# 2026-06-04). They changed between editions.
DOCUMENTED_SOURCES = {
    "international": "47.74.206.0/26,47.74.206.64/26,47.74.206.128/26,47.74.206.192/26,"
    "8.222.159.116",
    "china": "106.11.225.0/24,106.11.226.0/24,106.11.227.0/24,106.11.242.0/24,106.11.167.0/24,"
    "106.11.245.0/24,59.82.0.0/16,203.119.128.0/17,121.41.9.246",
}


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
    if not text.isdecimal() or int(text) > _PORTS:
        raise ValueError(f"must be a number from 0 to {_PORTS}, such as 8080")
    return int(text)


def count(text: str) -> int:
    """A whole number from 0."""
    if not text.isascii() or not text.isdecimal() or int(text) > _LARGEST_COUNT:
        raise ValueError(f"must be a whole number from 0 to {_LARGEST_COUNT}")
    return int(text)


def networks(text: str) -> Networks:
    """`10.0.0.0/8,192.0.2.7`: networks and single addresses."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(ip_network(part, strict=False) for part in parts)
    except ValueError:
        raise ValueError("must be networks such as 10.0.0.0/8 or 192.0.2.7, by commas") from None


def sources(text: str) -> Networks:
    """Networks, or the name of a site for those that it documents."""
    parts = [part.strip() for part in text.split(",")]
    spelt = [DOCUMENTED_SOURCES.get(part.lower(), part) for part in parts]
    try:
        return networks(",".join(spelt))
    except ValueError as error:
        raise ValueError(f"{error}; or {' or '.join(sorted(DOCUMENTED_SOURCES))}") from None


def duration(text: str) -> timedelta:
    """`90s`, `10m`, `1h30m`; not longer than 7 days."""
    plain = text.strip().lower()
    parts = re.findall(r"(\d{1,9})([smhd])", plain) if _DURATION.fullmatch(plain) else []
    length = timedelta(**{_UNITS[unit]: int(number) for number, unit in parts})
    if not parts or length > _LONGEST_WINDOW:
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
    plain = text.strip().lower().removesuffix("d")
    if not plain.isascii() or not plain.isdecimal() or not 1 <= int(plain) <= _LONGEST_AGE:
        raise ValueError(f"must be a number of days such as 90d, from 1d to {_LONGEST_AGE}d")
    return timedelta(days=int(plain))


def channel(text: str) -> str:
    """A channel's id as it is, or its name without the `#`."""
    plain = text.strip().removeprefix("#")
    if _CHANNEL_ID.fullmatch(plain):
        return plain
    if not _CHANNEL_NAME.fullmatch(plain):
        raise ValueError("must be one channel's name (such as #ops) or its id (such as C0123ABCD)")
    return plain.lower()


def slack_api_url(text: str) -> str:
    """Base of Slack's Web API with the trailing slash that the SDK needs."""
    url = f"{text.strip().rstrip('/')}/"
    parts = _split(url)
    if parts is None or not parts.path.endswith("/api/") or parts.query or parts.fragment:
        raise ValueError("must be an http or https address that ends in /api/")
    return url


def public_url(text: str) -> str:
    """How the outside reaches the bot, without a trailing slash."""
    parts = _split(text.strip())
    if parts is None or parts.query or parts.fragment or parts.username:
        raise ValueError("must be an address such as https://tocsin.example.com")
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise ValueError("must start with https:// (http:// is for this machine only)")
    return text.strip().rstrip("/")


def webhook(text: str) -> str:
    """An https address; http only for this machine."""
    parts = _split(text.strip())
    if parts is None or parts.username or (parts.scheme == "http" and parts.hostname not in _LOCAL):
        raise ValueError("must be an https:// address (http:// is for this machine only)")
    return text.strip()


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


@dataclass(frozen=True, slots=True)
class MailRoute:
    """A mail server, and who writes to whom. `tls`: from the first byte on."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None
    sender: str
    recipients: tuple[str, ...]


def mail(text: str) -> MailRoute:
    """`smtps://user:password@host:465/?from=a@example.com&to=b@example.com,c@example.com`."""
    try:
        parts = urlsplit(text.strip())
        port_, asked = parts.port, parse_qs(parts.query)
    except ValueError:
        raise ValueError(_MAIL_REMEDY) from None
    recipients = tuple(",".join(asked.get("to", [])).split(","))
    sender = asked.get("from", recipients)[0]
    well = all(_MAIL_ADDRESS.fullmatch(one) for one in (sender, *recipients))
    if parts.scheme not in _SMTP_PORTS or not parts.hostname or not well:
        raise ValueError(_MAIL_REMEDY)
    return MailRoute(
        host=parts.hostname,
        port=port_ or _SMTP_PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        sender=sender,
        recipients=recipients,
    )


def database_url(text: str) -> str:
    """The database's address with the driver that is used here; its parameters are kept.

    Hosting platforms say `postgres://`; libpq lets one address name several hosts, or a
    socket's folder, which SQLAlchemy takes as query parameters only.
    """
    scheme, _, rest = text.strip().partition("://")
    match scheme.lower():
        case "sqlite" | "sqlite+aiosqlite":
            return f"sqlite+aiosqlite://{_file(rest)}"
        case "postgres" | "postgresql" | "postgresql+psycopg":
            return f"postgresql+psycopg://{_hosts(rest)}"
        case _:
            raise ValueError("must be sqlite:///file.db or postgresql://user:password@host/name")


def _split(url: str) -> SplitResult | None:
    """Parts of an http address, or None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # what is no address, or has no number for its port
        return None
    return parts if usable else None


def _file(rest: str) -> str:
    path = rest.removeprefix("/").partition("?")[0]
    if not rest.startswith("/") or not path or path == ":memory:":
        raise ValueError("must name a file after three slashes: sqlite:///tocsin.db")
    return rest


def _hosts(rest: str) -> str:
    server, slash, path = rest.partition("/")
    who, at, hosts = server.rpartition("@")
    named = hosts.partition("?")[0].split(",")
    if "@" not in path and not all(map(_HOST.fullmatch, named)):  # or else it is the password's
        raise ValueError("must name its server as host or host:port, an IPv6 address in brackets")
    if "," in hosts:
        named = [f"host={quote(host, safe=':[]')}" for host in hosts.split(",")]
    elif hosts[:3].lower() == "%2f":  # the folder of a socket
        folder, _, port = hosts.partition(":")
        named = [f"host={folder}", *([f"port={port}"] if port else [])]
    else:
        return rest
    name, _, query = path.partition("?")
    query = "&".join([*named, *([query] if query else [])])
    return f"{who}{at}{slash or '/'}{name}?{query}"
