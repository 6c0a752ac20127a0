"""How long a body may be, whoever sends it and wherever to."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# With a click Slack sends the message or the view that it was made in; a Chinese letter of it is
# eight bytes of the form. The most that one can hold comes near this.
MOST = 1024 * 1024  # bytes


class SmallBodies:
    """An application that is given no body longer than Slack's longest.

    FastAPI reads all of a body before it asks for a token, and keeps it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 where somebody reads on behind the limit."""
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MOST:
                raise HTTPException(413, f"A body has at most {MOST} bytes.")
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)
