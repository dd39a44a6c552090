"""The web room with the real heart and a real database behind it; only the classifier and the workbook are small."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.domain.deadline import VIETNAM
from bot.domain.department import Department, Owner, Route, RoutingTable, Topic
from bot.domain.errors import Refusal
from bot.domain.message import Address, ChannelName, Words
from bot.domain.programme import Contact, Dialogue, Level, Programme, Window
from bot.domain.submission import Action, HistoryEntry, NewSubmission, Proposal, Submission
from bot.domain.text import fold
from bot.domain.workbook import Content
from bot.ports import SlipFile, Transaction
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.answer_desk import AnswerDesk
from bot.usecases.answer_files import AnswerFiles
from bot.usecases.answer_forms import AnswerForms
from bot.usecases.answer_words import AnswerWords
from bot.usecases.answering import Answering
from bot.usecases.boards import Boards
from bot.usecases.cards import Cards
from bot.usecases.contents import Contents
from bot.usecases.data_copy import DataCopy
from bot.usecases.decide import Decide
from bot.usecases.deliver import Deliverer
from bot.usecases.exporting import Exporting
from bot.usecases.health import Health, LoopLag
from bot.usecases.import_slips import ImportSlips
from bot.usecases.lists import Lists
from bot.usecases.moderate import Moderate
from bot.usecases.papers import Papers
from bot.usecases.photos import Photos
from bot.usecases.preview_slips import PreviewSlips
from bot.usecases.pulse import Pulse
from bot.usecases.queue import Queue
from bot.usecases.receive import Receive
from bot.usecases.rights import Rights
from bot.usecases.running import Running
from bot.usecases.similar import FindSimilar
from bot.usecases.similar_groups import SimilarGroups
from bot.usecases.slip_checks import CheckSlips
from bot.usecases.slip_desk import SlipDesk
from bot.usecases.tally import Tally
from bot.usecases.tell import Tell
from bot.usecases.trace import Trace
from bot.usecases.voice import Voice
from bot.usecases.work import Worker
from classifier.similar import SimilarTexts, groups
from classifier.watch import Watch
from exports.documents import OfficeDocuments
from exports.workbook import ExcelWorkbooks
from handlers.web.health import HealthPages
from handlers.web.server import WebRoom
from storage.store import SqlStore
from tests.databases import empty_database

NOON = datetime(2026, 11, 20, 14, 5, tzinfo=VIETNAM)

_BODIES = [
    ("so-noi-vu", "Sở Nội vụ", "Sở Nội vụ"),
    ("so-gddt", "Sở Giáo dục và Đào tạo", "Sở GD&ĐT"),
    ("so-xay-dung", "Sở Xây dựng", "Sở Xây dựng"),
    ("so-nnmt", "Sở Nông nghiệp và Môi trường", "Sở NN&MT"),
    ("so-khcn", "Sở Khoa học và Công nghệ", "Sở KH&CN"),
    ("so-y-te", "Sở Y tế", "Sở Y tế"),
    ("so-vhttdl", "Sở Văn hóa, Thể thao và Du lịch", "Sở VHTT&DL"),
    ("so-tai-chinh", "Sở Tài chính", "Sở Tài chính"),
    ("cong-an-tinh", "Công an tỉnh", "Công an tỉnh"),
    ("tinh-doan", "Tỉnh đoàn", "Tỉnh đoàn"),
]
# topic, its name, who leads, who supports, and the words by which the small classifier knows it
_TOPICS = [
    ("viec-lam", "Việc làm, thị trường lao động", "so-noi-vu", ["so-tai-chinh"], "viec lam|lao dong|tuyen dung|luong"),
    ("hoc-nghe", "Giáo dục nghề nghiệp, học nghề", "so-gddt", ["so-noi-vu"], "hoc nghe|trung cap|cao dang"),
    ("giao-duc", "Giáo dục phổ thông, tuyển sinh", "so-gddt", [], "truong|hoc sinh|thi tot nghiep"),
    ("giao-thong", "Hạ tầng giao thông", "so-xay-dung", ["cong-an-tinh"], "duong|cau|xe buyt|giao thong"),
    ("nha-o", "Nhà ở xã hội, nhà ở công nhân", "so-xay-dung", [], "nha o|nha tro"),
    ("moi-truong", "Môi trường, rác thải, nước sạch", "so-nnmt", [], "rac|moi truong|nuoc sach|o nhiem"),
    ("nong-nghiep", "Sản xuất nông nghiệp, sản phẩm OCOP", "so-nnmt", [], "ocop|nong san|lua"),
    ("chuyen-doi-so", "Chuyển đổi số, dịch vụ công", "so-khcn", [], "chuyen doi so|dich vu cong|wifi|tri tue nhan tao"),
    ("suc-khoe", "Khám chữa bệnh, sức khỏe tâm thần", "so-y-te", [], "kham benh|tam ly|suc khoe"),
    ("van-hoa-the-thao", "Thiết chế văn hóa, thể thao", "so-vhttdl", ["tinh-doan"], "san bong|the thao|thu vien"),
    ("von-khoi-nghiep", "Vốn, tín dụng, khởi nghiệp", "so-tai-chinh", ["so-khcn"], "khoi nghiep|vay von"),
    ("an-ninh", "An ninh mạng, lừa đảo trực tuyến", "cong-an-tinh", [], "lua dao|ma tuy"),
    ("phong-trao", "Phong trào Đoàn, tình nguyện", "tinh-doan", [], "tinh nguyen|doan vien"),
    ("ngoai-pham-vi", "Ngoài phạm vi", None, [], "xo so"),
]


# What a topic covers, where its name does not say it all.
_SCOPES = {
    "moi-truong": "Rác thải, nước thải, khí thải; không gồm rác thải y tế",
    "phong-trao": "Tình nguyện hè, hiến máu, khám chữa bệnh y tế lưu động",
    "van-hoa-the-thao": "Nhà văn hóa, sân bóng, di tích, quy tế bầu giải",
}


def routing() -> RoutingTable:
    """A small directory: ten departments, fourteen topics."""
    topics = {
        code: Topic(code, name, _SCOPES.get(code, name), (Owner(lead),) if lead else (), tuple(map(Owner, beside)))
        for code, name, lead, beside, _ in _TOPICS
    }
    departments = {id_: Department(id_, name, short) for id_, name, short in _BODIES}
    routes = {
        code: Route(code, lead, tuple(beside), "directory" if lead else "none") for code, _, lead, beside, _ in _TOPICS
    }
    return RoutingTable(topics, departments, routes)


def programme() -> Programme:
    return Programme(
        code="mau",
        receipt_prefix="HY26",
        level=Level.PROVINCE,
        unit="UBND tỉnh Hưng Yên",
        province="hung-yen",
        year=2026,
        directory_day=date(2026, 11, 1),
        title="Đối thoại với thanh niên tỉnh Hưng Yên năm 2026",
        theme="Thanh niên Hưng Yên với chuyển đổi số, việc làm và khởi nghiệp",
        issuer="UBND tỉnh Hưng Yên",
        number="",
        plan_date=None,
        dialogue=Dialogue(date(2026, 12, 15)),
        contact=Contact("Tỉnh đoàn Hưng Yên", "Tỉnh đoàn Hưng Yên", "Văn phòng Tỉnh đoàn Hưng Yên"),
        window=Window(datetime(2026, 11, 1, tzinfo=VIETNAM), datetime(2026, 12, 1, tzinfo=VIETNAM), "chosen"),
        deadlines=(),
        units=("Phường Phố Hiến", "Phường Mỹ Hào", "Xã Văn Giang", "Xã Khoái Châu", "Trường THPT Chuyên Hưng Yên"),
    )


@dataclass
class StillClock:
    """Time that moves only when told to."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def shifted(self, platform_instant: datetime) -> datetime:
        return platform_instant

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)


class FixedRunning(Running):
    """Always the same programme."""

    def __init__(self) -> None:
        self.code = "mau"
        self._programme = programme()
        self._routing = routing()

    async def programme(self, tx: Transaction) -> Programme:
        return self._programme

    async def view(self, tx: Transaction) -> tuple[Programme, RoutingTable]:
        return self._programme, self._routing

    def elsewhere(self, code: str) -> None:
        """No file tells of any other."""


class SmallRouter:
    """Knows topics by a few words; what it does not know it abstains on."""

    def propose(self, text: str, lead_of: object = None) -> Proposal:
        folded = fold(text)
        hits = {code: sum(word in folded for word in words.split("|")) for code, _, _, _, words in _TOPICS}
        best = sorted(hits, key=lambda code: -hits[code])[:3]
        sure = min(0.55 + 0.16 * hits[best[0]], 0.96) if hits[best[0]] else 0.21
        share = (sure, (1 - sure) * 0.5, (1 - sure) * 0.25)
        return Proposal(best[0], sure, hits[best[0]] == 0, tuple(zip(best, share, strict=True)))

    def propose_all(
        self, texts: Sequence[str], lead_of: object = None, progress: Callable[[int], None] | None = None
    ) -> list[Proposal]:
        return [self.propose(text) for text in texts]

    def explain(self, text: str, topic: str) -> tuple[str, ...]:
        folded = fold(text)
        known = next(words for code, _, _, _, words in _TOPICS if code == topic)
        return tuple(text[folded.index(word) :][: len(word)] for word in known.split("|") if word in folded)


class SmallWorkbooks:
    """Writes a file that says how much it would hold. `fault` is raised instead, where it is set."""

    fault: Exception | None = None

    def write(self, content: Content, target: Path, progress: Callable[[int], None] | None = None) -> None:
        if self.fault:
            raise self.fault
        target.write_bytes(b"PK " + str(content.issues).encode())

    def read_slips(self, file: Path) -> SlipFile:
        raise Refusal(Key.REFUSE_NOT_NOW)

    def write_form(self, target: Path, title: str, units: Sequence[str], youth_groups: Sequence[str]) -> None:
        raise Refusal(Key.REFUSE_NOT_NOW)


@dataclass
class House:
    """A web room that is listening, and everything behind it."""

    room: WebRoom
    store: SqlStore
    clock: StillClock
    pulse: Pulse
    worker: Worker
    deliverer: Deliverer
    moderate: Moderate
    cards: Cards
    similar: FindSimilar
    workbooks: SmallWorkbooks
    folder: Path
    photos: Photos
    answers: AnswerDesk
    answer_forms: AnswerForms
    submissions: list[Submission] = field(default_factory=list)

    async def settle(self) -> None:
        """Work until nothing is left to receive or to deliver."""
        while await self.worker.step() or await self.deliverer.step():
            pass

    async def ask(self, text: str, unit: str = "", group: str = "", **fields: object) -> Submission:
        """A submission that waits, as a slip would leave it."""
        proposal = SmallRouter().propose(text)
        usual: dict[str, object] = {
            "programme": "mau",
            "receipt_prefix": "HY26",
            "topic": proposal.topic,
            "proposal": proposal,
            "source": ChannelName.WEB,
            "source_label": "",
            "person_id": None,
            "typed_at": self.clock.now(),
            "received_at": self.clock.now(),
            "late": False,
        }
        new = NewSubmission(text=text, unit=unit, youth_group=group, **(usual | fields))
        async with self.store.transaction() as tx:
            added = await tx.submissions.add(new)
            await tx.history.add(
                HistoryEntry(added.id, self.clock.now(), "phiếu", Action.SUBMIT, None, added.state, topic=added.topic)
            )
            return added

    async def say(self, chat: str, text: str, *, ephemeral: bool = False) -> None:
        async with self.store.transaction() as tx:
            await tx.outbox.say(
                Address(ChannelName.WEB, "web", chat), Words(text), self.clock.now(), ephemeral=ephemeral
            )


@asynccontextmanager
async def house(folder: Path, *, demo: bool = False, rehearsal: bool = False, **more: bool) -> AsyncIterator[House]:
    """A listening web room on a free port of the loopback, with its database in `folder`."""
    clock, pulse, running = StillClock(), Pulse(), FixedRunning()
    voice = Voice(Catalogue.load(), rehearsal=rehearsal)
    store = await SqlStore.open(empty_database(folder / "web.sqlite3"), on_commit=pulse.beat, at=clock.now())
    similar = FindSimilar(store, running, SimilarTexts)
    alike = SimilarGroups(store, running, groups, pulse, pause=0.2)
    watcher = Watch.open()
    cards = Cards(store, voice, running, SmallRouter(), similar, watcher)
    tell = Tell(store, clock, voice, running, pulse, timedelta(0))
    moderate = Moderate(
        store, clock, voice, running, Decide(clock, voice, running, SmallRouter(), watcher, tell), Rights()
    )
    workbooks = SmallWorkbooks()
    importing = ImportSlips(store, clock, SmallRouter(), watcher, voice, running)
    # Slips are read in earnest: a page that shows what a file holds is nothing without one.
    slips = SlipDesk(
        ExcelWorkbooks(voice.catalogue),
        CheckSlips(store, clock, voice, running),
        PreviewSlips(store, running, similar),
        importing,
        folder / "tam",
    )
    photos = Photos(store, clock, voice, running, Rights(), importing, folder / "media")
    exporting = Exporting(store, clock, voice, running, workbooks, watcher, folder / "xuat")
    contents = Contents(store, clock, voice, running, watcher)
    documents = OfficeDocuments(voice.catalogue, workbooks)
    excel = ExcelWorkbooks(voice.catalogue)
    answer_forms = AnswerForms(store, running, contents, excel, folder / "xuat")
    answering = Answering(clock, running)
    answer_files = AnswerFiles(store, clock, answer_forms, excel, answering, voice, folder / "tam")
    papers = Papers(store, running, contents, answer_forms, documents, folder / "xuat")
    receive = Receive(store, clock, SmallRouter(), watcher, voice, running)
    answers = AnswerDesk(store, clock, voice, running, ExcelWorkbooks(voice.catalogue), timedelta(minutes=2))

    async def current() -> tuple[Programme, RoutingTable]:
        return programme(), routing()

    boards = Boards(store, clock, voice)
    room = WebRoom(
        store=store,
        clock=clock,
        catalogue=voice.catalogue,
        pulse=pulse,
        receive=receive,
        moderate=moderate,
        cards=cards,
        exporting=exporting,
        papers=papers,
        queue=Queue(store, clock, running, cards),
        trace=Trace(store, voice, running),
        answers=answers,
        groups=alike,
        slips=slips,
        photos=photos,
        answer_words=AnswerWords(voice),
        answer_forms=answer_forms,
        answer_files=answer_files,
        copies=DataCopy(store, clock, voice, running),
        current=current,
        trouble=boards.trouble,
        bind="127.0.0.1:0",
        demo=demo,
        rehearsal=rehearsal,
        data_dir=folder,
        **more,
    )
    health = Health(store, clock, voice, running, Tally(), LoopLag(), folder)
    room.health(HealthPages(health, "", behind_proxy=bool(more.get("trust_proxy"))))
    worker = Worker(store, clock, pulse, voice, {("web", "web"): room.edge})
    lists = Lists(store, clock, voice, running, Rights())
    deliverer = Deliverer(store, clock, pulse, voice, cards, {ChannelName.WEB: room.channel}, boards, lists)
    await room.start()
    try:
        yield House(
            room,
            store,
            clock,
            pulse,
            worker,
            deliverer,
            moderate,
            cards,
            similar,
            workbooks,
            folder,
            photos,
            answers,
            answer_forms,
        )
    finally:
        await room.stop()
        await store.close()
