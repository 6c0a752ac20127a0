"""Requests kept in `.http` files: header lines, one empty line, the body byte for byte."""

from bot.errors import TocsinError
from bot.rules.record import RawRequest

METHOD = "x-sample-method"
QUERY = "x-sample-query"
METHODS = ("GET", "POST")


class NotAnHttpFile(TocsinError):
    """This is no .http file: lines `Name: value`, an empty line, then the body."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{self.__doc__} Here {why}.")


def read_http_file(content: bytes) -> RawRequest:
    """The request in a file's content; its headers are those to be sent. Raises NotAnHttpFile."""
    head, separator, body = content.partition(b"\n\n")
    if not separator:
        raise NotAnHttpFile("there is no empty line after the headers")
    headers = [_header(line) for line in head.decode("utf-8", "replace").splitlines()]
    given = {name.lower(): value for name, value in headers}
    method = given.get(METHOD, "POST").upper()
    if method not in METHODS:
        raise NotAnHttpFile(f"the method {method[:20]} is neither GET nor POST")
    sent = tuple((name, value) for name, value in headers if name.lower() not in (METHOD, QUERY))
    return RawRequest(method, given.get(QUERY, ""), sent, body)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip() or " " in name.strip():
        raise NotAnHttpFile("a line before the empty one is no header")
    return name.strip(), value.strip()
