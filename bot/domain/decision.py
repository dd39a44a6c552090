"""What a person has decided a text is about: the only thing that the machine learns from and is judged by.

An agreement counts like a correction. What nobody looked at does not: an approval by whoever typed the slips in, or
one that leaves the department open.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.department import OUT_OF_SCOPE
from bot.domain.submission import Action, HistoryEntry, State, Submission, topic_of
from bot.texts.keys import Key

# Refusals that say "this is no question to a dialogue"; the others (a copy, unclear, rude, private) say nothing of it.
OUT_OF_SCOPE_REASONS = frozenset(key.value for key in (Key.R_OUT_OF_SCOPE, Key.R_SPAM, Key.R_ACCUSES))
_OUT_OF_SCOPE_BY = {State.REDIRECTED: Action.REDIRECT, State.SPAM: Action.MARK_SPAM}
_MARK_BYTES = 8


@dataclass(frozen=True, slots=True)
class Decision:
    """A text and the topic that a person confirmed. `proposed` is the machine's, UNCLASSIFIED where it had none.

    `at` is when it was decided, aware. `settled`: a person confirmed this topic, by approving the text for a department
    or refusing it as out of scope. Not so where the topic was only chosen on the way there, or read out of a refusal as
    spam or as an accusation. `lead` is the department (its id) to which the text was given, perhaps within an issue
    of another topic; None where it was given to none. It counts for the table; what is learnt is the topic.
    """

    submission_id: int
    text: str
    topic: str
    proposed: str
    at: datetime
    settled: bool = True
    lead: str | None = None

    @property
    def mark(self) -> str:
        """What this text of this submission is known by, whatever was decided of it and when: 16 hexadecimal digits.

        It is kept beside a model that learnt the text; nobody can read the text out of it.
        """
        content = f"{self.submission_id}\n{self.text}".encode(errors="surrogatepass")
        return hashlib.blake2b(content, digest_size=_MARK_BYTES).hexdigest()


def decision(submission: Submission, entries: Sequence[HistoryEntry], lead: str | None) -> Decision | None:
    """What was decided of a submission's present text, None where nothing was.

    `entries` is its whole history, oldest first; `lead` the department of its issue, None where it is in none or the
    department was left open. The newest decision counts; words that the asker changed since were never decided.
    """
    if submission.private or submission.state is State.WITHDRAWN:
        return None
    last = {entry.action: entry for entry in _since_last_words(entries)}
    moved, approved = last.get(Action.CHANGE_TOPIC), last.get(Action.APPROVE)
    topic, settled = submission.topic, submission.state is State.APPROVED and lead is not None
    if submission.state in _OUT_OF_SCOPE_BY:
        topic, settled = OUT_OF_SCOPE, submission.state is State.REDIRECTED
        moments = [last[_OUT_OF_SCOPE_BY[submission.state]].at]
    elif submission.state is State.REJECTED and submission.reason in OUT_OF_SCOPE_REASONS:
        topic, settled = OUT_OF_SCOPE, submission.reason == Key.R_OUT_OF_SCOPE.value
        moments = [last[Action.REJECT].at]
    elif submission.state is State.APPROVED and lead and approved and approved.actor != entries[0].actor:
        moments = [entry.at for entry in (approved, moved) if entry]
    elif moved is not None:
        moments = [moved.at]
    else:
        return None
    given = lead if submission.state is State.APPROVED else None
    return Decision(submission.id, submission.text, topic, topic_of(submission.proposal), max(moments), settled, given)


def _since_last_words(entries: Sequence[HistoryEntry]) -> Sequence[HistoryEntry]:
    edits = [place for place, entry in enumerate(entries) if entry.action is Action.EDIT]
    return entries[edits[-1] :] if edits else entries


@dataclass(frozen=True, slots=True)
class Tally:
    """How the machine fared with what belongs to one department (its id, None for nobody's): of `decided` texts it had
    proposed that department for `right`.
    """

    department: str | None
    decided: int
    right: int

    @property
    def corrected(self) -> int:
        """How many a person moved to this department."""
        return self.decided - self.right


def tallies(decisions: Iterable[Decision], leads: Mapping[str, str | None]) -> tuple[Tally, ...]:
    """A tally for every department with a settled text that the machine had read, in the order of `leads`.

    `leads` names the department of each topic under the programme. A proposal is right where its topic is of the
    department to which the text was given, be it within an issue that asks the same; topics that nobody leads are right
    by themselves only.
    """
    decided: Counter[str | None] = Counter()
    right: Counter[str | None] = Counter()
    for one in decisions:
        if one.proposed and one.settled:
            given = one.lead or leads.get(one.topic)
            decided[given] += 1
            right[given] += (leads.get(one.proposed) or one.proposed) == (given or one.topic)
    order = [*(lead for lead in dict.fromkeys((*leads.values(), *decided)) if lead), None]
    return tuple(Tally(lead, decided[lead], right[lead]) for lead in order if decided[lead])


def per_cent(part: int, whole: int) -> int:
    """A share of a whole above zero in whole per cent, a half rounded up as a reader expects."""
    return (200 * part + whole) // (2 * whole)
