"""The model that answers now: exchanged while the bot runs, and never in the way of a question.

Where there is no model, or one fails, texts stay unclassified, a person gives them their topic, and
`ClassifyWaiting` lets the machine try again once there is a model.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from bot.domain.submission import Proposal
from bot.ports import Model, Models

_log = logging.getLogger(__name__)


class ActiveRouter:
    """A `bot.ports.Router`. `first` finds (or trains) the first model, `models` tells of later ones."""

    def __init__(self, first: Callable[[], Model], models: Models) -> None:
        """Waits for `first`, which may raise: then there is no model yet."""
        self._models = models
        self._stamp = models.stamp()
        self._model: Model | None = None
        try:
            self._model = first()
        except Exception as fault:  # noqa: BLE001 - whatever it is, questions must go on coming in
            _log.error("There is no model, texts stay unclassified: %s", type(fault).__name__)

    @property
    def missing(self) -> bool:
        """Whether there is no model at all."""
        return self._model is None

    def refresh(self) -> bool:
        """Answer with another model where another one is to answer now; True where that is so.

        Cheap where nothing changed, else it waits for the disk: call it from a thread. Never raises, never trains.
        """
        stamp = self._models.stamp()
        if stamp == self._stamp:
            return False
        try:
            model = self._models.kept()
        except Exception as fault:  # noqa: BLE001 - the model at hand goes on answering
            _log.error("The new model cannot be used: %s", type(fault).__name__)
            model = None
        if model is None:
            return False
        self._stamp, self._model = stamp, model
        _log.info("The kept models changed, and the one that answers was read again.")
        return True

    def propose(self, text: str, lead_of: Mapping[str, str | None]) -> Proposal | None:
        """None where there is no model or it fails on this text."""
        if self._model is None:
            return None
        try:
            return self._model.propose(text, lead_of)
        except Exception as fault:  # noqa: BLE001 - see above
            _log.error("The model failed on a text, which stays unclassified: %s", type(fault).__name__)
            return None

    def propose_all(
        self,
        texts: Sequence[str],
        lead_of: Mapping[str, str | None],
        progress: Callable[[int], None] | None = None,
    ) -> list[Proposal | None]:
        """One after another, so that a text on which the model fails costs the others nothing."""
        proposals: list[Proposal | None] = []
        for text in texts:
            proposals.append(self.propose(text, lead_of))
            if progress:
                progress(len(proposals))
        return proposals

    def explain(self, text: str, topic: str) -> tuple[str, ...]:
        """Nothing where there is no model or it fails."""
        if self._model is None:
            return ()
        try:
            return self._model.explain(text, topic)
        except Exception as fault:  # noqa: BLE001 - a card without explanation is still a card
            _log.error("The model could not explain itself: %s", type(fault).__name__)
            return ()
