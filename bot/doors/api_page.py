"""`/api/docs`: the description of the API as one plain page, made from `/api/openapi.json`.

No script, and nothing from elsewhere: it must open on a network that reaches the bot alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, cast  # an OpenAPI document: JSON of any shape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

Described = Mapping[str, Any]

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
MENDING = ("401", "503", "default")  # the same for every route, so said once
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --red: #b3261e; }
body { font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; margin: 0 auto;
  max-width: 60rem; padding: 1.5rem 1rem 6rem; }
h1 { margin: 0; } h2 { margin: 2.5rem 0 .5rem; border-bottom: 2px solid var(--red); }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; scroll-margin-top: 1rem; }
code, pre, .verb { font: 14px/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; border-radius: 6px; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; }
details[open] { padding-bottom: .5rem; } details > * { margin-inline: .75rem; }
summary { cursor: pointer; padding: .5rem .75rem; margin: 0; overflow-wrap: anywhere; }
summary:focus-visible { outline: 2px solid var(--red); }
.verb { display: inline-block; min-width: 4.5rem; font-weight: 700; }
.what { opacity: .75; margin-left: .5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-top: 1px solid var(--line); } th { font-weight: 400; width: 13rem; }
td:nth-child(2) { width: 12rem; }
"""
INTRODUCTION = """<p>JSON over HTTP with a bearer token, one of <code>TOCSIN_API_TOKENS</code>.
The same for programs: <a href="openapi.json">openapi.json</a>.</p>
<pre>curl -H "Authorization: Bearer $API_TOKEN" \\
  "$TOCSIN_PUBLIC_URL/api/v1/incidents?state=firing"</pre>
<p>Lists answer <code>{"items": […], "next_cursor": …}</code>; hand the cursor back as
<code>cursor</code>. What is wrong is answered as <code>application/problem+json</code>:
<code>detail</code> says it and how to mend it, <code>field</code> names the field. A field with
a * is always there.</p>"""


def page_of(describe: Callable[[], Described]) -> Callable[[Request], Response]:
    """The door of the page; `describe` gives the document."""

    def handle(_request: Request) -> Response:
        return HTMLResponse(page(describe()), headers=HEADERS)

    return handle


def page(described: Described) -> str:
    """The whole page."""
    title = escape(f"{described['info']['title']} {described['info']['version']}")
    routes = "".join(_routes(described["paths"]))
    shapes = described.get("components", {}).get("schemas", {})
    told = "".join(_shape(name, shapes[name]) for name in sorted(shapes))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · API</title><style>{STYLE}</style></head>"
        f"<body><h1>{title} · API</h1>{INTRODUCTION}"
        f"<h2>Routes</h2>{routes}<h2>Shapes</h2>{told}</body></html>"
    )


def _routes(paths: Described) -> Iterator[str]:
    for path, verbs in sorted(paths.items()):
        for verb, operation in verbs.items():
            yield _route(verb.upper(), path, operation)


def _route(verb: str, path: str, operation: Described) -> str:
    said = _prose(operation.get("description", ""))
    body = _content(operation.get("requestBody", {}))
    answers = [
        f"<p>Answers {status}: {_content(answer) or 'nothing'}</p>"
        for status, answer in operation["responses"].items()
        if status not in MENDING
    ]
    return (
        f'<details><summary><span class="verb">{verb}</span><code>{escape(path)}</code>'
        f'<span class="what">{escape(operation.get("summary", ""))}</span></summary>'
        f"<p>{said}</p>{_parameters(operation.get('parameters', ()))}"
        f"{f'<p>Body: {body}</p>' if body else ''}{''.join(answers)}</details>"
    )


def _content(of: Described) -> str:
    """Which shape a body or an answer has."""
    kinds = cast("Described", of.get("content", {}))
    return " or ".join(_type(one["schema"]) for one in kinds.values() if "schema" in one)


def _parameters(parameters: Sequence[Described]) -> str:
    rows = [
        (f"{one['name']}{_where(one)}", one["schema"], one.get("description", ""))
        for one in parameters
    ]
    return _table("Parameters", rows) if rows else ""


def _where(parameter: Described) -> str:
    return " (header)" if parameter["in"] == "header" else ""


def _shape(name: str, schema: Described) -> str:
    needed = schema.get("required", ())
    rows = [
        (f"{field}{' *' if field in needed else ''}", one, one.get("description", ""))
        for field, one in schema.get("properties", {}).items()
    ]
    told = _table(schema.get("description", ""), rows) if rows else f"<p>{_type(schema)}</p>"
    return f'<h3 id="{escape(name)}">{escape(name)}</h3>{told}'


def _table(caption: str, rows: Sequence[tuple[str, Described, str]]) -> str:
    told = "".join(
        f"<tr><th scope=row><code>{escape(name)}</code></th><td>{_type(schema)}</td>"
        f"<td>{_prose(said)}</td></tr>"
        for name, schema, said in rows
    )
    return f'<div class="wide"><table><caption>{_prose(caption)}</caption>{told}</table></div>'


def _prose(said: str) -> str:
    """A description; what stands between backticks is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(said))


def _type(schema: Described) -> str:
    """What a value is, in words; shapes of ours are links."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        label = name.removesuffix("_").replace("Page_", "page of ")
        return f'<a href="#{name}">{label}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("type") or "anything"))
