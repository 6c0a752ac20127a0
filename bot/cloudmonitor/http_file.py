"""Requests kept in `.http` files: header lines, one empty line, the body byte for byte."""

import re

from bot.errors import TocsinError
from bot.rules.record import RawRequest

METHOD = "x-sample-method"
QUERY = "x-sample-query"
METHODS = ("GET", "POST")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # a token, RFC 9110 section 5.6.2
_EMPTY_LINE = re.compile(rb"(?:\A|\r?\n)\r?\n")


class NotAnHttpFile(TocsinError):
    """This is no .http file: lines `Name: value`, an empty line, then the body."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{self.__doc__} Here {why}.")


def read_http_file(content: bytes) -> RawRequest:
    """The request in a file's content; its headers are those to be sent. Raises NotAnHttpFile."""
    empty = _EMPTY_LINE.search(content)
    if empty is None:
        raise NotAnHttpFile("there is no empty line after the headers")
    head = content[: empty.start()].decode("utf-8", "replace")
    headers = [_header(line.removesuffix("\r")) for line in head.split("\n")] if head else []
    given = {name.lower(): value for name, value in headers}
    method = given.get(METHOD, "POST").upper()
    if method not in METHODS:
        raise NotAnHttpFile(f"the method {method[:20]} is neither GET nor POST")
    sent = tuple((name, value) for name, value in headers if name.lower() not in (METHOD, QUERY))
    return RawRequest(method, given.get(QUERY, ""), sent, content[empty.end() :])


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise NotAnHttpFile("a line before the empty one is no header")
    return name, value.strip()
