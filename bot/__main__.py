"""`python -m bot` and the `doithoai` command."""

from __future__ import annotations

import sys

from bot.cli import run
from bot.commands.redact import redact_crashes


def main() -> None:
    """Run the command line and leave with its exit code."""
    redact_crashes()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
