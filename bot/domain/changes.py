"""What is different in a workbook from the last one: what is new, what was changed, moved, merged or taken out.

A workbook is compared with what its readers know already: each file leaves behind what it held of every submission,
with a salted hash in the place of its words.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.submission import State

_HASH_BYTES = 16
# Nobody is to answer these; a whole that was split, or a part that was joined again, stands in the file as others.
OUT = frozenset({State.REJECTED, State.REDIRECTED, State.SPAM, State.WITHDRAWN, State.SPLIT, State.JOINED})
OPEN = frozenset({State.WAITING, State.ASKED})
_ELSEWHERE = frozenset({State.SPLIT, State.JOINED})


class Kind(StrEnum):
    """What became of a submission since the last file, the weightiest first."""

    NEW = "new"
    MOVED = "moved"  # another department or topic answers
    REWORDED = "reworded"
    MERGED = "merged"  # now in an issue with others, or in another one
    APART = "apart"  # now in an issue of its own
    DECIDED = "decided"  # waited, and is approved now
    BACK = "back"  # was approved or taken out, and waits again
    TAKEN_OUT = "taken_out"
    GONE = "gone"  # the file says nothing of it any more


def digest(words: str) -> str:
    """What words are known by."""
    return hashlib.blake2b(words.encode(errors="surrogatepass"), digest_size=_HASH_BYTES).hexdigest()


def salted(digested: str, salt: str) -> str:
    """A digest as it is kept: without the salt nobody finds short words by trying."""
    return hashlib.blake2b(digested.encode(), key=salt.encode(), digest_size=_HASH_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class Held:
    """A submission as a workbook holds it. `issue` is the number of its issue, 0 where it is in none; `words` is the
    digest of what stands for it.
    """

    submission_id: int
    code: str
    state: State
    topic: str
    lead: str | None
    issue: int
    words: str

    def kept(self, salt: str) -> Remembered:
        """As it is remembered of a file; `salt` is at most 64 characters."""
        return Remembered(
            self.submission_id,
            self.code,
            self.state,
            self.topic,
            self.lead,
            self.issue,
            salted(self.words, salt),
            salt,
        )


@dataclass(frozen=True, slots=True)
class Remembered:
    """A submission as an earlier workbook held it: `hash` is of the digest of its words under `salt`."""

    submission_id: int
    code: str
    state: State
    topic: str
    lead: str | None
    issue: int
    hash: str
    salt: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one submission: one or several of `kinds`. `before` is None where it is new, `now` where the file
    says nothing of it any more.
    """

    kinds: tuple[Kind, ...]
    before: Remembered | None
    now: Held | None


def changes(before: Iterable[Remembered], now: Iterable[Held]) -> list[Change]:
    """Everything that is different, the weightiest kind first, within it in the order in which submissions came."""
    held = {one.submission_id: one for one in now}
    known = {one.submission_id: one for one in before}
    members = Counter(one.issue for one in held.values() if one.issue)
    found = [
        Change(kinds, known.get(id_), held.get(id_))
        for id_ in sorted({*known, *held})
        if (kinds := tuple(_kinds(known.get(id_), held.get(id_), members)))
    ]
    return sorted(found, key=lambda change: _WEIGHTS[change.kinds[0]])


def _kinds(before: Remembered | None, now: Held | None, members: Counter[int]) -> Iterator[Kind]:
    """What became of one submission, in the order of `Kind`."""
    if now is None:
        yield Kind.GONE
    elif before is None:
        if now.state not in _ELSEWHERE:
            yield Kind.NEW
    elif now.state in OUT:
        if before.state != now.state:
            yield Kind.TAKEN_OUT
    elif before.state in OUT or (before.state is State.APPROVED and now.state in OPEN):
        yield Kind.BACK
    else:
        yield from _inside(before, now, members)


def _inside(before: Remembered, now: Held, members: Counter[int]) -> Iterator[Kind]:
    # While it waits, topic and department are guesses: only a decision moves a question.
    decided = before.state is State.APPROVED and now.state is State.APPROVED
    if decided and (before.lead, before.topic) != (now.lead, now.topic):
        yield Kind.MOVED
    if before.hash != salted(now.words, before.salt):
        yield Kind.REWORDED
    if before.issue != now.issue and members[now.issue] > 1:
        yield Kind.MERGED
    if decided and before.issue != now.issue and members[now.issue] == 1:
        yield Kind.APART
    if before.state in OPEN and now.state is State.APPROVED:
        yield Kind.DECIDED


_WEIGHTS = {kind: weight for weight, kind in enumerate(Kind)}
