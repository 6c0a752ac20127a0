"""What the bot is measured against: `python -m tests.bench.yardsticks floor|naive PORT [FILE]`.

Floor: a FastAPI route that reads the body and stores nothing. Naive: what one would write
first, one insert and one commit a request.
"""

import argparse
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request


def floor() -> FastAPI:
    """Stores nothing."""
    web = FastAPI()

    @web.post("/callbacks/{token}")
    async def take(token: str, request: Request) -> dict[str, str]:
        await request.body()
        return {"status": "accepted", "callback_id": token}

    return web


def naive(path: Path) -> FastAPI:
    """Stores each callback in SQLite by a commit of its own."""
    import sqlalchemy as sa
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Callback(Base):
        __tablename__ = "callbacks"
        id: Mapped[int] = mapped_column(primary_key=True)
        body: Mapped[bytes] = mapped_column(sa.LargeBinary)

    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

    @asynccontextmanager
    async def lifespan(_web: FastAPI) -> AsyncGenerator[None]:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            await connection.run_sync(Base.metadata.create_all)
        yield

    web = FastAPI(lifespan=lifespan)

    @web.post("/callbacks/{token}")
    async def take(token: str, request: Request) -> dict[str, str]:
        async with AsyncSession(engine) as session, session.begin():
            session.add(Callback(body=await request.body()))
        return {"status": "accepted", "callback_id": token}

    return web


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("which", choices=["floor", "naive"])
    given.add_argument("port", type=int)
    given.add_argument("file", type=Path, nargs="?")
    options = given.parse_args()
    web = naive(options.file) if options.which == "naive" else floor()
    uvicorn.run(web, host="127.0.0.1", port=options.port, access_log=False, log_level="error")
