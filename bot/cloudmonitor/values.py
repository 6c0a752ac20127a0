"""Values with their units as people write them: `97.5 %`, `1.23 Gbit/s`, `12.4 MiB`, `502`."""

from bot.rules.card import Language

_NAMED = {
    "%": "%",
    "percent": "%",
    "count": "",
    "个": "",
    "次": "",
    "s": "s",
    "seconds": "s",
    "秒": "s",
    "ms": "ms",
    "毫秒": "ms",
    "us": "µs",
}
_BITS = {"bit/s", "bits/s", "bps", "bit"}
_BYTES = {"byte", "bytes", "b", "byte/s", "bytes/s", "b/s", "字节"}
_DECIMAL = ("", "k", "M", "G", "T", "P")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
_EXACT_BELOW = 1e15  # larger numbers are shown rounded: nobody reads their last digits


def plain(value: float) -> str:
    """A number with thousands separators and as many decimals as matter; never `1e+06`."""
    size = abs(value)
    if size >= _EXACT_BELOW:
        return f"{value:,.0f}"
    if value == int(value):
        return f"{int(value):,}"
    decimals = 2 if size >= 1 else 3 if size >= 0.01 else 6  # noqa: PLR2004 - three ranges of size
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_value(value: float, unit: str | None, _language: Language) -> str:
    """A value of a metric. The units of the table read alike in all languages."""
    known = (unit or "").strip()
    lowered = known.lower()
    if lowered in _BITS:
        return _scaled(
            value, 1000, _DECIMAL, "bit/s" if "/" in lowered or lowered == "bps" else "bit"
        )
    if lowered in _BYTES:
        return _scaled(value, 1024, _BINARY, "B/s" if "/" in lowered else "B")
    shown = _NAMED.get(lowered, known)
    if lowered.startswith("count/"):
        shown = "/" + lowered.removeprefix("count/")
        return plain(value) + shown
    return f"{plain(value)} {shown}".strip()


def _scaled(value: float, step: int, prefixes: tuple[str, ...], unit: str) -> str:
    power = 0
    while abs(value) >= step and power < len(prefixes) - 1:
        value /= step
        power += 1
    return f"{plain(round(value, 2))} {prefixes[power]}{unit}"
