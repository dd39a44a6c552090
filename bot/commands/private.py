"""What the bot keeps is for nobody else on the machine: rights of new files, and a word about those that are open."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

_NOBODY_ELSE = 0o077


def keep_to_ourselves() -> None:
    """From now on every new file (0600) and folder (0700) is for this account alone; where one is handed on, whoever
    hands it on says so.
    """
    os.umask(_NOBODY_ELSE)


def open_to_all(data_dir: Path, env_file: Path) -> Iterator[str]:
    """A sentence for each of the two that every account of this machine can get into, with the command that ends it."""
    if os.name != "posix":  # elsewhere these bits say nothing
        return
    for path, rights in ((data_dir, "700"), (env_file, "600")):
        if path.exists() and path.stat().st_mode & stat.S_IRWXO:
            yield f"mọi tài khoản trên máy này đều mở được “{path}”; để chỉ bot đọc được: chmod {rights} {path}"
