"""Values with their units as people write them: `97.5 %`, `1.23 Gbit/s`, `12.4 MiB`, `502`."""

from math import floor, log10

from bot.rules.card import Language

_NAMED = {
    "%": "%",
    "percent": "%",
    "count": "",
    "none": "",
    "个": "",
    "次": "",
    "s": "s",
    "seconds": "s",
    "秒": "s",
    "ms": "ms",
    "毫秒": "ms",
    "us": "µs",
}
_BITS = {
    "bit": "bit",
    "bits": "bit",
    "bit/s": "bit/s",
    "bits/s": "bit/s",
    "bps": "bit/s",
    "比特/秒": "bit/s",
}
_BYTES = {
    "byte": "B",
    "bytes": "B",
    "字节": "B",
    "byte/s": "B/s",
    "bytes/s": "B/s",
    "字节/秒": "B/s",
}
_BYTES_BY_CASE = {"B": "B", "B/s": "B/s", "Bps": "B/s"}  # a small b could mean bits
_PER = "count/"
_DECIMAL = ("", "k", "M", "G", "T", "P")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
_EXACT_BELOW = 1e15  # larger numbers are shown rounded: nobody reads their last digits
_DECIMALS_MOST = 12


def plain(value: float) -> str:
    """A number with thousands separators and as many decimals as matter; never `1e+06`."""
    if abs(value) < _EXACT_BELOW and value == int(value):
        return f"{int(value):,}"
    text = f"{value:,.{_decimals(abs(value))}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _decimals(size: float) -> int:
    """Two after the point; of numbers below one the first three digits that are not 0."""
    if size >= _EXACT_BELOW:
        return 0
    return 2 if size >= 1 else min(2 - floor(log10(size)), _DECIMALS_MOST)


def format_value(value: float, unit: str | None, _language: Language) -> str:
    """A finite value of a metric. The units of the table read alike in all languages."""
    known = (unit or "").strip()
    lowered = known.lower()
    if shown := _BYTES_BY_CASE.get(known) or _BYTES.get(lowered):
        return _scaled(value, 1024, _BINARY, shown)
    if shown := _BITS.get(lowered):
        return _scaled(value, 1000, _DECIMAL, shown)
    if lowered.startswith(_PER):
        return f"{plain(value)}/{lowered.removeprefix(_PER)}".removesuffix("/")
    return f"{plain(value)} {_NAMED.get(lowered, known)}".strip()


def _scaled(value: float, step: int, prefixes: tuple[str, ...], unit: str) -> str:
    power = 0
    while abs(round(value, 2)) >= step and power < len(prefixes) - 1:
        value /= step
        power += 1
    return f"{plain(round(value, 2) if power else value)} {prefixes[power]}{unit}"
