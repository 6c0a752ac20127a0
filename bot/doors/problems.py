"""Errors of the HTTP doors: `application/problem+json` (RFC 9457), one form for all."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "examples": ["Bad Request"]},
        "status": {"type": "integer", "examples": [400]},
        "detail": {"type": "string", "description": "what is wrong and how to mend it"},
        "field": {"type": "string", "description": "the field that is wrong, if one is"},
        "near": {"type": "string", "description": "what it is near to, if anything"},
    },
}


def _documented(description: str) -> dict[str, object]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}


# What every route of the API may answer instead, for its description.
RESPONSES: dict[int | str, dict[str, object]] = {
    401: _documented("No token, or a wrong one"),
    503: _documented("The database does not answer; ask again"),
    "default": _documented("400 for a wrong field, 404 for nothing there, 409 for too late"),
}


def problem(
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> JSONResponse:
    """An answer that says what is wrong and, where there is one, the remedy.

    `more` are further members, for programs.
    """
    title = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = dict(more or {}) | told
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


async def on_http_error(_request: Request, error: Exception) -> JSONResponse:
    """Unknown paths, wrong methods, and what handlers raise on purpose."""
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, str(error.detail), headers=headers)


async def on_fault(_request: Request, _error: Exception) -> JSONResponse:
    """Our own fault. Says nothing of the inside; the log has it."""
    return problem(500, "Something went wrong on our side; the log of the bot says what.")
