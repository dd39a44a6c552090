"""Looks at a text for what a moderator should see (`bot.ports.Watcher`): the rules stand in phrases.toml, the shapes
of personal data in personal.py, the cutting into questions in parts.py, flooding and names in marks.py.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.domain.notice import Danger, Notices, Spam
from classifier import marks, parts, personal
from classifier.phrases import SENTENCE_END, Phrases, Sentence, load

_REMEMBERED = 2_000  # texts; a board asks for the same cards again and again


class Watch:
    """`look` is pure: the same text always gives the same notices."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._look)

    @classmethod
    def open(cls, own: Path | None = None) -> Watch:
        """With the packaged phrases and an operator's file of additions, if there is one. Raises PhraseFault."""
        return cls(load(own))

    def look(self, text: str) -> Notices:
        """Everything that is noticed. Any string will do."""
        return self._remembered(text)

    def _look(self, text: str) -> Notices:
        sentences = self._phrases.sentences(text)
        danger = self._danger(sentences)
        if danger is None and "\n" in text:  # somebody sends word by word: "em muốn", "chết"
            danger = self._danger(self._phrases.sentences(" ".join(text.split())))
        return Notices(
            parts=parts.questions(text, self._phrases, opens=self._phrases.found("another", sentences)),
            personal=personal.spans(text),
            danger=danger,
            spam=None if danger else self._spam(text, sentences),
            denounces=self._phrases.found("accusation", sentences) and self._denounces(text),
        )

    def _danger(self, sentences: list[Sentence]) -> Danger | None:
        """A text may tell of both; being harmed is named first, because then somebody else must be kept away."""
        return next((kind for kind in (Danger.ABUSE, Danger.SELF_HARM) if self._phrases.found(kind, sentences)), None)

    def _spam(self, text: str, sentences: list[Sentence]) -> Spam | None:
        if marks.is_flooding(text):
            return Spam.FLOODING
        offers = self._phrases.found(Spam.ADVERTISING, sentences) or marks.has_strange_link(text)
        return Spam.ADVERTISING if offers else None

    def _denounces(self, text: str) -> bool:
        """Somebody is named and accused in one and the same sentence."""
        return any(
            marks.names_somebody(part) and self._phrases.found("accusation", self._phrases.sentences(part))
            for part in SENTENCE_END.split(text)
        )
