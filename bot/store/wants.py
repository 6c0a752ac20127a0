"""Cards that are wanted once more: what a save writes that changes what a card shows (law 1)."""

from datetime import datetime
from typing import Any  # columns of whatever type

import sqlalchemy as sa

from bot.store.tables import cards, cards_old


def once_more(at: datetime | sa.BindParameter[datetime]) -> dict[str, sa.ColumnElement[Any]]:
    """Columns of `cards`. One that is behind keeps its place and its pause between attempts."""
    return {
        "wanted": cards.c.wanted + 1,
        "behind_since": sa.case((cards_old, cards.c.behind_since), else_=at),
        "due_at": sa.case((cards_old, cards.c.due_at), else_=at),
    }
