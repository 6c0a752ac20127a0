"""What all routes of the JSON API share: the token, ids, pages."""

from typing import Annotated
from uuid import UUID

from fastapi import HTTPException, Query
from fastapi.security import HTTPBearer
from pydantic import BeforeValidator

from bot.ids import number_or_none

Limit = Annotated[int, Query(ge=1, le=200, description="items of one page")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before")]

bearer = HTTPBearer(auto_error=False, description="One of TOCSIN_API_TOKENS")


def without_nul(text: str) -> str:
    """PostgreSQL takes no NUL in a text, so no row has one."""
    return text.replace("\x00", "")


def _plain(given: object) -> object:
    return without_nul(given).strip() if isinstance(given, str) else given


# Text that somebody wrote; its length counts afterwards, so a blank one is none.
Plain = Annotated[str, BeforeValidator(_plain)]


def number_of(text: str | None, name: str) -> int | None:
    """An id in a query or path. Raises 400."""
    if text is None:
        return None
    number = number_or_none(text)
    if number is None:
        raise HTTPException(400, f"{name}: {text[:40]!r} is not an id; ids are whole numbers.")
    return number


def uuid_of(text: str, name: str) -> str:
    """A callback's id. Raises 400."""
    try:
        return str(UUID(text))
    except ValueError as error:
        detail = f"{name}: {text[:40]!r} is not a callback's id; those are UUIDs."
        raise HTTPException(400, detail) from error
