"""Notices in the store: the newest of a kind is the one that others join."""

from bot.rules.notice import Notice, NoticeKind
from bot.store import notices
from bot.store.engine import Database
from bot.store.notices import NoticeChange
from tests.support.values import NOON, minute

CALLBACK = "0192f0c0-0000-7000-8000-000000000001"


def notice(number: int, kind: NoticeKind = NoticeKind.UNREADABLE) -> Notice:
    return Notice(number, kind, NOON, NOON, CALLBACK, source="console", reason="no JSON")


async def save(database: Database, *changes: NoticeChange) -> None:
    async with database.writing() as tx:
        await notices.save(tx, changes, now=NOON)


async def test_the_newest_notice_of_a_kind_is_found(database: Database) -> None:
    told = [notice(1), notice(2), notice(3, NoticeKind.TEST)]
    await save(database, *(NoticeChange(None, one) for one in told))
    async with database.reading() as tx:
        assert await notices.newest(tx, NoticeKind.UNREADABLE) == notice(2)
        assert await notices.newest(tx, NoticeKind.FAILED) is None
        assert await notices.next_id(tx) == 4


async def test_a_notice_that_others_joined_is_kept(database: Database) -> None:
    joined = notice(1).joined(CALLBACK[:-1] + "2", minute(0.5), None)
    await save(database, NoticeChange(None, notice(1)), NoticeChange(notice(1), joined))
    async with database.reading() as tx:
        assert await notices.with_id(tx, 1) == joined
