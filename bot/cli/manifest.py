"""Which manifest `tocsin manifest` prints."""

import json
from typing import Literal

import typer

from bot import setting_addresses
from bot.slack.manifest import manifest

PLACEHOLDER = "https://tocsin.example.com"


def text(*, mode: Literal["http", "socket"] | None, url: str | None) -> str:
    """The manifest as JSON; a URL without a mode means HTTP, none means Socket Mode."""
    mode = mode or ("http" if url else "socket")
    if mode == "socket":
        return _printed(manifest("socket", None))
    if url is None:
        typer.echo(f"No --url: replace {PLACEHOLDER} by your bot's address.", err=True)
    return _printed(manifest("http", _checked(url or PLACEHOLDER)))


def _checked(url: str) -> str:
    try:
        return setting_addresses.public_url(url)
    except ValueError as fault:
        raise typer.BadParameter(f"the URL {fault}") from None


def _printed(made: object) -> str:
    return json.dumps(made, indent=2, ensure_ascii=False)
