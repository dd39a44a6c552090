"""Words that mean a command or a button, however they are typed (case, accents and spacing do not matter)."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.conversation.session import Session, Step
from bot.domain.text import clean, fold


class Command(StrEnum):
    START = "start"
    HELP = "help"
    MINE = "mine"
    CANCEL = "cancel"
    DATA = "data"
    ERASE = "erase"
    REQUEST = "request"


ABOUT_DATA = frozenset([Command.DATA, Command.ERASE, Command.REQUEST])
"""Commands about one's own data: they work before, and without, any consent."""


_COMMANDS: dict[str, Command] = {
    "/start": Command.START,
    "/batdau": Command.START,
    "bat dau": Command.START,
    "/help": Command.HELP,
    "/trogiup": Command.HELP,
    "tro giup": Command.HELP,
    "/cuatoi": Command.MINE,
    "cau hoi cua toi": Command.MINE,
    "/huy": Command.CANCEL,
    "/cancel": Command.CANCEL,
    "huy": Command.CANCEL,
    "thoi": Command.CANCEL,
    "/dulieu": Command.DATA,
    "/xoa": Command.ERASE,
    "/yeucau": Command.REQUEST,
}

_POLITE = r"( (nhieu|lam|rat nhieu|a|nhe|nha|a nha|di|luon|ban|bot|ad|admin|em|anh|chi|moi nguoi|mn|cac ban))*[ !.~]*"
# Chỉ là lời chào hay tiếng đệm, không phải câu hỏi: không bao giờ thành bản nháp hay ghép vào bản nháp.
_GREETINGS = re.compile(r"(em |da |vang )?(xin )?(chao|hello|hi|helo|alo|hey)" + _POLITE)
_THANKS = re.compile(
    r"(da |em |vang )?(cam on|thanks|thank you|tks|ok|oki|okie|oke|vang|da|u|uh|uhm|um|duoc|duoc roi)" + _POLITE
)
_SEND = re.compile(r"(da |vang |ok |oki )?(gui|dong y|ok|oki|okie|oke|vang|da|u|uh|uhm|duoc|dung roi)" + _POLITE)

# Trả lời tự nhiên cho câu hỏi đồng ý; chỉ lời rõ ràng mới được tính, im lặng hay “vâng” thì không.
_AGREES = re.compile(r"(da |vang )?((em|minh|toi|chau|con) )?(dong y)" + _POLITE)
_REFUSES = re.compile(r"(da )?((em|minh|toi|chau|con) )?(khong|ko|k) dong y" + _POLITE)
_TOO_YOUNG = re.compile(r"(da )?((em|minh|toi|chau|con) )?chua du( 16)?( tuoi)?" + _POLITE)
_SMALL_ANSWER = re.compile(
    r"(da |vang |co |du )*(em |e |minh |toi |chau |con )?((la |nam nay |nay |moi |duoc |hon |tren |du )*)"
    r"(\d{1,2}( tuoi)?|(hoc sinh |hs |hoc )?lop \d{1,2}|sinh nam \d{4}|roi|co|du|khong|ko)" + _POLITE
)
_AGE = re.compile(r"\b(\d{1,2}) tuoi\b|^(?:da |em |e |minh |chau |con |moi |nam nay |nay )*(\d{1,2})(?: a)?$")
_CLASS = re.compile(r"\blop (\d{1,2})\b")
_OF_AGE, _CLASS_OF_AGE = 16, 10  # Luật Thanh niên Điều 1; lớp 10 là năm học sinh tròn 16 tuổi

_CODE_SHAPE = r"[a-z][a-z0-9]{1,5}[\s–-]*\d{4,7}[\s–-]*[a-z]"
_OWN = re.compile(rf"(sua|rut|xem)\s+({_CODE_SHAPE})")
OWN_WORDS = {"sua": "edit", "rut": "withdraw", "xem": "own"}

# Lời nhận xét một câu trả lời: “đúng ý”, “chưa đúng ý MÃ”, “chưa đúng ý MÃ: lý do”.
_RATES = re.compile(r"(da |vang |em thay |minh thay )?(?P<no>(chua|khong|ko|k|kh) )?dung y( em| minh| toi)?( cau)?")
_RATED = re.compile(_RATES.pattern + _POLITE)
_CODE_WITHIN = re.compile(_CODE_SHAPE, re.IGNORECASE | re.ASCII)

# Cách mở đầu của người đang hỏi chứ không phải đang nói tên đơn vị.
_ASKS = re.compile(
    r"(cho|xin|kinh|hoi|em|toi|minh|chau|tai sao|vi sao|sao|bao gio|khi nao|lam sao|lam the nao|de nghi|mong|muon"
    r"|kien nghi) "
)
_WHO = r"(em|e|toi|t|minh|m|mk|chau|con|tui)"
_LIVES = re.compile(
    rf"{_WHO} (la (hoc sinh|sinh vien|cong nhan|giao vien|can bo|nguoi|hs|sv|cn)( cua| o| tai)?|"
    r"(dang )?(o|hoc|lam|lam viec|song|cong tac)( o| tai)?) (?=\S)"
)
_NOT_SAID = re.compile(
    r"(\d+|(em |minh |toi )?(khong|ko|k|kh|hok) (biet|ro|noi|muon noi|can|co)( dau| gi)?|xa|phuong|huyen|bi mat|bo qua)"
    + _POLITE
)
_TAIL = re.compile(r"( (ạ|a|nhé|nha|ak))+[ .!]*$", re.IGNORECASE)

_WHOSE = rf"( cua)?( {_WHO})?"
_ABOUT_DATA = {
    Command.DATA: re.compile(
        rf"({_WHO} )?((muon|can|cho) )*(xem|lay|tai)( lai)?( het)? (du lieu|thong tin)( ca nhan)?{_WHOSE}" + _POLITE
    ),
    Command.ERASE: re.compile(
        rf"({_WHO} )?((muon|can) )*((xoa|huy)( het)? (du lieu|thong tin)( ca nhan)?{_WHOSE}|rut (lai )?(su )?dong y)"
        + _POLITE
    ),
}

_WANTS_PERSON = re.compile(
    rf"({_WHO} )?((muon|can|cho) )*(gap|noi chuyen voi|lien he) (nguoi that|can bo|nguoi|admin)"
    + _POLITE
    + r"|(ban|bot|may|day) la (ai|gi|nguoi|may)( that)?( the| vay| v)?( ha| a)?[ ?]*"
)


def command(text: str) -> Command | None:
    """The command that a text is; `/start@bot` and `/start payload` (a deep link) count as `/start`."""
    folded = fold(text)
    if folded.startswith("/"):
        folded = folded.split()[0].split("@")[0]
    if folded in _COMMANDS:
        return _COMMANDS[folded]
    return next((wanted for wanted, said in _ABOUT_DATA.items() if said.fullmatch(folded)), None)


def words_after(text: str) -> str:
    """What somebody wrote behind a slash command, if more than one word; a single one is a link's payload."""
    if not text.lstrip().startswith("/"):
        return ""
    _, _, rest = text.strip().partition(" ")
    return rest if len(rest.split()) > 1 else ""


def is_unknown_command(text: str) -> bool:
    """A lone word with a slash that is no command of ours."""
    return text.strip().startswith("/") and len(text.split()) == 1 and command(text) is None


def is_greeting(text: str) -> bool:
    return bool(_GREETINGS.fullmatch(fold(text)))


def is_thanks(text: str) -> bool:
    """Thanks, yes, all right: polite noise that asks for nothing."""
    return bool(_THANKS.fullmatch(fold(text)))


def is_wordless(text: str) -> bool:
    """Only signs and pictures, no letter and no digit."""
    return not any(sign.isalnum() for sign in clean(text))


def is_noise(text: str) -> bool:
    """Nothing that anybody would want to be kept as a question."""
    return is_wordless(text) or is_greeting(text) or is_thanks(text)


def wants_a_person(text: str) -> bool:
    """Asks who is there, or for a human being: the help text names the contact."""
    return bool(_WANTS_PERSON.fullmatch(fold(text)))


def is_answer_to_consent(text: str) -> bool:
    """Something like "em 17 tuổi ạ" or "có": it answers the question without being an explicit consent."""
    return is_noise(text) or bool(_SMALL_ANSWER.fullmatch(fold(text)))


def is_under_age(text: str) -> bool:
    """Whether such an answer states an age (or a school year) below sixteen."""
    folded = fold(text)
    age, school_year = _AGE.search(folded), _CLASS.search(folded)
    too_young = age is not None and int(age[1] or age[2]) < _OF_AGE
    return too_young or (school_year is not None and int(school_year[1]) < _CLASS_OF_AGE)


def button(session: Session, text: str) -> str | None:
    """The button that a typed text means: its number, its label, or a usual way of saying it."""
    folded = fold(text)
    number = folded.rstrip(".) ")
    if number.isascii() and number.isdigit() and 1 <= int(number) <= len(session.offered):
        return session.offered[int(number) - 1][0]
    if found := next((id_ for id_, label in session.offered if folded and folded == label), None):
        return found
    means = {
        Step.DRAFT: ((_SEND, "send-"),),
        Step.CONSENT: ((_AGREES, "consent-yes"), (_REFUSES, "consent-no"), (_TOO_YOUNG, "consent-minor")),
    }.get(session.step, ())
    wanted = next((beginning for pattern, beginning in means if pattern.fullmatch(folded)), None)
    return next((id_ for id_, _ in session.offered if wanted and id_.startswith(wanted)), None)


def own_word(text: str) -> tuple[str, str] | None:
    """`rút HY24-0042-G` as ("withdraw", "HY24-0042-G"); None for anything else, "Rút ngắn thủ tục" included."""
    found = _OWN.fullmatch(fold(text))
    return (OWN_WORDS[found[1]], found[2].upper()) if found else None


def rating(text: str) -> tuple[bool, str, str] | None:
    """“Chưa đúng ý HY24-0042-G, em hỏi học phí” as (False, "HY24-0042-G", "em hỏi học phí"); None for anything else.

    The code may be missing, then there is no reason either.
    """
    code = _CODE_WITHIN.search(text)
    said = _RATES.fullmatch(fold(text[: code.start()]).rstrip(" :.,!-")) if code else _RATED.fullmatch(fold(text))
    if said is None:
        return None
    words = text[code.end() :].strip(" \t\n:.,;!–-") if code else ""
    return said["no"] is None, code[0].upper() if code else "", words


def asks(text: str) -> bool:
    """Whether a text typed where a unit's name was expected is rather the question itself."""
    folded = fold(text)
    return "?" in text or len(folded) > _UNIT_LENGTH or bool(_ASKS.match(_LIVES.sub("", folded, count=1)))


def unit_name(text: str) -> str:
    """The unit's name in "em ở xã Tân Tiến ạ"; empty where somebody would rather not say ("không biết")."""
    cleaned = clean(text)
    folded = fold(cleaned)
    if _NOT_SAID.fullmatch(folded):
        return ""
    found = _LIVES.match(folded)
    named = cleaned[found.end() :] if found and len(folded) == len(cleaned) else cleaned
    return _TAIL.sub("", named)


_UNIT_LENGTH = 60
