"""The words of a slash command as the person typed them: Slack escapes them on their way."""

import re

_LINK = re.compile(r"<(?![@#!])(?P<url>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_CHANNEL = re.compile(r"<#(?P<id>[A-Z0-9]+)(?:\|(?P<name>[^<>]*))?>")
_SPECIAL = re.compile(r"<!(?P<what>[^<>|]+)(?:\|[^<>]*)?>")
_QUOTES = str.maketrans({"‘": "'", "’": "'"})


def plain(text: str) -> str:
    """The text; mentions of people stay as `<@U…>`, so that they can be told from names."""
    text = _LINK.sub(lambda one: one["label"] or one["url"], text)
    text = _CHANNEL.sub(lambda one: f"#{one['name'] or one['id']}", text)
    text = _SPECIAL.sub(lambda one: f"@{one['what']}", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text.translate(_QUOTES).strip()
