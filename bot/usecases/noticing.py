"""The watcher as every use case asks it: a fault in one of its rules costs a notice and never a submission."""

from __future__ import annotations

import logging
from collections import OrderedDict
from hashlib import sha256

from bot.domain.notice import Notices
from bot.ports import Watcher

_log = logging.getLogger(__name__)

_REMEMBERED = 256


class Noticing:
    """A `bot.ports.Watcher` around another one. What comes in goes on as if nothing had been noticed, and whoever reads
    the queue may still set it apart by hand. A draft is looked at several times until it is filed: what was noticed in
    the latest texts is remembered, by their hash alone.
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._known: OrderedDict[bytes, Notices] = OrderedDict()

    def look(self, text: str) -> Notices:
        """What the other one notices; nothing where it fails. Never raises."""
        key = sha256(text.encode("utf-8", "surrogatepass")).digest()
        found = self._known.get(key)
        if found is None:
            found = self._look(text)
            if not (found.failed or found.parts):  # parts hold words, and words are kept nowhere but in the database
                self._known[key] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _look(self, text: str) -> Notices:
        try:
            return self._watcher.look(text)
        except Exception as fault:  # noqa: BLE001 - whatever it is, a cry for help must get in; its words stay out of logs
            _log.error("The watcher failed on a text, which goes on unnoticed: %s", type(fault).__name__)
            return Notices(failed=True)
