"""Settings that are addresses: of networks, of Slack and the bot itself, of mail and the database.

Pure. Apart from `setting_texts`, whose texts are words, numbers and times: an address is taken
apart, and may hold a password. Messages are like those there, and never repeat an address.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

_LOCAL = ("localhost", "127.0.0.1", "::1")
_SMTP_PORTS = {"smtp": 587, "smtps": 465}
_MAIL_ADDRESS = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")
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
    if _can_be_overheard(parts):
        raise ValueError("must start with https:// (http:// is for this machine only)")
    return text.strip().rstrip("/")


def webhook(text: str) -> str:
    """An https address; http only for this machine."""
    parts = _split(text.strip())
    if parts is None or parts.username or _can_be_overheard(parts):
        raise ValueError("must be an https:// address (http:// is for this machine only)")
    return text.strip()


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
        port, asked = parts.port, parse_qs(parts.query)
    except ValueError:
        raise ValueError(_MAIL_REMEDY) from None
    recipients = tuple(",".join(asked.get("to", [])).split(","))
    sender = asked.get("from", recipients)[0]
    well = all(_MAIL_ADDRESS.fullmatch(one) for one in (sender, *recipients))
    if parts.scheme not in _SMTP_PORTS or not parts.hostname or not well:
        raise ValueError(_MAIL_REMEDY)
    return MailRoute(
        host=parts.hostname,
        port=port or _SMTP_PORTS[parts.scheme],
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


def _can_be_overheard(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname not in _LOCAL


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
