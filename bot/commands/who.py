"""Whose account runs the command, for the record of who did what."""

from __future__ import annotations

import getpass


def account() -> str:
    """The account's name, or "" where the machine does not know one (a container without that user)."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
