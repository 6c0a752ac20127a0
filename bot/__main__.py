"""The program's first and last lines: `tocsin`, or `python -m bot`."""

import sys
from collections.abc import Iterable

from bot.cli import act_commands, prune_commands, stats_commands
from bot.cli.commands import cli
from bot.errors import TocsinError, WrongUsage

# Each file of commands adds its own to the one program.
_ALL = (act_commands, prune_commands, stats_commands)


def main() -> None:
    """Run the command line. Exit 0: done; 1: it failed, one line says why; 2: usage."""
    _leave_out_rich()
    try:
        _all_are_texts(sys.argv[1:])
        cli(prog_name="tocsin")
    except TocsinError as error:
        sys.stderr.write(f"{str(error) or error.__doc__}\n")
        sys.exit(2 if isinstance(error, WrongUsage) else 1)


def _leave_out_rich() -> None:
    """Keep structlog from importing what Typer brings along and nothing here uses."""
    if "structlog" not in sys.modules:
        sys.modules["rich"] = None  # pyright: ignore[reportArgumentType] - as `import` has it


def _all_are_texts(arguments: Iterable[str]) -> None:
    """What a shell of another encoding typed, no database and no terminal takes."""
    try:
        "".join(arguments).encode()
    except UnicodeEncodeError:
        raise WrongUsage("An argument is no UTF-8; write it in UTF-8.") from None


if __name__ == "__main__":
    main()
