"""The web application: every HTTP door at its address, and errors in one form."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Lifespan

from bot import __version__
from bot.doors.api_page import page_of
from bot.doors.api_search import on_refused_query
from bot.doors.bodies import SmallBodies
from bot.doors.callbacks import CallbackDoor
from bot.doors.health import healthz
from bot.doors.problems import on_fault, on_http_error, problem
from bot.errors import StorageUnavailable
from bot.rules.query_terms import QueryRefused

Door = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Doors:
    """What stands behind the addresses; `slack` is missing in Socket Mode without a secret."""

    callbacks: CallbackDoor
    ready: Door
    metrics: Door
    api: APIRouter
    slack: Door | None


def build_web(doors: Doors, *, lifespan: Lifespan[FastAPI]) -> FastAPI:
    """The application. Plain routes where speed counts, FastAPI where a schema helps."""
    web = FastAPI(
        title="Tocsin",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # it would load a library from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        exception_handlers={
            HTTPException: on_http_error,
            RequestValidationError: on_bad_parameter,
            StorageUnavailable: on_no_database,
            QueryRefused: on_refused_query,
            Exception: on_fault,
        },
    )
    web.add_middleware(SmallBodies)
    # The door is ASGI itself, and stands before the application: see `CallbacksFirst`.
    for path in ("/callbacks/{token}", "/callbacks/{token}/", "/callbacks"):
        web.router.routes.append(Route(path, doors.callbacks, methods=["GET", "POST"]))
    web.add_route("/healthz", healthz, methods=["GET", "HEAD"])
    web.add_route("/readyz", _door(doors.ready), methods=["GET", "HEAD"])
    web.add_route("/metrics", _door(doors.metrics), methods=["GET"])
    if doors.slack:
        web.add_route("/slack/events", _door(doors.slack), methods=["POST"])
    web.include_router(doors.api)
    web.add_route("/api/docs", page_of(web.openapi), methods=["GET", "HEAD"])
    return web


def _door(door: Door) -> Callable[[Request], Awaitable[Response]]:
    """Starlette takes an object that can be called for a raw ASGI application; this is not."""

    async def handle(request: Request) -> Response:
        return await door(request)

    return handle


async def on_bad_parameter(_request: Request, error: Exception) -> JSONResponse:
    """A parameter or a member of the body that has a wrong form, named."""
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(400, "body: is no JSON.", more={"field": "body"})
    place, *names = first["loc"]  # such as `body`, `matchers`, 3
    field = ".".join(map(str, names)) or str(place)
    return problem(400, f"{field}: {first['msg']}", more={"field": field})


async def on_no_database(_request: Request, _error: Exception) -> JSONResponse:
    """A question that cannot be answered now; the health door says why."""
    return problem(503, "The database does not answer. Ask again.", headers={"Retry-After": "1"})
