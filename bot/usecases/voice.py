"""From what is to be said to the words that are sent: the only place where sentences are filled in."""

from __future__ import annotations

from bot.conversation.session import Own
from bot.domain.message import Choice, Say, Words
from bot.domain.text import fold, shorten
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key

_OWN_TEXT = 90


class Voice:
    """Turns `Say` into `Words` in the language of the catalogue; in a rehearsal every message is marked."""

    def __init__(self, catalogue: Catalogue, *, rehearsal: bool = False) -> None:
        self.catalogue = catalogue
        self.rehearsal = rehearsal

    def words(self, say: Say) -> Words:
        """A message with its buttons (id, label)."""
        text = self.text(say.key, **self._values(say))
        return Words(self.marked(text), tuple((choice.id, self._label(choice)) for choice in say.choices))

    def text(self, key: Key, **values: object) -> str:
        """One sentence, unmarked: for cards, toasts and captions that mark themselves as a whole."""
        return self.catalogue.say(key, **values)

    def marked(self, text: str) -> str:
        return self.catalogue[Key.REHEARSAL_MARK] + text if self.rehearsal else text

    def reason(self, reason: str) -> str:
        """Why something was refused, or who is responsible for it: of the catalogue's lists, or a moderator's words."""
        return self.catalogue[Key(reason)] if reason in _REASONS else reason

    def folded_choices(self, words: Words) -> tuple[tuple[str, str], ...]:
        """The buttons of a message as the session remembers them, to recognise a typed label."""
        return tuple((id_, fold(label)) for id_, label in words.choices)

    def _label(self, choice: Choice) -> str:
        return self.catalogue[choice.label] if isinstance(choice.label, Key) else choice.label

    def _values(self, say: Say) -> dict[str, object]:
        values = dict(say.values)
        match values.pop("own", None):
            case Own() as own:
                values |= {"code": own.code, "state": self._state(own), "text": own.text}
            case tuple() as several:
                values["lines"] = "\n\n".join(self._own_line(own) for own in several)
        return values

    def _own_line(self, own: Own) -> str:
        line = {"code": own.code, "state": self._state(own), "text": shorten(own.text, _OWN_TEXT)}
        return self.text(Key.MINE_LINE, **line)

    def _state(self, own: Own) -> str:
        if own.private:
            return self.catalogue[Key(f"private_state.{own.state}")]
        state = self.catalogue[Key(f"state.{own.state}")]
        return f"{state} ({self.reason(own.reason)})" if own.reason else state


_REASONS = frozenset(key.value for key in Key if key.value.startswith(("reason.", "body.")))
