"""Load: `wrk` where it is, because a generator in Python costs more than what it measures.

Every request says something of its own (a time, a number), or the bot would rightly take it
for a repetition.
"""

import asyncio
import re
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.demo_samples import CPU, FORM, JSON, reboot
from tests.support.town import CALLBACK_TOKEN

ALARMS = 40
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
STAMP = str(int(MOMENT.timestamp() * 1000))
HOLE = "TIMESTAMPX"  # where each request gets a number of its own
PATH = f"/callbacks/{CALLBACK_TOKEN}"
ALERTS = "/api/v2/alerts"
WRK = ("-t1", "--latency", "--timeout", "10s")  # of an answer after 2 s it forgets how late it was

GOOD = (b"200", b"201")  # wrk takes all of 2xx

LUA = """
local bodies = {{ {bodies} }}
local n = {first}
function request()
  n = n + 1
  local body = bodies[n % #bodies + 1]:gsub("{hole}", string.format("%d", n))
  return wrk.format("POST", "{path}", {{["Content-Type"] = "{content_type}"}}, body)
end
"""


@dataclass(frozen=True, slots=True)
class Payload:
    """What is sent: some bodies with a hole for a number, to which path."""

    path: str
    content_type: str
    bodies: tuple[str, ...]

    def body(self, number: int) -> bytes:
        """One of them, filled."""
        text = self.bodies[number % len(self.bodies)]
        return text.replace(HOLE, str(int(STAMP) + number)).encode()


@dataclass(frozen=True, slots=True)
class Result:
    """One run: answers of 200, others, seconds, and latencies in milliseconds."""

    good: int
    bad: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.good / self.seconds


def form() -> Payload:
    """Threshold callbacks of 40 alarms."""
    hosts = [replace(CPU, instance=f"i-bench{n:04d}") for n in range(ALARMS)]
    told = [host.says("ALERT", 90 + n % 10, MOMENT).body for n, host in enumerate(hosts)]
    return Payload(PATH, FORM, tuple(one.decode().replace(STAMP, HOLE) for one in told))


def json() -> Payload:
    """System events, as JSON."""
    body = reboot(MOMENT).body.decode().replace(STAMP, HOLE)
    return Payload(PATH, JSON, tuple(body.replace("e-demo", f"e-{n}") for n in range(ALARMS)))


def alerts(*, distinct: bool) -> Payload:
    """One alert a POST: each of its own, or 40 again and again."""
    text = (
        '[{"labels":{"alertname":"CPU too high","severity":"warning","instance":"i-%s",'
        '"region":"cn-hangzhou","group":"pay-prod","project":"acs_ecs","metric":"CPUUtilization"},'
        '"annotations":{"value":"91.25","threshold":"$Average >= 85","told":"%s",'
        '"summary":"CPU usage of web-prod-01/10.23.4.15 is 91.25 %%, above the limit of 85 %%"},'
        '"generatorURL":"http://cloudmonitor.example.com/alarmRule_uuid_demo_cpu"}]'
    )
    names = [HOLE] if distinct else [str(n) for n in range(ALARMS)]
    return Payload(ALERTS, "application/json", tuple(text % (name, HOLE) for name in names))


def alerta(*, distinct: bool) -> Payload:
    """The same for alerta."""
    text = (
        '{"environment":"Production","resource":"i-%s","event":"CPU too high","severity":"warning",'
        '"service":["pay-prod"],"group":"acs_ecs","value":"91.25","tags":["cn-hangzhou"],'
        '"text":"CPU usage of web-prod-01/10.23.4.15 is 91.25 %%, above the limit of 85 %%",'
        '"attributes":{"metric":"CPUUtilization","threshold":"$Average >= 85","told":"%s"}}'
    )
    names = [HOLE] if distinct else [str(n) for n in range(ALARMS)]
    return Payload("/alert", "application/json", tuple(text % (name, HOLE) for name in names))


def has_wrk() -> bool:
    """Whether the right generator is installed."""
    return shutil.which("wrk") is not None


class Generator:
    """Sends a payload as fast as a server goes, over some connections."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sent = int(STAMP)

    def hit(self, port: int, payload: Payload, *, connections: int, seconds: float) -> Result:
        """One run."""
        self._sent += 10_000_000  # numbers that no earlier run has used
        if has_wrk():
            return self._wrk(port, payload, connections, seconds)
        return asyncio.run(_python(port, payload, connections, seconds, self._sent))

    def _wrk(self, port: int, payload: Payload, connections: int, seconds: float) -> Result:
        script = self._folder / "load.lua"
        bodies = ", ".join(f"[==[{body}]==]" for body in payload.bodies)
        script.write_text(
            LUA.format(
                bodies=bodies,
                first=self._sent,
                hole=HOLE,
                path=payload.path,
                content_type=payload.content_type,
            )
        )
        url = f"http://127.0.0.1:{port}"
        told = subprocess.run(
            ["wrk", *WRK, f"-c{connections}", f"-d{seconds:.0f}s", "-s", script, url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return _read_wrk(told)


_TIMES = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}


def _read_wrk(told: str) -> Result:
    sent = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", told)
    if sent is None:
        raise SystemExit(f"wrk said what cannot be read:\n{told}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    bad = int(refused[1]) if refused else 0
    broken = re.search(r"Socket errors: (.*)", told)
    if broken:
        print(f"wrk: {broken[0]}")
    cuts = {
        mark: float(number) * _TIMES[unit]
        for mark, number, unit in re.findall(r"\s(50|99)%\s+([\d.]+)(us|ms|s|m)", told)
    }
    seconds = float(sent[2]) * _TIMES[sent[3]] / 1000
    return Result(int(sent[1]) - bad, bad, seconds, cuts["50"], cuts["99"])


async def _python(
    port: int, payload: Payload, connections: int, seconds: float, first: int
) -> Result:
    latencies, bad, sent, until = list[float](), 0, first, time.perf_counter() + seconds
    begun = time.perf_counter()

    async def client() -> None:
        nonlocal bad, sent
        link = await Link.opened(port)
        while time.perf_counter() < until:
            sent += 1
            started = time.perf_counter()
            good = await link.post(payload, sent)
            latencies.append((time.perf_counter() - started) * 1000)
            bad += not good
        link.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    cuts = statistics.quantiles(latencies, n=100)
    elapsed = time.perf_counter() - begun
    return Result(len(latencies) - bad, bad, elapsed, cuts[49], cuts[98])


class Link:
    """One connection that is kept."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @staticmethod
    async def opened(port: int) -> "Link":
        """To a server of this machine."""
        return Link(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, payload: Payload, number: int) -> bool:
        """Send one; whether the answer was 200, or 201 for who creates."""
        body = payload.body(number)
        head = (
            f"POST {payload.path} HTTP/1.1\r\nHost: bench\r\n"
            f"Content-Type: {payload.content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        lines = answer.lower().split(b"\r\n")
        length = next((int(one[15:]) for one in lines if one.startswith(b"content-length:")), 0)
        await self._reader.readexactly(length)
        return lines[0].split()[1] in GOOD

    def close(self) -> None:
        self._writer.close()
