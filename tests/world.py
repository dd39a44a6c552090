"""A whole heart on a real database in a temporary file, with a clock that tests move and a router that they can read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from bot.domain.deadline import VIETNAM
from bot.domain.department import OUT_OF_SCOPE
from bot.domain.issue import Issue
from bot.domain.message import Address, Attached, ChannelName, Chose, Content, Inbound, Typed, Words
from bot.domain.role import EVERYTHING, By, Role, Scope
from bot.domain.submission import Action, Proposal, State, Submission
from bot.domain.text import fold
from bot.ports import Router, Watcher
from bot.programmes.load import Library
from bot.texts.catalogue import Catalogue
from bot.usecases.answer_desk import AnswerDesk
from bot.usecases.answer_files import AnswerFiles
from bot.usecases.answer_forms import AnswerForms
from bot.usecases.answer_post import AnswerPost
from bot.usecases.answering import Answering
from bot.usecases.cards import Cards
from bot.usecases.contents import Contents
from bot.usecases.decide import Decide
from bot.usecases.exporting import Exporting
from bot.usecases.import_slips import ImportSlips
from bot.usecases.lists import Lists
from bot.usecases.moderate import Decision, Moderate
from bot.usecases.noticing import Noticing
from bot.usecases.photos import Photos
from bot.usecases.preview_slips import PreviewSlips
from bot.usecases.pulse import Pulse
from bot.usecases.receive import Receive
from bot.usecases.rights import Rights
from bot.usecases.running import Running
from bot.usecases.similar import FindSimilar
from bot.usecases.similar_groups import SimilarGroups
from bot.usecases.slip_checks import CheckSlips
from bot.usecases.slip_desk import SlipDesk
from bot.usecases.staff import Staff
from bot.usecases.tell import Tell
from bot.usecases.trace import Trace
from bot.usecases.voice import Voice
from classifier.similar import SimilarTexts, groups
from classifier.watch import Watch
from exports.workbook import ExcelWorkbooks
from storage.store import SqlStore

PROGRAMME = "hung-yen-2024"
NOON = datetime(2024, 2, 20, 12, tzinfo=VIETNAM)
GROUP = Address(ChannelName.TELEGRAM, "42", "-1001")


def moderator(name: str = "Lan", scope: Scope = EVERYTHING) -> By:
    return By(name, Role.MODERATOR, scope)


def chief(name: str = "Chị Hoa") -> By:
    return By(name, Role.CHIEF)


class MovedClock:
    """The clock of a test: stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def shifted(self, platform_instant: datetime) -> datetime:
        return platform_instant.astimezone(VIETNAM)

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class WordRouter:
    """Knows a topic by one word in the text; unsure of everything else."""

    WORDS: ClassVar = {
        "hoc phi": "hoc-phi-hoc-bong",
        "xe buyt": "giao-thong-van-tai",
        "nhan hieu": "so-huu-tri-tue",
        "viec lam": "viec-lam",
        "quang cao": OUT_OF_SCOPE,
    }

    def propose(self, text: str, lead_of: object = None) -> Proposal:
        found = [topic for word, topic in self.WORDS.items() if word in fold(text)]
        best = (*found, "viec-lam", "chuyen-doi-so", "dao-tao-nghe")[:3]
        confidence = 0.9 if found else 0.2
        return Proposal(best[0], confidence, not found, tuple(zip(best, (confidence, 0.05, 0.03), strict=True)))

    def propose_all(self, texts: Sequence[str], lead_of: object = None, progress: object = None) -> list[Proposal]:
        return [self.propose(text) for text in texts]

    def explain(self, text: str, topic: str) -> tuple[str, ...]:
        folded = fold(text)
        return tuple(
            text[folded.index(word) :][: len(word)]
            for word, known in self.WORDS.items()
            if known == topic and word in folded
        )


@cache
def _packaged() -> Library:
    """The packaged plans, read once for all worlds."""
    return Library.open(None, date(2026, 11, 21))


@dataclass
class World:
    """Everything that the use cases need, joined as bot.app joins it."""

    store: SqlStore
    folder: Path
    clock: MovedClock = field(default_factory=MovedClock)
    programme: str = PROGRAMME
    boards: Collection[Address] = (GROUP,)
    rehearsal: bool = False
    group_role: Role = Role.MODERATOR
    undo_window: timedelta = timedelta(0)  # askers are told at once
    router: Router = field(default_factory=WordRouter)
    watcher: Watcher = field(default_factory=lambda: Noticing(Watch.open()))

    def __post_init__(self) -> None:
        self.library = Library(_packaged().directory, _packaged().all())  # a test may take a plan out of its own
        self.voice = Voice(Catalogue.load(), rehearsal=self.rehearsal)
        self.running = Running(self.library, self.programme)
        self.pulse = Pulse()
        core = (self.store, self.clock)
        self.receive = Receive(*core, self.router, self.watcher, self.voice, self.running, self.boards)
        self.similar = FindSimilar(self.store, self.running, SimilarTexts)
        self.groups = SimilarGroups(self.store, self.running, groups, self.pulse)
        self.cards = Cards(self.store, self.voice, self.running, self.router, self.similar, self.watcher)
        self.tell = Tell(*core, self.voice, self.running, self.pulse, self.undo_window)
        decide = Decide(self.clock, self.voice, self.running, self.router, self.watcher, self.tell, self.boards)
        self.moderate = Moderate(*core, self.voice, self.running, decide, Rights(self.group_role))
        self.workbooks = ExcelWorkbooks(self.voice.catalogue)
        self.exporting = Exporting(
            *core, self.voice, self.running, self.workbooks, self.watcher, self.folder, self.boards
        )
        self.answering = Answering(self.clock, self.running)
        contents = Contents(*core, self.voice, self.running, self.watcher)
        self.answer_forms = AnswerForms(self.store, self.running, contents, self.workbooks, self.folder)
        self.answer_files = AnswerFiles(
            *core, self.answer_forms, self.workbooks, self.answering, self.voice, self.folder / "tam"
        )
        post_rights = Rights(self.group_role)
        self.answer_post = AnswerPost(
            *core, self.voice, self.running, post_rights, self.answer_forms, self.answer_files
        )
        self.importing = ImportSlips(*core, self.router, self.watcher, self.voice, self.running, self.boards)
        rights = Rights(self.group_role)
        self.lists = Lists(*core, self.voice, self.running, rights)
        photo_rights = Rights(self.group_role)
        self.photos = Photos(*core, self.voice, self.running, photo_rights, self.importing, self.folder / "media")
        self.preview = PreviewSlips(self.store, self.running, self.similar)
        self.check_slips = CheckSlips(self.store, self.clock, self.voice, self.running)
        self.slips = SlipDesk(self.workbooks, self.check_slips, self.preview, self.importing, self.folder / "tam")
        self.trace = Trace(self.store, self.voice, self.running)
        self.answers = AnswerDesk(*core, self.voice, self.running, self.workbooks, self.undo_window)
        self.staff = Staff(
            *core, self.voice, self.running, self.moderate, rights, self.trace, self.answers, self.answer_post
        )

    def youth(self, chat: str = "7", channel: ChannelName = ChannelName.TELEGRAM) -> Youth:
        return Youth(self, Address(channel, "42", chat))

    async def submissions(self, *states: State) -> list[Submission]:
        async with self.store.reading() as tx:
            return await tx.submissions.of_programme(self.programme, states or State)

    async def said_to(self, address: Address) -> list[Words]:
        async with self.store.reading() as tx:
            return [said.words for said in await tx.said(address, 0)]


async def asked(world: World, *texts: str) -> list[tuple[Youth, Submission]]:
    """A submission for each text, each of a person of its own."""
    found = []
    for number, text in enumerate(texts):
        youth = world.youth(f"7{number}")
        await youth.agrees()
        found.append((youth, await youth.asks(text)))
    return found


async def now(world: World, submission: Submission) -> Submission:
    """The submission as it stands by now."""
    async with world.store.reading() as tx:
        return await tx.submissions.get(submission.id)


async def decide(world: World, submission: Submission, action: Action, by: By | str = "Lan", **more: Any) -> Submission:
    """What a moderator decides who sees the submission as it is."""
    seen = await now(world, submission)
    who = moderator(by) if isinstance(by, str) else by
    return await world.moderate.decide(submission.id, seen.version, Decision(action, **more), who)


async def issue_of(world: World, submission: Submission) -> Issue:
    """The issue that holds the submission by now."""
    seen = await now(world, submission)
    async with world.store.reading() as tx:
        return await tx.issues.get(seen.issue_id)


_ids = count(1)


@dataclass
class Youth:
    """A young person at some chat; reads the outbox for what the bot said."""

    world: World
    address: Address
    read: int = 0

    async def types(self, text: str, at: datetime | None = None) -> str:
        return await self._sends(Typed(text), at)

    async def attaches(self, kind: str, caption: str = "") -> str:
        return await self._sends(Attached(kind, caption))

    async def presses(self, label: str) -> str:
        choices = {label_: id_ for words in await self._all() for id_, label_ in words.choices}
        return await self._sends(Chose(choices[label]))

    async def agrees(self) -> None:
        await self.types("/start")
        await self.presses("Đồng ý, mình đủ 16 tuổi")
        await self.presses("Bỏ qua")
        await self.presses("Bỏ qua")

    async def asks(self, text: str) -> Submission:
        """Write, confirm, and give back the submission as stored."""
        await self.types(text)
        await self.presses("Gửi")
        return (await self.world.submissions())[-1]

    async def rewrites(self, code: str, text: str) -> None:
        """Put other words in the place of an earlier submission's."""
        await self.types(f"sửa {code}")
        await self.types(text)
        await self.presses("Lưu bản sửa")

    async def _sends(self, content: Content, at: datetime | None = None) -> str:
        before = len(await self._all())
        inbound = Inbound(self.address, str(next(_ids)), at or self.world.clock.now(), content)
        await self.world.receive(inbound)
        return "\n".join(words.text for words in (await self._all())[before:])

    async def _all(self) -> list[Words]:
        return await self.world.said_to(self.address)
