"""The head and the foot of a signed table: whose paper it is above, who signs below, as the profile of the plan says.

Nothing is invented: number, place, day and names are blanks that somebody fills in by hand. The sizes are those of
Nghị định 30/2020/NĐ-CP, Phụ lục I, and for the Youth Union those of Hướng dẫn 29-HD/TWĐTN-VP.
"""

from __future__ import annotations

from bot.domain.letterhead import Letterhead, Profile
from bot.domain.workbook import Content
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from exports import styles
from exports.layout import HeadLine, Pair
from exports.sheets import ListSheet
from exports.styles import Look

_UPPER = Look(across="center", down="center")
_BODY = Look(bold=True, across="center", down="center")
_UNION = Look(size=14, bold=True, underline=True, across="center", down="center")
_MOTTO = Look(size=14, bold=True, underline=True, across="center", down="center")
_PLACE = Look(italic=True, across="center", down="center")
_SIGNER = Look(bold=True, across="center", down="center")
_HINT = Look(size=12, italic=True, across="center", down="center")
_NOTHING: HeadLine = ("", _UPPER)
# Room for a signature and a seal, in lines.
_ROOM_TO_SIGN = 4


def head(letterhead: Letterhead, words: Catalogue) -> list[Pair]:
    """The lines above the title, left and right; none where the plan wants no head."""
    match letterhead.profile:
        case Profile.DOAN:
            return _union(letterhead, words)
        case Profile.ND30:
            return _state(letterhead, words)
        case Profile.NONE:
            return []


def opening(content: Content, words: Catalogue, sheet: ListSheet | None = None) -> tuple[list[Pair], list[HeadLine]]:
    """What stands above the table of a sheet (None: of the summary): the letterhead, where it may be forwarded alone,
    and the title block: what the table is, whose, about what, which draft, then the sheet's own lines.
    """
    pairs = head(content.letterhead, words) if sheet is None or sheet.alone else []
    # What is frozen must leave room for the table on a small screen: a letterhead takes the theme's place.
    themed = content.theme and (sheet is None or not pairs)
    stamp = Key.XL_STAMP_FINAL if content.final else Key.XL_STAMP
    block = [
        (words[Key.XL_REHEARSAL] if content.rehearsal else "", styles.REHEARSAL),
        (words[Key.XL_TITLE], styles.TITLE),
        (content.title, styles.SUBTITLE),
        (words.say(Key.XL_THEME, theme=content.theme) if themed else "", styles.PLAIN_LINE),
        (words.say(stamp, number=content.number, at=content.made_at), styles.STAMP),
        (sheet.heading if sheet else "", styles.SUBTITLE),
        (sheet.counts if sheet else "", styles.STAMP),
    ]
    return pairs, [(text, look) for text, look in block if text]


def signatures(letterhead: Letterhead, words: Catalogue) -> list[Pair]:
    """Who made the table and who signs it; none where the plan wants no head."""
    if letterhead.profile is Profile.NONE:
        return []
    hint = words[Key.PAPER_POSITION if letterhead.authority else Key.PAPER_AUTHORITY]
    return [
        ((words[Key.XL_MAKER], _SIGNER), (letterhead.authority or hint, _SIGNER if letterhead.authority else _HINT)),
        (_NOTHING, (hint, _HINT) if letterhead.authority else _NOTHING),
        *[(_NOTHING, _NOTHING)] * _ROOM_TO_SIGN,
        ((words[Key.XL_MAKER_SIGNS], _HINT), (words[Key.PAPER_SIGN], _HINT)),
    ]


def _union(letterhead: Letterhead, words: Catalogue) -> list[Pair]:
    left = [*_issuer(letterhead, words), (words[Key.PAPER_STARS], _UPPER), _number(words)]
    blank = [_NOTHING] * (len(left) - 2)
    return list(zip(left, [(words[Key.PAPER_UNION], _UNION), *blank, _place(words)], strict=True))


def _state(letterhead: Letterhead, words: Catalogue) -> list[Pair]:
    upper, body = letterhead.upper or words[Key.PAPER_BODY_BLANK], letterhead.body or words[Key.PAPER_BODY_BLANK]
    return [
        ((upper, _UPPER), (words[Key.PAPER_NATION], _BODY)),
        ((body, _BODY), (words[Key.PAPER_MOTTO], _MOTTO)),
        (_number(words), _place(words)),
    ]


def _issuer(letterhead: Letterhead, words: Catalogue) -> list[HeadLine]:
    above: list[HeadLine] = [(letterhead.upper, _UPPER)] if letterhead.upper else []
    return [*above, (letterhead.body or words[Key.PAPER_BODY_BLANK], _BODY)]


def _number(words: Catalogue) -> HeadLine:
    return words[Key.PAPER_NUMBER], _UPPER


def _place(words: Catalogue) -> HeadLine:
    return words[Key.PAPER_PLACE], _PLACE
