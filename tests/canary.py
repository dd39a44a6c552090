"""The canary over the whole suite: whatever people write in a test, and every token, must never stand in a log.

For every test, what comes into the inbox and into the submissions is remembered (words, names, phone numbers), and all
that is logged meanwhile is looked through, with the text of its exceptions. A hit fails that very test. What a program
in another process printed is handed in by whoever started it: `check(printed)`.

A test that logs such words on purpose, to see them taken out, is marked `leaks`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from storage.inbox import Inbox
from storage.submissions import Submissions

OURS = ("bot", "handlers", "storage", "classifier", "exports")
LEVEL = logging.INFO  # as the running program logs; its debugging lines are never written
_SHORTEST = 12  # shorter words stand in sentences of our own
_WORDS = {"text", "caption", "phone_number", "first_name", "last_name", "username", "title"}
_TOKEN = re.compile(r"\d+:[\w-]{30,}")  # the doubles' among them


class Watch(logging.Handler):
    """Hears everything that is logged in this process, and knows what was written in it."""

    def __init__(self) -> None:
        super().__init__(LEVEL)
        self.heard: list[str] = []
        self.written: set[str] = set()
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.heard.append(self.format(record))
        except (TypeError, ValueError):
            self.heard.append(str(record.msg))
        finally:
            record.exc_text = None  # what this format made of it is nobody else's business

    def write(self, words: str) -> None:
        """Somebody wrote this."""
        for line in (words, *words.splitlines()):
            if len(line.strip()) >= _SHORTEST and not line.startswith("/"):
                self.written.add(line.strip())

    def leaks(self, printed: str) -> list[str]:
        """What stands in a text and must not."""
        found = [words for words in self.written if words in printed]
        return found + (["the token of the bot"] if _TOKEN.search(printed) else [])


WATCH = Watch()


def check(printed: str | bytes) -> None:
    """Fails where a program of ours printed a token or what somebody wrote."""
    text = printed.decode("utf-8", "replace") if isinstance(printed, bytes) else printed
    assert not (found := WATCH.leaks(text)), f"printed by a program: {found}"


def _spy(owner: type, name: str, told: Callable[[Any], Iterator[str]]) -> Callable[[], None]:
    """Remember what a method of storage is given; returns how to let go."""
    plain = getattr(owner, name)

    async def spied(self: Any, given: Any, *rest: Any, **more: Any) -> Any:
        for words in told(given):
            WATCH.write(words)
        return await plain(self, given, *rest, **more)

    setattr(owner, name, spied)
    return lambda: setattr(owner, name, plain)


def _of_updates(updates: Any) -> Iterator[str]:
    for update in updates:
        try:
            yield from words_of(json.loads(update.raw))
        except ValueError:
            yield update.raw


def words_of(raw: Any) -> Iterator[str]:
    """What people wrote somewhere in an update; what the bot said itself comes back in it and is no secret."""
    if isinstance(raw, list):
        for one in raw:
            yield from words_of(one)
    if not isinstance(raw, dict) or (isinstance(raw.get("from"), dict) and raw["from"].get("is_bot")):
        return
    for name, value in raw.items():
        if name in _WORDS and isinstance(value, str):
            yield value
        else:
            yield from words_of(value)


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "leaks: logs on purpose what must never be logged")
    undo = (
        _spy(Inbox, "add", _of_updates),
        _spy(Submissions, "add", lambda new: iter((new.text,))),
    )
    for one in undo:
        config.add_cleanup(one)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    WATCH.heard.clear()
    WATCH.written.clear()
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in OURS}
    root.addHandler(WATCH)
    for name in OURS:
        if not before[name]:
            logging.getLogger(name).setLevel(LEVEL)
    try:
        result = yield
    finally:
        root.removeHandler(WATCH)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    if item.get_closest_marker("leaks") is None:
        found = {words for line in WATCH.heard for words in WATCH.leaks(line)}
        assert not found, f"logged: {sorted(found)}"
    return result
