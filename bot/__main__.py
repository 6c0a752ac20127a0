"""The program's first and last lines: `tocsin`, or `python -m bot`."""

import sys

from bot.cli import act_commands, prune_commands, stats_commands
from bot.cli.commands import cli
from bot.errors import TocsinError

# Each file of commands adds its own to the one program.
_ALL = (act_commands, prune_commands, stats_commands)


def main() -> None:
    """Run the command line. Exit 0: done; 1: it failed, one line says why; 2: usage."""
    try:
        cli(prog_name="tocsin")
    except TocsinError as error:
        sys.stderr.write(f"{str(error) or error.__doc__}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
