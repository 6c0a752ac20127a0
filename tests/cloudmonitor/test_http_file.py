"""Requests in `.http` files: header lines, an empty line, the body byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloudmonitor.http_file import NotAnHttpFile, read_http_file
from bot.rules.record import RawRequest


@pytest.mark.parametrize(
    ("content", "request_"),
    [
        (b"A: b\n\nbody", RawRequest("POST", "", (("A", "b"),), b"body")),
        (b"A: b\n\n", RawRequest("POST", "", (("A", "b"),), b"")),
        (b"A: b\n\nbody\n", RawRequest("POST", "", (("A", "b"),), b"body\n")),
        (b"A: b\n\n\n\nx\r\n\n", RawRequest("POST", "", (("A", "b"),), b"\n\nx\r\n\n")),
        (b"A: b\n\n\x00\xff", RawRequest("POST", "", (("A", "b"),), b"\x00\xff")),
        (b"A: b: c\nD:e\n\n", RawRequest("POST", "", (("A", "b: c"), ("D", "e")), b"")),
        (b"A:\n\n", RawRequest("POST", "", (("A", ""),), b"")),
        (b"A: b\r\nC: d\r\n\r\nx", RawRequest("POST", "", (("A", "b"), ("C", "d")), b"x")),
        (b"\nbody", RawRequest("POST", "", (), b"body")),
        (b"X-Sample-Method: GET\nA: b\n\n", RawRequest("GET", "", (("A", "b"),), b"")),
        (b"x-sample-method: get\n\n", RawRequest("GET", "", (), b"")),
        (b"X-Sample-Query: a=1&b=%20:\n\n", RawRequest("POST", "a=1&b=%20:", (), b"")),
        ("A: 支\u2028付\n\n".encode(), RawRequest("POST", "", (("A", "支\u2028付"),), b"")),
    ],
)
def test_a_file_holds_a_request(content: bytes, request_: RawRequest) -> None:
    assert read_http_file(content) == request_


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no empty line"),
        (b"A: b", "no empty line"),
        (b"A: b\nbody", "no empty line"),
        (b'{"a": 1}\n\n', "no header"),
        (b"POST /callbacks HTTP/1.1\nA: b\n\n", "no header"),
        (b"no colon\n\nbody", "no header"),
        (b": b\n\nbody", "no header"),
        (b"X-Sample-Method: DELETE\n\n", "neither GET nor POST"),
    ],
)
def test_what_is_no_such_file_says_why(content: bytes, why: str) -> None:
    with pytest.raises(NotAnHttpFile, match=why):
        read_http_file(content)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_request_or_refused_kindly(content: bytes) -> None:
    try:
        request = read_http_file(content)
    except NotAnHttpFile:
        return
    assert content.endswith(request.body)


@given(st.binary())
def test_the_body_comes_back_byte_for_byte(body: bytes) -> None:
    assert read_http_file(b"A: b\n\n" + body).body == body
