"""`GET /api/v1/troubles`: what of the bot's own is not well, for all replicas."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from bot.doors.shapes import Page
from bot.rules.trouble import Trouble
from bot.store import troubles
from bot.store.engine import Database


class TroubleShape(BaseModel):
    """A check of `/readyz` that is not well."""

    name: str = Field(description="database, slack, channels, inbox, cards or canary")
    since: datetime
    detail: str
    told_at: datetime | None = Field(description="when people were last told outside Slack")

    @staticmethod
    def of(trouble: Trouble) -> "TroubleShape":
        """As it stands."""
        return TroubleShape(
            name=trouble.name, since=trouble.since, detail=trouble.detail, told_at=trouble.told_at
        )


def add_troubles(api: APIRouter, database: Database) -> None:
    """The route."""

    @api.get("/troubles", summary="What of the bot's own is not well")
    async def present() -> Page[TroubleShape]:  # pyright: ignore[reportUnusedFunction]
        """The oldest first; empty while all is well. There are never more than a handful."""
        async with database.reading() as tx:
            found = await troubles.present(tx)
        return Page(items=[TroubleShape.of(one) for one in found.values()])
