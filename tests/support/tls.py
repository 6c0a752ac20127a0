"""TLS before a PostgreSQL server that has none, as hosting platforms put it there."""

import select
import socket
import ssl
import subprocess
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")  # SSLRequest


@dataclass(slots=True)
class Front:
    """A port that takes TLS and nothing else; `greeted` counts the handshakes that went well."""

    port: int = 0
    greeted: int = 0


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate of a host name; its key lies beside it."""
    made = folder / f"{name}.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
            "-keyout", made.with_suffix(".key"), "-out", made,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


def _serve(asking: socket.socket, server: int, context: ssl.SSLContext, front: Front) -> None:
    with asking, suppress(OSError):
        if asking.recv(len(ASKS_FOR_TLS), socket.MSG_WAITALL) != ASKS_FOR_TLS:
            return
        asking.sendall(b"S")
        with (
            context.wrap_socket(asking, server_side=True) as inside,
            socket.create_connection(("127.0.0.1", server)) as plain,
        ):
            front.greeted += 1
            _pass_on(inside, plain)


def _pass_on(inside: ssl.SSLSocket, plain: socket.socket) -> None:
    """Both ways, until one of them hangs up."""
    other: dict[socket.socket, socket.socket] = {inside: plain, plain: inside}
    while True:
        speaking = [inside] if inside.pending() else select.select([inside, plain], [], [])[0]
        for one in speaking:
            some = one.recv(65_536)
            if not some:
                return
            other[one].sendall(some)


@contextmanager
def tls_front(server: int, own: Path) -> Generator[Front]:
    """Before the server on a port of this machine, with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, own.with_suffix(".key"))
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as threads:
        front = Front(listening.getsockname()[1])

        def accept() -> None:
            with suppress(OSError):  # the end
                while True:
                    asking, _ = listening.accept()
                    threads.submit(_serve, asking, server, context, front)

        threads.submit(accept)
        try:
            yield front
        finally:
            listening.shutdown(socket.SHUT_RDWR)
