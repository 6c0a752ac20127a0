"""HTTP as uvicorn speaks it, but an answer leaves in one piece.

Uvicorn writes the head of an answer and then its body, and uvloop sends at once what it is
given: two system calls and two packets for an answer of 180 bytes. For a callback that was an
eighth of all its work, and as much again for whoever reads it.
"""

import asyncio
from typing import Any  # what a transport tells of itself

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

INVALID = "Invalid HTTP request received."
MOST_KEPT = 64 * 1024  # bytes; a long answer is sent as it comes
MOST_AHEAD = 100  # requests that are sent before the first of them is answered
MOST_BESIDE = 64 * 1024  # bytes of a request that are no body: its head, and how it is chunked


class Gathering(asyncio.Transport):
    """A transport that sends what is written within one turn of the loop together."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._kept: list[bytes | bytearray | memoryview] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send it with whatever else is written before the loop turns."""
        if not self._kept:
            self._loop.call_soon(self.send)
        self._kept.append(data)
        self._size += len(data)
        if self._size > MOST_KEPT:  # or nobody would hear that the reader is slow
            self.send()

    def send(self) -> None:
        """Send what is kept; whoever has left meanwhile gets nothing, which is no fault."""
        kept, self._kept, self._size = self._kept, [], 0
        if kept and not self._transport.is_closing():  # one that is closed may not be written to
            self._transport.write(b"".join(kept))

    def close(self) -> None:
        """Send what is kept, then close."""
        self.send()
        self._transport.close()

    def abort(self) -> None:
        """Close at once; what is kept is lost."""
        self._kept, self._size = [], 0
        self._transport.abort()

    def is_closing(self) -> bool:
        """As the transport's own."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As the transport's own."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """As the transport's own."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """As the transport's own."""
        self._transport.resume_reading()

    def get_protocol(self) -> asyncio.BaseProtocol:
        """As the transport's own."""
        return self._transport.get_protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """As the transport's own."""
        self._transport.set_protocol(protocol)


class HttpProtocol(HttpToolsProtocol):
    """One connection.

    Uvicorn keeps whatever head it is sent, and as many requests as arrive before their answers
    are read: one stranger filled 2 GB in four seconds. A body is read by its door, which knows
    how long it may be.
    """

    _beside = 0  # bytes of the request at hand so far that are no body

    def connection_made(  # pyright: ignore[reportIncompatibleMethodOverride] - as uvicorn's
        self, transport: asyncio.Transport
    ) -> None:
        """Somebody has connected."""
        super().connection_made(Gathering(transport, self.loop))

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended. Uvicorn lets the timer of one that was reset run on, with all it holds."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Some of a request, or of several."""
        self._beside += len(data)
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self.logger.warning(INVALID)
            self.send_400_response(INVALID)
        if self._beside > MOST_BESIDE and not self.transport.is_closing():
            self.logger.warning("The head of a request is too long.")
            self.transport.close()

    def _feed(self, data: bytes) -> None:
        """Let the parser read it, and what offers another protocol once more without the offer.

        Java's client offers HTTP/2 with each POST, and the parser drops the body of such a
        request: a callback would be answered 200 and be empty.
        """
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                data = self._without_offer(data[offer.args[0] :])
            else:
                return

    def _without_offer(self, rest: bytes) -> bytes:
        """The head at hand as a new parser is to read it, and what comes after it."""
        if not self._is_offer():
            return b""
        version = self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        lines += [b"%s: %s" % one for one in self.headers if one[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's
        return b"\r\n".join([*lines, b"", rest])

    def _is_offer(self) -> bool:
        """Whether the request at hand may be answered in HTTP/1.1 as well; CONNECT may not."""
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def on_headers_complete(self) -> None:
        """A head."""
        if not self._is_offer():
            super().on_headers_complete()

    def on_message_begin(self) -> None:
        """A request. Raises BufferError for one too many: the parser makes a 400 of it."""
        if len(self.pipeline) >= MOST_AHEAD:
            raise BufferError
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """Some of a body."""
        self._beside -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request."""
        if not self._is_offer():
            self._beside = 0
            super().on_message_complete()
