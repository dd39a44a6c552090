"""A command of our own in a process of its own: for work that would hold up everybody else."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Mapping, Sequence

from bot.processes import own_environment


class CommandFailed(Exception):
    """The command ended with another code than 0; what it had to say stands on standard error."""


async def own_command(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run `doithoai` with these arguments and variables; returns what it printed.

    A cancelled caller ends the process too. Raises CommandFailed or OSError.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**own_environment(), **environment},
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
    if process.returncode:
        raise CommandFailed(f"{arguments[0]} ended with {process.returncode}")
    return printed.decode()
