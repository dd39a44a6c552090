"""Whole phrases, found however they are typed: with accents or without, in teencode, decomposed, with signs in between.

The phrases stand in phrases.toml (its head explains how they are written); an operator's own file adds and removes.
Where a sentence has accents, a phrase must be found with them: "từ từ" is no "tự tử" and "mượn" no "muốn". Only a
sentence typed without any is compared without; the few phrases that mean two things there say so in their table.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from bot.domain.errors import Refusal
from bot.domain.text import clean
from bot.texts.keys import Key
from classifier.normalise import strip_accents, views

PHRASES_FILE = Path(__file__).with_name("phrases.toml")

SENTENCE_END = re.compile(r"[.!?…;\n\r。]+")
_PAUSE = re.compile(r"[,:()\[\]{}\"“”‘’/|~*•=]+|\s[–—-]+\s|^[–—-]+\s")
# A word with a marked letter, composed or not, from that letter on; invisible signs are none.
_MARKED = re.compile(r"(?:[^\W\d_a-zA-Z]|[\u0300-\u036f])\S*")
_PLAIN_SHARE = 0.25  # a sentence with fewer accented words than this was typed without accents
_COMMA = ","
_PAUSED = "ǂ"  # a letter that no Vietnamese word has stands for a pause while the words are read
_BETWEEN = f" {_PAUSED} "
# A syllable that ends in a stop has a tone, and "ie", "uo", "ye" before a consonant have their hats and horns.
_UNFINISHED = re.compile(r"(?:[aeiouy](?:c|ch|p|t)|(?:ie|uo|ye)[a-z]+)$")
_OFTEN_BARE = frozenset(["bi", "khong", "vi", "thi"])


class PhraseFault(Refusal):
    """A file of phrases that cannot be used; names the file and what is wrong in it."""


class Token(NamedTuple):
    """One word of a sentence as the machine reads it (a compound is one), or a pause between words."""

    written: str
    folded: str

    @property
    def bare(self) -> bool:
        return self.written.isascii()


Compounds = Mapping[str, tuple[tuple[Token, ...], ...]]
"""Folded first word -> compounds that begin so, the longest first."""


_COMMA_TOKEN = Token(_COMMA, _COMMA)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words between two full stops. `plain`: typed without accents."""

    tokens: tuple[Token, ...]
    plain: bool
    places: Mapping[str, tuple[int, ...]]  # where each folded word stands


# ------------------------------------------------------------------ one phrase


class _Gap(NamedTuple):
    """Up to `most` words that do not matter; `fillers` are the only ones allowed, where there are any."""

    most: int
    over_pauses: bool
    fillers: frozenset[str] = frozenset()


class _End(NamedTuple):
    """The end of what stands between two pauses."""


class _Start(NamedTuple):
    """The beginning of a sentence."""


class _Slot(NamedTuple):
    """One of several words or groups of words. `by_first`: folded first word -> the alternatives that begin so.

    `optional`: it may be missing; `or_end`: the end of what stands between two pauses will do as well.
    """

    by_first: Mapping[str, tuple[tuple[Token, ...], ...]]
    optional: bool
    or_end: bool

    @property
    def firsts(self) -> frozenset[str]:
        return frozenset(self.by_first)


_Element = _Gap | _Start | _End | _Slot


class _Count(NamedTuple):
    """How many words of a match stand with the accents that they need, and how many without."""

    accented: int = 0
    bare: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase. `only_plain`, `only_accented`: it counts in such sentences alone."""

    source: str
    elements: tuple[_Element, ...]
    needs: tuple[frozenset[str], ...]
    longest: int
    only_plain: bool = False
    only_accented: bool = False

    def found_in(self, sentence: Sentence) -> bool:
        """Whether the sentence holds it."""
        if (self.only_plain and not sentence.plain) or (self.only_accented and sentence.plain):
            return False
        if any(first.isdisjoint(sentence.places) for first in self.needs):
            return False
        return any(_fits(self.elements, 0, sentence, start, _Count()) for start in self._starts(sentence))

    def _starts(self, sentence: Sentence) -> Iterator[int]:
        """Where it may begin: near enough to the rarest word that it needs."""
        anchors = sorted(place for word in self.needs[0] for place in sentence.places.get(word, ()))
        for start in self._heads(sentence):
            after = bisect_left(anchors, start)
            if after < len(anchors) and anchors[after] < start + self.longest:
                yield start

    def _heads(self, sentence: Sentence) -> Iterable[int]:
        head = self.elements[0]
        if not isinstance(head, _Slot) or head.optional or head.or_end:
            return range(len(sentence.tokens))
        return (place for first in head.by_first for place in sentence.places.get(first, ()))


def _fits(elements: Sequence[_Element], at: int, sentence: Sentence, place: int, count: _Count) -> bool:
    """Whether the words from `place` on fit `elements[at:]`."""
    if at == len(elements):
        return sentence.plain or count.bare <= count.accented
    match elements[at]:
        case _Gap() as gap:
            places = _over_gap(gap, sentence, place)
            return any(_fits(elements, at + 1, sentence, after, count) for after in places)
        case _Start():
            return place == 0 and _fits(elements, at + 1, sentence, place, count)
        case _End():
            return _ended(sentence, place) and _fits(elements, at + 1, sentence, place, count)
        case _Slot() as slot:
            ways = _over_slot(slot, sentence, place, count)
            return any(_fits(elements, at + 1, sentence, after, counted) for after, counted in ways)


def _over_gap(gap: _Gap, sentence: Sentence, place: int) -> Iterator[int]:
    """The places at which the gap may end."""
    yield place
    for after, token in enumerate(sentence.tokens[place : place + gap.most], place + 1):
        if (token.written == _COMMA and not gap.over_pauses) or (gap.fillers and not _is_filler(token, gap, sentence)):
            return
        yield after


def _is_filler(token: Token, gap: _Gap, sentence: Sentence) -> bool:
    return token.written in gap.fillers or ((sentence.plain or token.bare) and f"~{token.folded}" in gap.fillers)


def _over_slot(slot: _Slot, sentence: Sentence, place: int, count: _Count) -> Iterator[tuple[int, _Count]]:
    """The places at which the slot may end, each with what was counted on the way."""
    if place < len(sentence.tokens):
        for words in slot.by_first.get(sentence.tokens[place].folded, ()):
            if (counted := _counted(words, sentence, place, count)) is not None:
                yield place + len(words), counted
    if slot.optional or (slot.or_end and _ended(sentence, place)):
        yield place, count


def _ended(sentence: Sentence, place: int) -> bool:
    return place == len(sentence.tokens) or sentence.tokens[place].written == _COMMA


def _counted(words: Sequence[Token], sentence: Sentence, place: int, count: _Count) -> _Count | None:
    """The count with these words added, where the sentence has them at `place`."""
    if place + len(words) > len(sentence.tokens):
        return None
    accented, bare = count
    for word, token in zip(words, sentence.tokens[place : place + len(words)], strict=True):
        if token.written == word.written:
            accented += not word.bare
        elif token.folded == word.folded and token.bare and (sentence.plain or _lacks_accents(token)):
            bare += 1
        else:
            return None
    return _Count(accented, bare)


@lru_cache(maxsize=20_000)
def _lacks_accents(token: Token) -> bool:
    """Whether a word without accents can only be one that lost them: no Vietnamese syllable is written so."""
    return bool(_UNFINISHED.search(token.written)) or token.written in _OFTEN_BARE


# ------------------------------------------------------------------ the file


@dataclass(frozen=True, slots=True)
class Rule:
    """Phrases that mean one thing. `unless`: what in the same sentence shows that it was not meant; `beside`: what must
    stand somewhere in the same text, if anything.
    """

    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...] = ()
    beside: tuple[Phrase, ...] = ()

    def holds(self, sentence: Sentence, text: Sequence[Sentence]) -> bool:
        """Whether a phrase that was found in the sentence counts."""
        if any(phrase.found_in(sentence) for phrase in self.unless):
            return False
        return not self.beside or any(phrase.found_in(one) for one in text for phrase in self.beside)


class Kind:
    """All rules of one kind, each phrase kept under the words of which a sentence must hold one."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_word: dict[str, list[tuple[Phrase, Rule]]] = {}
        for rule in rules:
            for phrase in rule.phrases:
                for word in phrase.needs[0]:
                    self._by_word.setdefault(word, []).append((phrase, rule))

    def found_in(self, sentence: Sentence, text: Sequence[Sentence]) -> bool:
        """Whether one of the rules holds for a sentence of the text."""
        return any(
            phrase.found_in(sentence) and rule.holds(sentence, text)
            for word in sentence.places
            for phrase, rule in self._by_word.get(word, ())
        )


@dataclass(frozen=True, slots=True)
class Phrases:
    """All rules by kind, and the compounds whose words are never read apart ("trẻ em" holds no "em")."""

    kinds: Mapping[str, Kind]
    compounds: Compounds

    def sentences(self, text: str) -> list[Sentence]:
        """The text in sentences, without those that hold no word. Any string will do."""
        read = (_sentence(part, self.compounds) for part in SENTENCE_END.split(text))
        return [sentence for sentence in read if sentence.tokens]

    def found(self, kind: str, sentences: Sequence[Sentence]) -> bool:
        """Whether a rule of this kind holds for one of the sentences of a text."""
        return any(self.kinds[kind].found_in(sentence, sentences) for sentence in sentences)


def _sentence(part: str, compounds: Compounds) -> Sentence:
    tokens: list[Token] = []
    for clause in " ".join(_words(_PAUSE.sub(_BETWEEN, part))).split(_PAUSED):
        if read := _tokens(clause.split()):
            tokens += [_COMMA_TOKEN] * bool(tokens)
            tokens += _joined(read, compounds)
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token.folded, []).append(place)
    plain = len(_MARKED.findall(part)) < _PLAIN_SHARE * len(part.split())
    return Sentence(tuple(tokens), plain, {word: tuple(where) for word, where in places.items()})


def _words(text: str) -> list[str]:
    """The words as the machine reads them, with what is opened here alone ("mún", "hk")."""
    slang = _packaged()["teencode"]
    return [read for word in views(text).written.split() for read in slang.get(word, word).split()]


@cache
def _packaged() -> dict[str, Any]:
    """The packaged file as it stands."""
    return tomllib.loads(PHRASES_FILE.read_text("utf-8"))


def _tokens(words: Iterable[str]) -> list[Token]:
    return [_token(word) for word in words]


@lru_cache(maxsize=20_000)
def _token(word: str) -> Token:
    return Token(word, strip_accents(word))


def _joined(tokens: Sequence[Token], compounds: Compounds) -> list[Token]:
    """The tokens with every compound made one of them."""
    joined: list[Token] = []
    place = 0
    while place < len(tokens):
        words = next((one for one in compounds.get(tokens[place].folded, ()) if _is_here(one, tokens, place)), None)
        joined.append(_as_one(words) if words else tokens[place])
        place += len(words) if words else 1
    return joined


def _is_here(words: Sequence[Token], tokens: Sequence[Token], place: int) -> bool:
    here = tokens[place : place + len(words)]
    return len(here) == len(words) and all(
        token.written == word.written or (token.bare and token.folded == word.folded)
        for word, token in zip(words, here, strict=True)
    )


def _as_one(words: Sequence[Token]) -> Token:
    return Token("_".join(word.written for word in words), "_".join(word.folded for word in words))


# ------------------------------------------------------------------ reading the file

_PIECE = re.compile(r"\(([^()]+)\)(\?)?|\{(\w+)\}(\?)?|(\*{1,2})(\d+)?|(~)|(\^)|(\$)|([^\s(){}*~^$?]+)(\?)?")
_GAP, _WIDE_GAP, _FILLERS = 3, 7, 4
_KINDS = ("self_harm", "abuse", "advertising", "accusation", "another")
_TABLES = (*_KINDS, "cry", "compounds")


def load(own: Path | None = None) -> Phrases:
    """The packaged phrases, with what the operator's file adds and removes. Raises PhraseFault."""
    return _read(_Own.read(own)) if own is not None and own.is_file() else _supplied()


@cache
def _supplied() -> Phrases:
    """The packaged phrases alone, compiled once: a tenth of a second."""
    return _read(_Own(PHRASES_FILE, {}))


def _read(changes: _Own) -> Phrases:
    packaged = _packaged()
    compounds = _compounds(changes.words("compounds", packaged["compounds"]["words"]))
    makes = _Maker(packaged["lists"], compounds)
    cries = tuple(makes.phrase(source) for source in changes.words("cry", packaged["cry"]["phrases"]))
    kinds = {kind: Kind(tuple(_rules(makes, kind, packaged[kind], changes, cries))) for kind in _KINDS}
    changes.nothing_left()
    return Phrases(kinds, compounds)


def _rules(
    makes: _Maker, kind: str, tables: Mapping[str, Any], changes: _Own, cries: tuple[Phrase, ...]
) -> Iterator[Rule]:
    for table in tables.values():
        unless = tuple(makes.phrase(source) for source in table.get("unless", ()))
        phrases = [
            makes.phrase(source, only_plain=way == "plain", only_accented=way == "accented")
            for way in ("phrases", "plain", "accented")
            for source in changes.kept(kind, table.get(way, ()))
        ]
        yield Rule(tuple(phrases), unless, cries if table.get("with_cry") else ())
    if added := changes.added(kind, makes):
        yield Rule(added)


def _compounds(words: Iterable[str]) -> dict[str, tuple[tuple[Token, ...], ...]]:
    """Folded first word -> compounds that begin so, the longest first."""
    found: dict[str, list[tuple[Token, ...]]] = {}
    for compound in words:
        tokens = tuple(_tokens(_words(compound)))
        found.setdefault(tokens[0].folded, []).append(tokens)
    return {first: tuple(sorted(those, key=len, reverse=True)) for first, those in found.items()}


class _Maker:
    """Compiles phrases with the lists of the packaged file."""

    def __init__(self, lists: Mapping[str, Sequence[str]], compounds: Compounds) -> None:
        self._lists = lists
        self._compounds = compounds
        fillers = [_token(word) for line in lists["fillers"] for word in _words(line)]
        self._fillers = frozenset([token.written for token in fillers] + [f"~{token.folded}" for token in fillers])

    def phrase(self, source: str, *, only_plain: bool = False, only_accented: bool = False) -> Phrase:
        """Raises ValueError where it cannot be read."""
        elements = tuple(self._elements(source))
        slots = [one for one in elements if isinstance(one, _Slot) and not one.optional and not one.or_end]
        if not slots or _PIECE.sub("", source).strip():
            raise ValueError(source)
        needs = tuple(sorted((slot.firsts for slot in slots), key=len))
        longest = sum(_longest(element) for element in elements)
        return Phrase(source, elements, needs, longest, only_plain, only_accented)

    def _elements(self, source: str) -> Iterator[_Element]:
        for found in _PIECE.finditer(source):
            inline, maybe, name, or_not, stars, most, filler, start, end, word, perhaps = found.groups()
            if stars:
                wide = len(stars) > 1
                yield _Gap(int(most or (_WIDE_GAP if wide else _GAP)), wide)
            elif filler:
                yield _Gap(_FILLERS, over_pauses=False, fillers=self._fillers)
            elif start:
                yield _Start()
            elif end:
                yield _End()
            elif word:
                yield self._slot([word], perhaps)
            elif name:
                yield self._slot(self._all([f"{{{name}}}"]), or_not)
            else:
                yield self._slot(self._all(inline.split("|")), maybe)

    def _all(self, named: Iterable[str]) -> list[str]:
        """The words and groups of words meant; one in curly brackets stands for all of a list."""
        members: list[str] = []
        for member in named:
            if not member.startswith("{"):
                members.append(member)
            elif member[1:-1] in self._lists:
                members += self._all(self._lists[member[1:-1]])
            else:
                raise ValueError(member)
        return members

    def _slot(self, alternatives: Iterable[str], mark: str | None) -> _Slot:
        by_first: dict[str, dict[tuple[Token, ...], None]] = {}
        wanted = list(alternatives)
        for alternative in (one for one in wanted if one != "$"):
            words = tuple(_joined(_tokens(_words(alternative)), self._compounds))
            if not words:
                raise ValueError(alternative)
            by_first.setdefault(words[0].folded, {})[words] = None
        longest_first = {first: tuple(sorted(those, key=len, reverse=True)) for first, those in by_first.items()}
        return _Slot(longest_first, bool(mark), "$" in wanted)


def _longest(element: _Element) -> int:
    """How many words it may stand for."""
    match element:
        case _Gap():
            return element.most
        case _Slot():
            return max(len(words) for those in element.by_first.values() for words in those)
        case _:
            return 0


class _Own:
    """An operator's own file: `[kind]` tables with `add` and `remove`, each a list of phrases."""

    def __init__(self, file: Path, tables: dict[str, dict[str, list[str]]]) -> None:
        self._file = file
        self._tables = tables
        self._removed: set[tuple[str, str]] = set()

    @classmethod
    def read(cls, file: Path) -> _Own:
        """Raises PhraseFault."""
        try:
            tables = tomllib.loads(file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
        except UnicodeDecodeError:
            raise PhraseFault(Key.PHRASES_NOT_UTF8, path=file) from None
        except tomllib.TOMLDecodeError as fault:
            raise PhraseFault(Key.PHRASES_NOT_TOML, path=file, what=_line_of(fault)) from None
        for name, table in tables.items():
            fits = name in _TABLES and isinstance(table, dict) and set(table) <= {"add", "remove"}
            lists = table.values() if fits else ()
            if not fits or not all(
                isinstance(one, list) and all(isinstance(each, str) for each in one) for one in lists
            ):
                raise PhraseFault(Key.PHRASES_TABLE, path=file, name=name, known=", ".join(_TABLES))
        return cls(file, tables)

    def words(self, kind: str, packaged: Sequence[str]) -> list[str]:
        """The packaged words that stay, and the added ones."""
        added = self._tables.get(kind, {}).get("add", [])
        for word in added:
            if not views(word).written:
                raise PhraseFault(Key.PHRASES_UNREADABLE, path=self._file, phrase=word)
        return [*self.kept(kind, packaged), *added]

    def kept(self, kind: str, packaged: Sequence[str]) -> list[str]:
        """Those of the packaged phrases that the operator does not remove."""
        removed = {_same(phrase): phrase for phrase in self._tables.get(kind, {}).get("remove", [])}
        self._removed |= {(kind, _same(phrase)) for phrase in packaged if _same(phrase) in removed}
        return [phrase for phrase in packaged if _same(phrase) not in removed]

    def added(self, kind: str, makes: _Maker) -> tuple[Phrase, ...]:
        phrases = []
        for source in self._tables.get(kind, {}).get("add", []):
            try:
                phrases.append(makes.phrase(source))
            except ValueError:
                raise PhraseFault(Key.PHRASES_UNREADABLE, path=self._file, phrase=source) from None
        return tuple(phrases)

    def nothing_left(self) -> None:
        """Raises PhraseFault where something was to be removed that is not there."""
        for kind, table in self._tables.items():
            for phrase in table.get("remove", []):
                if (kind, _same(phrase)) not in self._removed:
                    raise PhraseFault(Key.PHRASES_NOT_THERE, path=self._file, phrase=phrase, name=kind)


def _same(phrase: str) -> str:
    return " ".join(clean(phrase).lower().split())


def _line_of(fault: tomllib.TOMLDecodeError) -> str:
    found = re.search(r"at line (\d+)", str(fault))
    return found[1] if found else "?"
