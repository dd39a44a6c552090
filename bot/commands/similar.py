"""`similar`: what asks nearly the same as a text, and which submissions of a programme belong together."""

from __future__ import annotations

import argparse
import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.commands.output import DONE, WRONG_USE, print_json, progress, say, table, warn
from bot.commands.parser import subcommand
from bot.commands.slips import chosen_programme
from bot.commands.which import DEMO_APART, add_database, demo_or
from bot.domain.errors import Refusal
from bot.domain.submission import Submission
from bot.domain.text import shorten
from bot.ports import LikeGroup, Likeness, Store
from bot.settings import Settings, read
from bot.texts.keys import Key
from bot.usecases.clock import WallClock
from bot.usecases.pulse import Pulse
from bot.usecases.running import Running
from bot.usecases.similar import Twin, twins
from bot.usecases.similar_groups import Group, Proposed, SimilarGroups, comparable_texts

_FEW, _SOME, _MOST = 5, 20, 100
_BATCH = 500
_LENGTH = 100
_MEMBERS = 10  # of a group that are printed; --json has more
_NOTHING = "Chưa có câu hỏi nào để so: cơ sở dữ liệu còn trống hoặc chưa có."


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = subcommand(commands, "similar", "tìm câu gần giống một câu, hoặc nhóm các câu giống nhau")
    what = command.add_mutually_exclusive_group()
    what.add_argument("text", nargs="?", metavar="CÂU", help="câu cần tìm câu gần giống, trong mọi chương trình đã lưu")
    what.add_argument("--groups", action="store_true", help="các nhóm câu giống nhau của một chương trình")
    command.add_argument(
        "--programme",
        metavar="MÃ",
        help="chỉ tìm trong chương trình này (--groups: mặc định lấy DOITHOAI_PROGRAMME)",
    )
    command.add_argument(
        "--limit",
        type=_how_many,
        metavar="SỐ",
        help=f"nhiều nhất bao nhiêu câu hoặc nhóm, tới {_MOST} (mặc định: {_FEW} câu, {_SOME} nhóm)",
    )
    add_database(command, "tìm trong dữ liệu diễn tập")
    command.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    command.set_defaults(command=_similar)


def _how_many(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST):
        raise argparse.ArgumentTypeError(f"“{text}” không dùng được; cần một số từ 1 đến {_MOST}")
    return int(text)


def _similar(parsed: argparse.Namespace) -> int:
    if not parsed.groups and parsed.text is None:
        warn("cần CÂU hoặc --groups. Xem hướng dẫn: doithoai similar --help")
        return WRONG_USE
    settings = read()
    if parsed.groups:
        return asyncio.run(_groups(settings, parsed))
    if not parsed.text.strip():
        raise Refusal(Key.REFUSE_EMPTY_TEXT)
    return asyncio.run(_nearest(settings, parsed))


# ------------------------------------------------------------------ one text


async def _nearest(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import load_catalogue, load_library, open_for_reading, open_similar

    library = load_library(settings, WallClock(parsed.as_of))
    if parsed.programme:
        library.get(parsed.programme)  # a code that no file has is a slip of the pen
    async with open_for_reading(settings, as_of=parsed.as_of, demo=parsed.demo) as store:
        texts = await comparable_texts(store, parsed.programme) if store else []
        index = open_similar()
        with progress("So các câu", len(texts)) as advance:
            for start in range(0, len(texts), _BATCH):
                index.put(texts[start : start + _BATCH])
                advance(min(start + _BATCH, len(texts)))
        found = index.nearest(parsed.text, parsed.limit or _FEW)
        result = await _as_stored(store, Running(library, ""), found) if store else ()
    if parsed.json:
        print_json([_twin_data(twin) for twin in result])
    elif result:
        states = load_catalogue(settings).section("state")
        rows = [_twin_row(twin, states) for twin in result]
        table(["Mã", "Giống", "Trạng thái", "Cơ quan", "Năm", "Nội dung"], rows)
    elif texts:
        say(f"Không có câu nào gần giống, trong {len(texts)} câu đã so.")
    else:
        _nothing(settings, parsed)
    return DONE


def _nothing(settings: Settings, parsed: argparse.Namespace) -> None:
    from bot.app import demo_kept

    say(_NOTHING)
    if not parsed.demo and demo_kept(settings):
        warn(DEMO_APART)


async def _as_stored(store: Store, running: Running, found: Sequence[Likeness]) -> tuple[Twin, ...]:
    async with store.reading() as tx:
        return await twins(tx, running, found)


def _twin_row(twin: Twin, states: Mapping[str, str]) -> list[str]:
    one, score = twin.submission, _percent(twin.score)
    year = str(twin.year) if twin.year else "không rõ"
    return [one.code, score, states[one.state.value], twin.department or "–", year, shorten(one.shown, _LENGTH)]


def _twin_data(twin: Twin) -> dict[str, Any]:
    about = _data(twin.submission, twin.score)
    return {
        **about,
        "programme": twin.submission.programme,
        "year": twin.year or None,
        "department": twin.department or None,
    }


# ------------------------------------------------------------------ groups


async def _groups(settings: Settings, parsed: argparse.Namespace) -> int:
    from bot.app import grouping, load_catalogue, load_library, open_for_reading

    library = load_library(settings, WallClock(parsed.as_of))
    programme = library.get(chosen_programme(settings, demo_or(parsed))).code

    def group(texts: Sequence[tuple[int, str]], go_on: Callable[[int], None] | None = None) -> list[LikeGroup]:
        with progress("So các câu", len(texts)) as advance:

            def compared(done: int) -> None:
                advance(done)
                if go_on:
                    go_on(done)

            return grouping()(texts, compared)

    async with open_for_reading(settings, as_of=parsed.as_of, demo=parsed.demo) as store:
        proposed = await _proposed(SimilarGroups(store, Running(library, programme), group, Pulse())) if store else None
    groups = proposed.groups[: parsed.limit or _SOME] if proposed else ()
    if parsed.json:
        print_json([_group_data(one) for one in groups])
    elif proposed is None or not proposed.compared:
        _nothing(settings, parsed)
    elif not groups:
        say(f"Không có câu nào giống nhau, trong {proposed.compared} câu đã so.")
    else:
        say(f"{proposed.found} nhóm, so trong {proposed.compared} câu của chương trình {programme}.")
        states = load_catalogue(settings).section("state")
        for number, one in enumerate(groups, 1):
            _print_group(number, one, states)
    return DONE


async def _proposed(groups: SimilarGroups) -> Proposed:
    await groups.make()
    return await groups.proposed()


def _print_group(number: int, group: Group, states: Mapping[str, str]) -> None:
    say("")
    say(f"Nhóm {number}: {group.size} câu")
    for member in group.members[:_MEMBERS]:
        one = member.submission
        about = ", ".join(filter(None, (_percent(member.score), states[one.state.value], one.unit)))
        say(f"  {one.code} ({about}): {shorten(one.shown, _LENGTH)}")
    if (rest := group.size - _MEMBERS) > 0:
        say(f"  và {rest} câu nữa; xem thêm bằng --json")


def _group_data(group: Group) -> dict[str, Any]:
    return {"size": group.size, "members": [_data(member.submission, member.score) for member in group.members]}


# ------------------------------------------------------------------ both


def _data(submission: Submission, score: float) -> dict[str, Any]:
    return {
        "code": submission.code,
        "score": round(score, 4),
        "state": submission.state.value,
        "unit": submission.unit,
        "text": submission.shown,
    }


def _percent(score: float) -> str:
    return f"{math.floor(100 * score)} %"
