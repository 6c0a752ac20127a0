"""Tokens that callers show: named secrets, so that they can be rotated and told apart.

Ground floor: knows nobody. A secret never leaves a `Token` as plain text except to be
compared, in constant time.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import SecretStr

STRONG = 16  # characters; whoever guesses a token may write into the team's channel
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SECRET = re.compile(r"[A-Za-z0-9._~+=-]+")  # needs no escaping in the path of an address


@dataclass(frozen=True, slots=True)
class Token:
    """One accepted secret; `name` is who it was given to."""

    name: str
    secret: SecretStr

    @property
    def is_weak(self) -> bool:
        """Whether it is short enough to be guessed."""
        return len(self.secret.get_secret_value()) < STRONG


def read_tokens(text: str) -> tuple[Token, ...]:
    """Read `name=secret,name=secret`; a secret without a name gets one by its place.

    Raises ValueError, whose message names the token and the remedy, never the secret.
    """
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    tokens = tuple(_read(entry, place) for place, entry in enumerate(entries, start=1))
    if not tokens:
        raise ValueError("is empty; make a secret with: openssl rand -hex 24")
    _refuse_twins(tokens)
    return tokens


def name_of(tokens: Iterable[Token], shown: str) -> str | None:
    """Whose token was shown, or None. Takes as long for a wrong one as for a right one."""
    given = shown.encode(errors="replace")
    names = [
        token.name
        for token in tokens
        if hmac.compare_digest(token.secret.get_secret_value().encode(), given)
    ]
    return names[0] if names else None


def derived(tokens: Iterable[Token], name: str) -> tuple[Token, ...]:
    """A further secret from each, which all replicas know and from which none can be told."""
    return tuple(Token(name, SecretStr(_derived(token, name))) for token in tokens)


def _derived(token: Token, name: str) -> str:
    key = token.secret.get_secret_value().encode()
    return hmac.digest(key, name.encode(), "sha256").hex()


def _read(entry: str, place: int) -> Token:
    name, secret = _split(entry, place)
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name of token {place} may hold letters, digits and _ . - only")
    if not secret:
        raise ValueError(f"{name} has no secret; make one with: openssl rand -hex 24")
    if not _SECRET.fullmatch(secret):
        raise ValueError(f"{name} may hold letters, digits and . _ ~ + = - only")
    return Token(name, SecretStr(secret))


def _split(entry: str, place: int) -> tuple[str, str]:
    """Name and secret. The `=` that pad a base64 secret at its end separate nothing."""
    padded = len(entry) >= STRONG
    if "=" not in (entry.rstrip("=") if padded else entry):
        return f"token-{place}", entry
    name, _, secret = entry.partition("=")
    return name.strip(), secret.strip()


def _refuse_twins(tokens: tuple[Token, ...]) -> None:
    names = [token.name for token in tokens]
    if len(set(names)) < len(names):
        raise ValueError("two tokens have the same name; give each its own")
    if len({token.secret.get_secret_value() for token in tokens}) < len(tokens):
        raise ValueError("two tokens have the same secret; give each its own")
