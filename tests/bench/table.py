"""A table on the terminal, row by row."""

FIRST = 36


class Table:
    """Prints as it is made, so that one sees how far a long run is."""

    def __init__(self, title: str, columns: tuple[str, ...]) -> None:
        self._widths = [max(len(name), 7) + 2 for name in columns]
        print(f"\n{title}")
        self.row("", *columns)

    def row(self, name: str, *cells: str) -> None:
        """One line."""
        shown = (f"{cell:>{width}}" for cell, width in zip(cells, self._widths, strict=True))
        print(f"{name:{FIRST}}" + "".join(shown), flush=True)

    def end(self) -> None:
        """An empty line after it."""
        print(flush=True)
