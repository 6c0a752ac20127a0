"""Tables on a terminal: columns as wide as what is in them, by the cells that letters take."""

import unicodedata
from collections.abc import Sequence

WIDEST = 44  # cells of a column; names of alarms may have thousands of letters
GAP = "  "


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines of aligned columns, without blanks at their ends."""
    told = [[shown(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(width, column)) for column in zip(*told, strict=True)]
    return "\n".join(
        GAP.join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        .rstrip()
        for row in told
    )  # fmt: skip


def shown(text: str) -> str:
    """One line of letters that only show: no escapes, no turning of the direction."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return _cut(" ".join(plain.split()))


def _cut(text: str) -> str:
    if width(text) <= WIDEST:
        return text
    kept = ""
    for char in text:
        if width(kept + char) >= WIDEST:
            break
        kept += char
    return f"{kept}…"


def width(text: str) -> int:
    """Terminal cells: Chinese takes two, marks that stand on other letters none."""
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
