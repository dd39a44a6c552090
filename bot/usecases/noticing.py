"""The watcher as every use case asks it: a fault in one of its rules costs a notice and never a submission."""

from __future__ import annotations

import logging

from bot.domain.notice import Notices
from bot.ports import Watcher

_log = logging.getLogger(__name__)


class Noticing:
    """A `bot.ports.Watcher` around another one. What comes in goes on as if nothing had been noticed, and whoever reads
    the queue may still set it apart by hand.
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def look(self, text: str) -> Notices:
        """What the other one notices; nothing where it fails. Never raises."""
        try:
            return self._watcher.look(text)
        except Exception as fault:  # noqa: BLE001 - whatever it is, a cry for help must get in; its words stay out of logs
            _log.error("The watcher failed on a text, which goes on unnoticed: %s", type(fault).__name__)
            return Notices(failed=True)
