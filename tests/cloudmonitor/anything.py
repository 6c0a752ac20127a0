"""Requests that hypothesis makes up: any bytes, and samples that were tampered with."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from hypothesis import strategies as st

from bot.rules.record import RawRequest
from tests.cloudmonitor.requests import SAMPLES, as_form, as_json, sample

ANY_TEXT = st.text(st.characters(), max_size=20)  # with NUL and lone surrogates
ODD = st.sampled_from(
    ["", "null", "NaN", "\x00", "\ud800", "1e999", "9" * 500, "{a=1, b=}", '{"a": [null]}', "[]",
     "{", "无", "OK", "P2", "20230217T103516.475+0800", "0001-01-01T00:00:00Z", "﻿{}", "%00"]
)  # fmt: skip
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | ODD | st.just(10**450),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


def _fields(name: str) -> dict[str, Any]:
    body = sample(name).body.decode()
    return json.loads(body) if body.startswith("{") else dict(parse_qsl(body))


FIELDS = {name: _fields(name) for name in SAMPLES}
NAMES = sorted({field for fields in FIELDS.values() for field in fields})


def _spelled(fields: Mapping[str, Any], spelling: int) -> dict[str, Any]:
    spell = (str, str.lower, str.upper, str.swapcase)[spelling]
    return {spell(name): value for name, value in fields.items()}


@st.composite
def tampered(draw: st.DrawFn) -> RawRequest:
    """A sample with fields dropped, changed and doubled, in any case, as JSON or as a form."""
    fields = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    dropped = draw(st.sets(st.sampled_from(NAMES), max_size=4))
    changes = draw(st.dictionaries(st.sampled_from(NAMES), ANY_JSON, max_size=4))
    kept = {name: value for name, value in fields.items() if name not in dropped}
    made = _spelled(kept, draw(st.integers(0, 3))) | changes
    if draw(st.booleans()):
        return as_json(made)
    return as_form({name: _without_surrogates(value) for name, value in made.items()})


def _without_surrogates(value: Any) -> Any:
    """A form is bytes: a lone surrogate has none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


@st.composite
def cut(draw: st.DrawFn) -> RawRequest:
    """A sample that ended too early, or with bytes of it overwritten."""
    body = sample(draw(st.sampled_from(sorted(SAMPLES)))).body
    place = draw(st.integers(0, len(body)))
    return RawRequest(
        "POST", "", (), body[:place] + draw(st.binary(max_size=8)) + body[place + 8 :]
    )


ANY_BYTES = st.builds(
    RawRequest,
    method=st.sampled_from(["GET", "POST"]),
    query=ANY_TEXT | ANY_JSON.map(lambda value: f"data={json.dumps(value)}"),
    headers=st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=2).map(tuple),
    body=st.binary(max_size=60)
    | st.sampled_from([b"{", b"[", b"{}", b"[" * 5_000, b"\xef\xbb\xbf"]),
)
ANY_MESSAGE = ANY_JSON.map(as_json)
REQUESTS = ANY_BYTES | ANY_MESSAGE | cut() | tampered()
