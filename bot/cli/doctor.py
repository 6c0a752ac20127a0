"""`tocsin doctor`: looks at everything a running bot needs, and changes nothing.

Each check is a function that answers with findings. What cannot be checked because an
earlier check failed is left out: one fault, one remedy.
"""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bot.cli.doctor_slack import of_slack
from bot.cli.findings import Finding
from bot.config import PartialSettings
from bot.config_load import load_partly, load_settings
from bot.doubts import doubts_of
from bot.errors import MigrationRefused, SettingError, SettingsRefused, StorageUnavailable
from bot.permissions import read_permissions
from bot.relations import read_dependencies
from bot.routes import read_routes
from bot.rules.routing import Route
from bot.store import revision
from bot.tokens import STRONG, Token

ANSWER_WITHIN = 5.0  # seconds; what CloudMonitor waits


def examine(environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """All findings, in the order in which they should be mended."""
    return tuple(_examine(environ))


def _examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    faults = _faults_of(environ)
    yield from (_of_fault(fault) for fault in faults)
    yield from (Finding(one.name, one.says, one.remedy) for one in doubts_of(environ))
    try:
        settings = load_partly(environ)
    except SettingsRefused:
        return
    if not faults:
        yield Finding("settings", "complete")
    yield from _of_weak_tokens("TOCSIN_CALLBACK_TOKENS", settings.callback_tokens)
    yield from _of_weak_tokens("TOCSIN_API_TOKENS", settings.api_tokens)
    routes, findings = _of_routes(settings.routes_file)
    yield from findings
    yield from _of_permissions(settings.permissions_file)
    yield _of_database(settings)
    yield from of_slack(settings, channels=_channels(settings, routes))
    yield _of_public_url(settings.public_url)


def _faults_of(environ: Mapping[str, str]) -> tuple[SettingError, ...]:
    try:
        load_settings(environ)
    except SettingsRefused as refused:
        return refused.faults
    return ()


def _of_fault(fault: SettingError) -> Finding:
    says, _, remedy = fault.remedy.rpartition("; ")
    return Finding(fault.name, says or "is wrong", remedy)


def _of_weak_tokens(variable: str, tokens: Iterable[Token]) -> Iterator[Finding]:
    for token in tokens:
        if token.is_weak:
            says = f"{token.name} is shorter than {STRONG} characters and can be guessed"
            yield Finding(variable, says, "make a better one with: openssl rand -hex 24")


def _of_routes(path: Path | None) -> tuple[tuple[Route, ...], list[Finding]]:
    if path is None:
        return (), []
    try:
        routes, dependencies = read_routes(path), read_dependencies(path)
    except SettingsRefused as refused:
        return (), [
            Finding("routes", "the file cannot be used", fault.remedy) for fault in refused.faults
        ]
    found = [Finding("routes", f"{len(routes)} read from {path.name}")]
    if dependencies:
        found.append(Finding("dependencies", f"{len(dependencies)} read from {path.name}"))
    return routes, found


def _of_permissions(path: Path | None) -> Iterator[Finding]:
    if path is None:
        return
    try:
        rules = read_permissions(path)
    except SettingsRefused as refused:
        for fault in refused.faults:
            yield Finding("permissions", "the file cannot be used", fault.remedy)
        return
    named = ", ".join(rules) or "nothing"
    yield Finding("permissions", f"{path.name} has rules for {named}")


def _channels(settings: PartialSettings, routes: Iterable[Route]) -> tuple[str, ...]:
    """Every channel that alarms may go to, each once."""
    named = [settings.channel, *(route.channel for route in routes)]
    return tuple(dict.fromkeys(channel for channel in named if channel))


def _of_database(settings: PartialSettings) -> Finding:
    url = settings.database_url
    if (file := _sqlite_file(url)) and not file.exists():
        return _of_new_file(file)
    try:
        current, needed = revision.current(url), revision.head()
    except StorageUnavailable as error:
        return Finding("database", f"does not answer ({error})", "start it, or mend DATABASE_URL")
    except MigrationRefused as error:
        says, _, remedy = str(error).rpartition("; ")
        return Finding("database", f"cannot be read ({says})", remedy)
    if current == needed:
        return Finding("database", f"answers, at revision {current}")
    says = f"answers, is at revision {current or 'none'}; this release needs {needed}"
    if settings.migrate == "off":
        return Finding("database", says, "run: tocsin migrate")
    return Finding("database", f"{says} and upgrades it when it starts")


def _sqlite_file(url: str) -> Path | None:
    scheme, _, rest = url.partition(":///")
    return Path(rest.partition("?")[0]) if scheme.startswith("sqlite") else None


def _of_new_file(file: Path) -> Finding:
    """Not opened: looking must not create a database."""
    if file.parent.is_dir():
        return Finding("database", f"{file} is made when the bot starts")
    return Finding("database", f"the folder of {file} does not exist", f"mkdir -p {file.parent}")


def _of_public_url(url: str | None) -> Finding:
    if url is None:
        return Finding("TOCSIN_PUBLIC_URL", "is not set, so it was not tried")
    try:
        with urlopen(f"{url}/healthz", timeout=ANSWER_WITHIN) as answer:  # noqa: S310  http(s) only
            status = int(answer.status)
    except (URLError, OSError, ValueError) as error:
        return Finding(
            "TOCSIN_PUBLIC_URL",
            f"{url} does not lead to the bot ({error})",
            "start the bot, or mend the address, its DNS entry, certificate or proxy",
        )
    if status != HTTPStatus.OK:
        return Finding("TOCSIN_PUBLIC_URL", f"{url} answers {status}", "look at the proxy's log")
    return Finding("TOCSIN_PUBLIC_URL", f"{url} leads to the bot")
