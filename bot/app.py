"""The composition root: the only file that has been in every room. Builds every concrete thing and joins them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from bot.domain.backup import Reason
from bot.domain.changes import Remembered
from bot.domain.checkup import Examined
from bot.domain.department import RoutingTable
from bot.domain.errors import Refusal
from bot.domain.learning import Learnt
from bot.domain.message import Address, ChannelName
from bot.domain.programme import Programme
from bot.domain.role import Role
from bot.domain.submission import State
from bot.ports import (
    Alarm,
    Channel,
    Courier,
    Documents,
    Edge,
    Grouping,
    Model,
    ProgrammeChange,
    Router,
    Similar,
    Store,
    Vault,
    Watcher,
    Workbooks,
)
from bot.processes import Telling, in_child
from bot.programmes.load import Library
from bot.settings import NEVER, OFFICIAL_TELEGRAM_API, Settings
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.active_router import ActiveRouter
from bot.usecases.alerts import Alerts
from bot.usecases.answer_desk import AnswerDesk
from bot.usecases.answer_files import AnswerFiles
from bot.usecases.answer_forms import AnswerForms
from bot.usecases.answer_post import AnswerPost
from bot.usecases.answer_words import AnswerWords
from bot.usecases.answering import Answering
from bot.usecases.apart import EVERYBODY_IS_CHIEF, has_chief
from bot.usecases.ask_back import GoOn
from bot.usecases.backup import Backups, why_not_saved
from bot.usecases.backup_restore import Restore
from bot.usecases.boards import Boards, where_now
from bot.usecases.bookmaking import Bookmaking, Keep, Made, Order, Progress
from bot.usecases.cards import Cards
from bot.usecases.clock import WallClock
from bot.usecases.contents import Contents
from bot.usecases.data_copy import DataCopy
from bot.usecases.data_requests import DataRequests
from bot.usecases.decide import Decide
from bot.usecases.deliver import Deliverer
from bot.usecases.erase import Erase, ReplayErasures
from bot.usecases.erase_by_hand import EraseByHand
from bot.usecases.exporting import Exporting
from bot.usecases.feed import Feed
from bot.usecases.flood import Patience
from bot.usecases.health import Health, LoopLag
from bot.usecases.import_slips import ImportSlips
from bot.usecases.journal import Journal
from bot.usecases.lead import Lead
from bot.usecases.learn import LEARNT_AT, Learn, Nightly
from bot.usecases.lists import Lists
from bot.usecases.look_again import LookAgain
from bot.usecases.moderate import Moderate
from bot.usecases.morning import Morning, told_at
from bot.usecases.noticing import Noticing
from bot.usecases.own_command import own_command
from bot.usecases.own_data import OwnData
from bot.usecases.papers import Papers
from bot.usecases.photos import Photos
from bot.usecases.post import Post
from bot.usecases.preview_slips import PreviewSlips
from bot.usecases.privacy_report import MakePrivacyReport
from bot.usecases.publishing import Publishing
from bot.usecases.pulse import Pulse
from bot.usecases.queue import Queue
from bot.usecases.receive import Receive
from bot.usecases.remind import ForgetUnconsented, Remind
from bot.usecases.replay import ReplayList
from bot.usecases.retention import RAN_AT as RETENTION_RAN_AT
from bot.usecases.retention import Retention
from bot.usecases.rights import Rights
from bot.usecases.running import Running
from bot.usecases.schedule import Schedule, started_at
from bot.usecases.set_back import SetBack
from bot.usecases.similar import FindSimilar
from bot.usecases.similar_groups import SimilarGroups
from bot.usecases.slip_checks import CheckSlips
from bot.usecases.slip_desk import SlipDesk
from bot.usecases.staff import Staff
from bot.usecases.tally import Tally
from bot.usecases.tasks import start
from bot.usecases.tell import Tell
from bot.usecases.telling_answers import TellAnswers
from bot.usecases.trace import Trace
from bot.usecases.voice import Voice
from bot.usecases.watchdog import FarWatch, Watchdog
from bot.usecases.work import Worker

if TYPE_CHECKING:
    from classifier.model import Classifier
    from classifier.versions import Versions
    from handlers.host.look import Seen
    from handlers.post.mail import MailServer
    from handlers.telegram.examine import TelegramSeen
    from handlers.telegram.room import TelegramRoom
    from handlers.web.server import WebRoom
    from handlers.zalo.room import ZaloRoom
    from storage.moving import Moved
    from storage.store import SqlStore

PROGRAM = version("doithoai")

_KIND = "kind"
# Parts that run in every process at one database; all others run in the one that leads.
_IN_EVERY_PROCESS = ("worker", "similar", "following", "model", "loop lag", "watchdog")


class Mode(StrEnum):
    """What a database is for. The three never mix: a rehearsal refuses the production database and the other way."""

    PRODUCTION = "production"
    DEMO = "demo"
    REHEARSAL = "rehearsal"


_FILES = {Mode.PRODUCTION: "doithoai.sqlite3", Mode.DEMO: "demo.sqlite3", Mode.REHEARSAL: "dien-tap.sqlite3"}


@dataclass(frozen=True, slots=True)
class Desk:
    """What every command works with: settings, clock, texts, programmes and the open database."""

    settings: Settings
    mode: Mode
    clock: WallClock
    voice: Voice
    library: Library
    store: SqlStore
    pulse: Pulse
    running: Running

    def workbooks(self) -> Workbooks:
        """The room that writes and reads spreadsheets."""
        return workbooks(self.voice.catalogue)

    def router(self, progress: Callable[[str], None] | None = None) -> ActiveRouter:
        """The classifier; trained at the first use and kept beside the data. Without one it proposes nothing."""
        return ActiveRouter(lambda: load_router(self.settings, progress), load_versions(self.settings))

    def learn(self) -> Learn:
        """Learning from what the moderators decided."""
        from classifier.learning import Learner

        return Learn(self.store, self.clock, self.running, Learner(load_versions(self.settings)))

    async def unseen(self) -> int | None:
        """How many private submissions wait while no responsible person has signed in who sees them.

        None where there is such a person.
        """
        async with self.store.reading() as tx:
            if await has_chief(tx):
                return None
            private = await tx.submissions.private(self.running.code)
        return sum(one.state is State.WAITING for one in private)

    def tell(self) -> Tell:
        """What holds news for askers back for as long as a decision may be taken back."""
        window = timedelta(seconds=self.settings.undo_window)
        return Tell(self.store, self.clock, self.voice, self.running, self.pulse, window)

    def answering(self) -> Answering:
        """The door through which answers of departments go."""
        return Answering(self.clock, self.running)

    def answers(self) -> AnswerDesk:
        """What people see of answers and do to them."""
        window = timedelta(seconds=self.settings.undo_window)
        return AnswerDesk(self.store, self.clock, self.voice, self.running, self.workbooks(), window)

    def moderate(self, router: Router, watcher: Watcher, tell: Tell, boards: Collection[Address] = ()) -> Moderate:
        """The door through which submissions are decided."""
        patience = timedelta(hours=self.settings.ask_hours)
        decide = Decide(self.clock, self.voice, self.running, router, watcher, tell, boards, patience)
        return Moderate(self.store, self.clock, self.voice, self.running, decide, self.rights())

    def importing(self, router: Router, watcher: Watcher, boards: Collection[Address] = ()) -> ImportSlips:
        """What takes slips in."""
        return ImportSlips(self.store, self.clock, router, watcher, self.voice, self.running, boards)

    def check_slips(self) -> CheckSlips:
        """What looks at a slip file beside the programme."""
        return CheckSlips(self.store, self.clock, self.voice, self.running)

    def slips(
        self, router: Router, watcher: Watcher, similar: FindSimilar, boards: Collection[Address] = ()
    ) -> SlipDesk:
        """Slips that come by file or pasted, looked at before they are taken in."""
        preview = PreviewSlips(self.store, self.running, similar)
        importing = self.importing(router, watcher, boards)
        return SlipDesk(self.workbooks(), self.check_slips(), preview, importing, self.settings.data_dir / "tam")

    def photos(self, router: Router, watcher: Watcher, boards: Collection[Address] = ()) -> Photos:
        """Slips that come as photos, typed by somebody."""
        importing = self.importing(router, watcher, boards)
        folder = self.settings.data_dir / "media"
        return Photos(self.store, self.clock, self.voice, self.running, self.rights(), importing, folder)

    def staff(self, moderate: Moderate, answer_post: AnswerPost) -> Staff:
        """What carries out commands that are typed in a moderators' group."""
        trace = Trace(self.store, self.voice, self.running)
        return Staff(
            self.store,
            self.clock,
            self.voice,
            self.running,
            moderate,
            self.rights(),
            trace,
            self.answers(),
            answer_post,
        )

    def rights(self) -> Rights:
        """What members of the moderators' group may do."""
        return Rights(Role(self.settings.group_role))

    def exporting(
        self, boards: Collection[Address] = (), watcher: Noticing | None = None, *, send: bool = False
    ) -> Exporting:
        """The workbook maker of the running programme; opens a watcher (a third of a second) unless it is given one.

        `send`: what it makes also goes to the mailboxes and into the folder of the settings.
        """
        url = self.settings.web_url.rstrip("/")
        return Exporting(
            self.store,
            self.clock,
            self.voice,
            self.running,
            self.workbooks(),
            watcher or open_watcher(self.settings),
            self.settings.data_dir / "xuat",
            boards,
            self.elsewhere() if send else (),
            f"{url}/ban/tep" if url else "",
            self._large_books,
        )

    async def _large_books(self, order: Order, target: Path, keep: Keep, progress: Progress | None) -> Made | None:
        """A `Bookmaker` that reads, covers, writes and compares in a process of its own."""

        async def hear(told: int | list[Remembered]) -> None:
            if not isinstance(told, int):
                await keep(told)
            elif progress:
                progress(told)

        made: Made | None = await in_child(
            _make_book, self.settings, self.mode, self.running.code, order, target, hear=hear
        )
        return made

    def copies(self) -> DataCopy:
        """The maker of files of what is kept of somebody."""
        return DataCopy(self.store, self.clock, self.voice, self.running)

    def replay_list(self) -> ReplayList:
        """Where erasures are remembered outside the database."""
        return ReplayList(self.settings.data_dir / "xoa" / self.mode.value)

    def erase(self, watcher: Noticing | None = None) -> Erase:
        """The door through which somebody's data goes for good."""
        return Erase(self.clock, self.voice, watcher or open_watcher(self.settings), self.replay_list())

    def own_data(self, watcher: Noticing | None = None) -> OwnData:
        """What young people do with their own data."""
        return OwnData(self.clock, self.voice, self.running, self.erase(watcher))

    def replay_erasures(self, watcher: Noticing | None = None) -> ReplayErasures:
        """What erases once more whom a database that was put back still knows."""
        return ReplayErasures(self.store, self.erase(watcher), self.replay_list())

    def erase_by_hand(self) -> EraseByHand:
        """What erases for people who come to the office."""
        return EraseByHand(self.store, self.clock, self.erase(), self.settings.data_dir / "media")

    def data_requests(self) -> DataRequests:
        """What the responsible person does to requests about personal data."""
        return DataRequests(self.store, self.clock, self.voice)

    def privacy_report(self) -> MakePrivacyReport:
        """The maker of the report on personal data."""
        return MakePrivacyReport(self.store, self.clock, self.running, self.settings.kept_days)

    def retention(self, watcher: Noticing | None = None) -> Retention:
        """What deletes whatever is over its term."""
        erase = Erase(self.clock, self.voice, watcher or open_watcher(self.settings))
        days, folder = self.settings.kept_days, self.settings.data_dir
        return Retention(self.store, self.clock, self.voice, self.running, erase, days, folder)

    def _contents(self, watcher: Noticing | None) -> Contents:
        return Contents(self.store, self.clock, self.voice, self.running, watcher or open_watcher(self.settings))

    def papers(self, watcher: Noticing | None = None) -> Papers:
        """The maker of letters, reports and files for departments."""
        contents, folder = self._contents(watcher), self.settings.data_dir / "xuat"
        return Papers(self.store, self.running, contents, self.answer_forms(watcher), self._documents(), folder)

    def answer_forms(self, watcher: Noticing | None = None) -> AnswerForms:
        """The maker of the files that departments fill in."""
        contents, folder = self._contents(watcher), self.settings.data_dir / "xuat"
        return AnswerForms(self.store, self.running, contents, self.workbooks(), folder)

    def answer_files(self, forms: AnswerForms) -> AnswerFiles:
        """What takes them in when they come back."""
        folder = self.settings.data_dir / "tam"
        return AnswerFiles(self.store, self.clock, forms, self.workbooks(), self.answering(), self.voice, folder)

    def answer_post(self, forms: AnswerForms, files: AnswerFiles) -> AnswerPost:
        """What makes and takes in files in the moderators' group."""
        return AnswerPost(self.store, self.clock, self.voice, self.running, self.rights(), forms, files)

    def publishing(self, watcher: Noticing | None = None) -> Publishing:
        """The maker of the public page."""
        return Publishing(self.store, self.voice, self.running, self._contents(watcher), self._documents())

    def _documents(self) -> Documents:
        from exports.documents import OfficeDocuments

        return OfficeDocuments(self.voice.catalogue, self.workbooks())

    def elsewhere(self) -> tuple[Address, ...]:
        """The mailboxes and the folder that workbooks go to. None but in production: a rehearsal's figures, or those of
        a demo, must reach nobody outside.
        """
        if self.mode is not Mode.PRODUCTION:
            return ()
        mailboxes = [Address(ChannelName.MAIL, "smtp", to) for to in self.settings.mailboxes]
        folder = self.settings.export_folder
        folders = [Address(ChannelName.FOLDER, "folder", str(folder.absolute()))] if folder else []
        return (*mailboxes, *folders)

    def post(self, boards: Collection[Address]) -> Post:
        """What carries files to mailboxes and into folders."""
        from handlers.post.folder import FolderCourier
        from handlers.post.mail import MailCourier

        couriers: dict[ChannelName, Courier] = {ChannelName.FOLDER: FolderCourier()}
        if self.settings.mailboxes:
            server = mail_server(self.settings, self.voice.text(Key.FILES_MAIL_SENDER))
            couriers[ChannelName.MAIL] = MailCourier(server, self.clock.now)
        return Post(self.store, self.clock, self.pulse, self.voice, couriers, boards)

    def alarm(self) -> Alarm | None:
        """What reaches whoever answers for the bot; None where nobody is named."""
        if not self.settings.alert_mailboxes:
            return None
        from handlers.post.mail import MailAlarm

        server = mail_server(self.settings, self.voice.text(Key.FILES_MAIL_SENDER))
        return MailAlarm(server, self.settings.alert_mailboxes, self.clock.now)


def mail_server(settings: Settings, sender_name: str) -> MailServer:
    """Where letters are posted."""
    from handlers.post.mail import MailServer, Security

    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        Security(settings.smtp_security),
        settings.mail_from,
        sender_name,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
    )


def load_catalogue(settings: Settings) -> Catalogue:
    """The sentences, with the operator's own over them."""
    return Catalogue.load("vi", settings.data_dir / "texts" / "vi.toml")


def workbooks(catalogue: Catalogue) -> Workbooks:
    """The room that writes and reads spreadsheets."""
    from exports.workbook import ExcelWorkbooks

    return ExcelWorkbooks(catalogue)


def load_library(settings: Settings, clock: WallClock) -> Library:
    """The programmes, the operator's own before the packaged ones."""
    return Library.open(settings.data_dir, clock.now().date())


def load_router(settings: Settings, progress: Callable[[str], None] | None = None) -> Model:
    """The classifier that answers now, trained first where none is kept."""
    return load_classifier(settings, progress)


def load_classifier(settings: Settings, progress: Callable[[str], None] | None = None) -> Classifier:
    """The same with all that it can be asked, for measuring it."""
    return load_versions(settings).serve(progress)


def load_versions(settings: Settings) -> Versions:
    """The classifiers that are kept, and which of them answers."""
    from classifier.versions import Versions

    return Versions(settings.data_dir / "mo-hinh")


def open_watcher(settings: Settings) -> Noticing:
    """What notices danger, personal data and spam; the operator's own phrases are in the data folder.

    Raises a Refusal where that file cannot be used.
    """
    from classifier.watch import Watch

    return Noticing(Watch.open(settings.data_dir / "phrases.toml"))


def group_of(settings: Settings) -> Address | None:
    """The moderators' group, where one is set."""
    if not settings.token or settings.telegram_group is None:
        return None
    return Address(ChannelName.TELEGRAM, settings.token.split(":")[0], str(settings.telegram_group))


async def group_now(settings: Settings, store: Store) -> Address | None:
    """The same group under the id that it has now: Telegram may have given it another one since it was set."""
    group = group_of(settings)
    if group is None:
        return None
    async with store.reading() as tx:
        return await where_now(tx, group)


def open_similar() -> Similar:
    """An empty index of texts; half a second at the first time."""
    from classifier.similar import SimilarTexts

    return SimilarTexts()


def grouping() -> Grouping:
    """What puts texts together that ask nearly the same."""
    from classifier.similar import groups

    return groups


@dataclass(frozen=True, slots=True)
class InForce:
    """A programme as it stands now, and the changes that were recorded for it, oldest first."""

    programme: Programme
    changes: tuple[ProgrammeChange, ...]


@asynccontextmanager
async def open_for_reading(
    settings: Settings, *, as_of: datetime | None = None, demo: bool = False
) -> AsyncIterator[SqlStore | None]:
    """The database (of the rehearsal, with `as_of`) as it is, for looking at; None where there is none yet.

    Raises a Refusal where it cannot be opened.
    """
    from storage.store import SqlStore, is_there

    mode = _mode(as_of, demo=demo)
    url = _url(settings, mode)
    if not await is_there(url):
        yield None
        return
    saving = _saving(settings, mode, WallClock().now())
    store = await SqlStore.open(url, before_upgrade=saving, at=WallClock(as_of).now())
    try:
        yield store
    finally:
        await store.close()


async def in_force(settings: Settings, library: Library) -> Mapping[str, InForce]:
    """The programmes with recorded changes, by code, as production has them; never makes a database.

    Raises a Refusal where the database cannot be opened.
    """
    if not settings.database_url and not (settings.data_dir / _FILES[Mode.PRODUCTION]).is_file():
        return {}
    from storage.store import SqlStore, is_there

    url = _url(settings, Mode.PRODUCTION)
    if not await is_there(url):
        return {}
    now = WallClock().now()
    store = await SqlStore.open(url, before_upgrade=_saving(settings, Mode.PRODUCTION, now), at=now)
    try:
        async with store.reading() as tx:
            if await tx.facts.get(_KIND) != Mode.PRODUCTION:
                return {}
            changes = {code: tuple(await tx.programmes.changes(code)) for code in library.codes()}
            changed = {code: made for code, made in changes.items() if made}
            return {code: InForce(await Running(library, code).programme(tx), made) for code, made in changed.items()}
    finally:
        await store.close()


async def examine_database(settings: Settings) -> Examined | None:
    """Production's, changing nothing of it; None where there is none yet. Raises a Refusal where it cannot be seen."""
    from storage.examine import examine
    from storage.store import is_there

    url = _url(settings, Mode.PRODUCTION)
    return await examine(url) if await is_there(url) else None


async def examine_telegram(settings: Settings, group: str) -> TelegramSeen:
    """The bot's account, and the moderators' group under this id ("" for none)."""
    from handlers.telegram.examine import examine

    base = None if settings.telegram_api == OFFICIAL_TELEGRAM_API else settings.telegram_api
    return await examine(settings.token, api_base=base, proxy=settings.proxy or None, group=group)


async def look_at(url: str, proxy: str = "") -> Seen:
    """What an address of the web answers."""
    from handlers.host.look import look

    return await look(url, proxy)


async def try_mail(settings: Settings) -> None:
    """Log in at the mail server. Raises DeliveryError with a sentence's key."""
    from handlers.post.mail import try_login

    await try_login(mail_server(settings, ""))


async def move_to(settings: Settings, url: str, told: Callable[[Moved], None], *, dry_run: bool) -> list[Moved]:
    """Move the production database from its file to PostgreSQL. Raises a Refusal where that cannot be done."""
    from storage import postgres
    from storage.engine import database_file
    from storage.moving import move

    source = _url(settings, Mode.PRODUCTION)
    if postgres.is_postgres(source):
        raise Refusal(Key.MOVE_FROM_SQLITE)
    if not postgres.is_postgres(url):
        raise Refusal(Key.MOVE_TO_POSTGRES, url=postgres.address(url))
    file = database_file(source)
    if not file.is_file():
        raise Refusal(Key.MOVE_NOTHING, path=file)
    return await move(file, url, WallClock().now(), told, dry_run=dry_run)


def demo_kept(settings: Settings) -> bool:
    """Whether a demo left its data in the data folder."""
    return (settings.data_dir / _FILES[Mode.DEMO]).is_file()


def _mode(as_of: datetime | None, *, demo: bool) -> Mode:
    return Mode.REHEARSAL if as_of else Mode.DEMO if demo else Mode.PRODUCTION


def _url(settings: Settings, mode: Mode) -> str:
    file = (settings.data_dir / _FILES[mode]).absolute()
    return settings.database_url or f"sqlite+aiosqlite:///{file.as_posix()}"


def vault_of(settings: Settings, mode: Mode = Mode.PRODUCTION) -> Vault:
    """The backups of the database of this mode. Raises a Refusal for PostgreSQL, which has its own."""
    from storage.archive import Vault as Archive
    from storage.engine import database_file
    from storage.postgres import is_postgres

    url = _url(settings, mode)
    if is_postgres(url):
        raise Refusal(Key.BACKUP_POSTGRESQL, folder=settings.data_dir)
    folder = (settings.backup_folder or settings.data_dir / "sao-luu").absolute()
    return Archive(database_file(url), settings.data_dir.absolute(), folder, settings.recipients)


def _saving(settings: Settings, mode: Mode, at: datetime) -> Callable[[], Awaitable[None]]:
    """What makes a backup before the schema of a database is changed: an older program may want the data back."""

    async def save() -> None:
        if mode is not Mode.PRODUCTION:
            return
        vault = vault_of(settings, mode)
        try:
            await asyncio.to_thread(vault.make, at, Reason.UPGRADE, PROGRAM, settings.programme)
        except (Refusal, OSError) as fault:
            why = load_catalogue(settings).say(why_not_saved(fault))
            raise Refusal(Key.BACKUP_BEFORE_UPGRADE, folder=vault.folder, why=why) from fault

    return save


@asynccontextmanager
async def open_copy(file: Path, at: datetime) -> AsyncIterator[Store]:
    """The database of a backup, brought up to today's schema."""
    from storage.store import SqlStore

    store = await SqlStore.open(f"sqlite+aiosqlite:///{file.as_posix()}", at=at)
    try:
        yield store
    finally:
        await store.close()


def restoring(settings: Settings) -> Restore:
    """What looks into backups and restores them. Raises a Refusal for PostgreSQL, which has its own."""
    clock = WallClock()
    voice = Voice(load_catalogue(settings), rehearsal=False)

    async def erase_again(store: Store) -> int:
        return await erased_again(settings, store, clock)

    def board(store: Store) -> Awaitable[Address | None]:
        return group_now(settings, store)

    return Restore(vault_of(settings), clock, voice, lambda file: open_copy(file, clock.now()), erase_again, board)


async def erased_again(settings: Settings, store: Store, clock: WallClock) -> int:
    """Erase again whom a restored database still knows though they have been erased since; how many that were."""
    voice = Voice(load_catalogue(settings), rehearsal=False)
    replay = ReplayList(settings.data_dir / "xoa" / Mode.PRODUCTION.value)
    erase = Erase(clock, voice, open_watcher(settings), replay)
    return await ReplayErasures(store, erase, replay)()


@asynccontextmanager
async def open_desk(
    settings: Settings, programme: str, *, as_of: datetime | None = None, demo: bool = False
) -> AsyncIterator[Desk]:
    """Open the database for one programme. Raises a Refusal where the programme or the database does not fit."""
    from storage.store import SqlStore

    mode = _mode(as_of, demo=demo)
    clock = WallClock(as_of)
    catalogue = load_catalogue(settings)
    library = load_library(settings, clock)
    library.get(programme)
    pulse = Pulse()
    saving = _saving(settings, mode, WallClock().now())
    store = await SqlStore.open(_url(settings, mode), on_commit=pulse.beat, before_upgrade=saving, at=clock.now())
    try:
        await _claim(store, mode, clock, programme)
        voice = Voice(catalogue, rehearsal=mode is Mode.REHEARSAL)
        yield Desk(settings, mode, clock, voice, library, store, pulse, Running(library, programme))
    finally:
        await store.close()


async def _claim(store: SqlStore, mode: Mode, clock: WallClock, programme: str) -> None:
    """A database is for one mode only, and knows since when it serves a programme."""
    now = clock.now()
    async with store.transaction() as tx:
        kind = await tx.facts.get(_KIND)
        if kind is None:
            await tx.facts.put(_KIND, mode.value)
        elif kind != mode.value:
            key = Key.REFUSE_REHEARSAL_DATABASE if mode is not Mode.PRODUCTION else Key.REFUSE_NOT_PRODUCTION
            raise Refusal(key)
        if mode is Mode.DEMO:
            await tx.facts.put(EVERYBODY_IS_CHIEF, mode.value)
        begun = await tx.facts.get(started_at(programme))
        # A rehearsal may begin on an earlier day than the last one did.
        if begun is None or datetime.fromisoformat(begun) > now:
            await tx.facts.put(started_at(programme), now.isoformat())


def _make_book(
    settings: Settings, mode: Mode, programme: str, order: Order, target: Path, tell: Telling
) -> Made | None:
    """What the child of `Desk._large_books` does: told is how far it is, then the rows to keep, lot by lot."""
    return asyncio.run(_made_book(settings, mode, programme, order, target, tell))


async def _made_book(
    settings: Settings, mode: Mode, programme: str, order: Order, target: Path, tell: Telling
) -> Made | None:
    from storage.store import SqlStore

    async def keep(rows: Sequence[Remembered]) -> None:
        tell(list(rows))

    clock = WallClock(order.at)
    voice = Voice(load_catalogue(settings), rehearsal=mode is Mode.REHEARSAL)
    running = Running(load_library(settings, clock), programme)
    store = await SqlStore.open(_url(settings, mode), at=order.at)
    try:
        contents = Contents(store, clock, voice, running, open_watcher(settings))
        return await Bookmaking(store, contents, workbooks(voice.catalogue))(order, target, keep, tell)
    finally:
        await store.close()


# ------------------------------------------------------------------ the running bot


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the running bot can be reached; printed when it is ready."""

    web: str
    telegram: str
    moved_group: str = ""
    """The group's id, where Telegram gave it another one than the setting says; else ""."""


async def serve(
    desk: Desk, *, demo: bool, announce: Callable[[Addresses], None], progress: Callable[[str], None]
) -> None:
    """Run every part until SIGINT or SIGTERM. A part that ends by a fault ends the whole."""
    async with open_house(desk, demo=demo, progress=progress) as house:
        announce(Addresses(house.web.address, house.telegram.link if house.telegram else "", house.moved_group))
        await _until_stopped(house.tasks)


@asynccontextmanager
async def open_house(
    desk: Desk, *, demo: bool = False, progress: Callable[[str], None] | None = None
) -> AsyncIterator[House]:
    """Every room joined and at work; at the end every part is stopped and what was kept waits for the next start.

    `progress` is told where the start takes long (the first training of the classifier).
    """
    router = await asyncio.to_thread(desk.router, progress)
    if desk.mode is Mode.REHEARSAL:
        await _clear_the_future(desk)
    if await desk.replay_list().lines():
        await desk.replay_erasures()()  # before anybody reads or says anything
    house = House(desk, router, await group_now(desk.settings, desk.store), demo=demo)
    async with contextlib.AsyncExitStack() as stack:
        await house.start(stack)
        # What was loaded stays to the end. Without this each full collection walks all of it and holds every chat up
        # for sixty milliseconds.
        gc.collect()
        gc.freeze()
        try:
            yield house
        finally:
            gc.unfreeze()
            await house.stop()


def _night_training(desk: Desk) -> Callable[[], Awaitable[Learnt]] | None:
    """The command `train` in a process of its own; None where this run must not learn. Rehearsals are no lessons."""
    settings = desk.settings
    if desk.mode is not Mode.PRODUCTION or settings.train_at == NEVER:
        return None
    environment = {
        "DOITHOAI_DATA_DIR": str(settings.data_dir.absolute()),
        "DOITHOAI_DATABASE_URL": _url(settings, desk.mode),
        "DOITHOAI_PROGRAMME": desk.running.code,
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),  # one processor stays the bot's
    }

    async def train() -> Learnt:
        printed = await own_command(("train", "--at-night", "--json"), environment)
        return TypeAdapter(Learnt).validate_json(printed)

    return train


async def _clear_the_future(desk: Desk) -> None:
    """What an earlier rehearsal left to be said on a later day would hold up its chats for ever."""
    now = desk.clock.now()
    async with desk.store.transaction() as tx:
        due = await tx.outbox.next_due()
        if due is not None and due > now:
            await tx.outbox.abandon(now)


async def _until_stopped(tasks: list[asyncio.Task[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C comes as KeyboardInterrupt instead
            loop.add_signal_handler(name, stop.set)
    waiting = start(_wait(stop), "until stopped")
    done, _ = await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in done - {waiting}:
        task.result()


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


class House:
    """The rooms of a running bot, joined."""

    def __init__(self, desk: Desk, router: ActiveRouter, group: Address | None, *, demo: bool) -> None:
        self.desk = desk
        settings = desk.settings
        boards = Boards(desk.store, desk.clock, desk.voice)
        core = (desk.store, desk.clock)
        similar = FindSimilar(desk.store, desk.running, open_similar)
        watcher = open_watcher(settings)
        cards = Cards(desk.store, desk.voice, desk.running, router, similar, watcher)
        lists = Lists(*core, desk.voice, desk.running, desk.rights())
        tell = desk.tell()
        moderate = desk.moderate(router, watcher, tell, boards)
        exporting = desk.exporting(boards, watcher, send=True)
        papers = desk.papers(watcher)
        receive = Receive(*core, router, watcher, desk.voice, desk.running, boards, desk.own_data(watcher))
        slips, photos = desk.slips(router, watcher, similar, boards), desk.photos(router, watcher, boards)
        forms = desk.answer_forms(watcher)
        answer_files = desk.answer_files(forms)
        answer_post = desk.answer_post(forms, answer_files)
        answer_work = (forms, answer_files)
        self.web = self._web(
            desk, receive, moderate, cards, exporting, papers, boards, slips, photos, answer_work, demo=demo
        )
        self.telegram = (
            None if demo else self._telegram(desk, group, receive, moderate, lists, boards, photos, answer_post)
        )
        channels: dict[ChannelName, Channel] = {ChannelName.WEB: self.web.channel}
        edges: dict[tuple[str, str], Edge] = {("web", "web"): self.web.edge}
        if self.telegram is not None:
            channels[ChannelName.TELEGRAM] = self.telegram.channel
            edges["telegram", self.telegram.bot_id] = self.telegram.edge
        self.zalo = None if demo else self._zalo(desk, receive, moderate, boards, answer_post)
        if self.zalo is not None:
            channels[ChannelName.ZALO] = self.zalo.channel
            edges["zalo", self.zalo.bot_id] = self.zalo.edge
        self.moved_group = group.chat if group and group != group_of(settings) and not demo else ""
        tally = Tally()
        desk.store.took = tally.transactions.add
        self.health = self._health(desk, tally, self.telegram)
        patience = Patience(settings.chat_pace) if settings.chat_pace else None
        self._parts: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "telling": tell.run,
            "telling answers": TellAnswers(*core, desk.voice, desk.running, desk.pulse, desk.answering()).run,
            "waiting for answers": GoOn(*core, desk.pulse, tell).run,
            "similar": functools.partial(similar.run, desk.pulse),
            "looking again": LookAgain(*core, desk.pulse, watcher, desk.voice, desk.running, boards).run,
            "worker": Worker(*core, desk.pulse, desk.voice, edges, boards, patience).run,
            "deliverer": Deliverer(
                *core,
                desk.pulse,
                desk.voice,
                cards,
                channels,
                boards,
                lists,
                post=desk.post(boards),
                tally=tally,
                copies=desk.copies(),
            ).run,
            **self._backups(boards),
            "schedule": Schedule(
                *core,
                desk.pulse,
                desk.voice,
                desk.running,
                exporting,
                Remind(*core, desk.voice, desk.running),
                ForgetUnconsented(*core),
                Feed(*core, desk.running, boards),
                settings.export_at,
                boards,
                (
                    self._set_back(),
                    Morning(*core, desk.voice, desk.running, settings.morning_at, boards),
                    Journal(*core, desk.voice, desk.running, boards),
                    desk.retention(watcher),
                ),
                papers,
            ).run,
            "photos of slips": functools.partial(photos.run, desk.pulse),
            "files of answers": functools.partial(answer_post.run, desk.pulse),
            "learning": Nightly(
                *core, desk.voice, desk.running, router, _night_training(desk), settings.train_at, boards
            ).run,
        }
        if self.telegram is not None:
            self._parts["poller"] = self.telegram.intake.run
            if self.telegram.webhook is not None:
                from handlers.telegram.webhook import PATH

                self.web.platform(PATH, self.telegram.webhook.doorway.answer)
        if self.zalo is not None:
            self._parts["zalo"] = self.zalo.intake.run
            if self.zalo.webhook is not None:
                from handlers.zalo.webhook import PATH as ZALO_PATH

                self.web.platform(ZALO_PATH, self.zalo.webhook.doorway.answer)
        self._parts |= self._watching(desk, self.health)
        if desk.store.shared:
            self._parts |= {
                "following": functools.partial(desk.store.follow, desk.pulse.beat),
                # Only who leads learns; the others take over what it has learnt.
                "model": Nightly(*core, desk.voice, desk.running, router, None, NEVER, boards).run,
            }
        self._lead = Lead(
            desk.store, {name: part for name, part in self._parts.items() if name not in _IN_EVERY_PROCESS}
        )
        self.tasks: list[asyncio.Task[None]] = []

    def _health(self, desk: Desk, tally: Tally, telegram: TelegramRoom | None) -> Health:
        from handlers.web.health import HealthPages

        settings, core = desk.settings, (desk.store, desk.clock, desk.voice, desk.running)
        contact = telegram.contact if telegram else None
        backups = settings.backup_at if desk.mode is Mode.PRODUCTION and not desk.store.shared else NEVER
        quotas = {"zalo": self.zalo.usage} if self.zalo else {}
        health = Health(*core, tally, LoopLag(), settings.data_dir, contact, backups, quotas)
        token, proxied = settings.metrics_token.get_secret_value(), settings.web_url.startswith("https://")
        self.web.health(HealthPages(health, token, behind_proxy=proxied))
        return health

    @staticmethod
    def _watching(desk: Desk, health: Health) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What watches over all the rest, and tells those outside."""
        from handlers.host.ping import HttpPinger
        from handlers.host.supervisor import Systemd

        parts = {"loop lag": health.lag.run, "watchdog": Watchdog(Systemd(), health).run}
        if desk.mode is not Mode.PRODUCTION:  # nobody outside is to be woken by a rehearsal
            return parts
        if desk.settings.ping_url:
            parts["far watch"] = FarWatch(HttpPinger(desk.settings.ping_url), health).run
        if (alarm := desk.alarm()) is not None:
            alerts = Alerts(desk.store, desk.clock, desk.voice, health, alarm, desk.running.code, socket.gethostname())
            parts["alerts"] = alerts.run
        return parts

    def _set_back(self) -> SetBack:
        """What mends the plans of a machine whose clock was set back."""
        code = self.desk.running.code
        done_at = (started_at(code), told_at(code), LEARNT_AT, RETENTION_RAN_AT)
        return SetBack(self.desk.store, self.desk.clock, done_at)

    def _backups(self, boards: Boards) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """The part that makes backups; none for what nobody would miss, or where the database has its own."""
        desk = self.desk
        if desk.mode is not Mode.PRODUCTION or desk.store.shared:
            return {}
        core, vault, at = (desk.store, desk.clock, desk.voice), vault_of(desk.settings), desk.settings.backup_at
        return {"backups": Backups(*core, desk.running, vault, PROGRAM, at, boards).run}

    async def start(self, stack: contextlib.AsyncExitStack) -> None:
        """Open what must be open before work begins, then start every part. Raises a Refusal where another process is
        at work and only one may be.
        """
        await self._lead.begin()
        stack.push_async_callback(self.stop)
        await self.web.start()
        stack.push_async_callback(self.web.stop)
        if self.telegram is not None:
            stack.push_async_callback(self.telegram.close)
            await self.telegram.start()
        if self.zalo is not None:
            stack.push_async_callback(self.zalo.close)
            await self.zalo.start()
        own = {name: part for name, part in self._parts.items() if name in _IN_EVERY_PROCESS}
        self.tasks = [start(part(), name) for name, part in (own | {"leading": self._lead.run}).items()]

    async def stop(self) -> None:
        """Stop every part, and leave leading to others. The rooms stay open."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._lead.end()

    @staticmethod
    def _telegram(
        desk: Desk,
        group: Address | None,
        receive: Receive,
        moderate: Moderate,
        lists: Lists,
        boards: Boards,
        photos: Photos,
        answer_post: AnswerPost,
    ) -> TelegramRoom | None:
        settings = desk.settings
        if not settings.token:
            return None
        from handlers.telegram.room import TelegramRoom

        return TelegramRoom(
            token=settings.token,
            api_base=None if settings.telegram_api == OFFICIAL_TELEGRAM_API else settings.telegram_api,
            proxy=settings.proxy or None,
            group=group.chat if group else "",
            clock=desk.clock,
            voice=desk.voice,
            store=desk.store,
            receive=receive,
            moderate=moderate,
            staff=desk.staff(moderate, answer_post),
            lists=lists,
            boards=boards,
            photos=photos,
            answer_post=answer_post,
            topics=settings.telegram_topics != NEVER,
            public_url=settings.telegram_webhook,
            secret=settings.webhook_secret,
        )

    @staticmethod
    def _zalo(
        desk: Desk, receive: Receive, moderate: Moderate, boards: Boards, answer_post: AnswerPost
    ) -> ZaloRoom | None:
        settings = desk.settings
        if not settings.zalo_token.get_secret_value():
            return None
        from handlers.zalo.room import ZaloRoom

        return ZaloRoom(
            token=settings.zalo_token.get_secret_value(),
            api_base=settings.zalo_api,
            proxy=settings.proxy or None,
            name=settings.zalo_name,
            group=settings.zalo_group,
            clock=desk.clock,
            voice=desk.voice,
            store=desk.store,
            receive=receive,
            staff=desk.staff(moderate, answer_post),
            boards=boards,
            messages=settings.zalo_messages,
            users=settings.zalo_users,
            web_url=settings.web_url,
            public_url=settings.zalo_webhook,
            secret=settings.zalo_webhook_secret.get_secret_value(),
        )

    @staticmethod
    def _web(
        desk: Desk,
        receive: Receive,
        moderate: Moderate,
        cards: Cards,
        exporting: Exporting,
        papers: Papers,
        boards: Boards,
        slips: SlipDesk,
        photos: Photos,
        answer_work: tuple[AnswerForms, AnswerFiles],
        *,
        demo: bool,
    ) -> WebRoom:
        from handlers.web.server import WebRoom

        async def current() -> tuple[Programme, RoutingTable]:
            async with desk.store.reading() as tx:
                return await desk.running.view(tx)

        return WebRoom(
            store=desk.store,
            clock=desk.clock,
            catalogue=desk.voice.catalogue,
            pulse=desk.pulse,
            receive=receive,
            moderate=moderate,
            cards=cards,
            exporting=exporting,
            papers=papers,
            queue=Queue(desk.store, desk.clock, desk.running, cards),
            trace=Trace(desk.store, desk.voice, desk.running),
            answers=desk.answers(),
            groups=SimilarGroups(desk.store, desk.running, grouping(), desk.pulse),
            slips=slips,
            photos=photos,
            answer_words=AnswerWords(desk.voice),
            answer_forms=answer_work[0],
            answer_files=answer_work[1],
            copies=desk.copies(),
            current=current,
            trouble=boards.trouble,
            bind=desk.settings.web_bind,
            demo=demo,
            rehearsal=desk.voice.rehearsal,
            data_dir=desk.settings.data_dir,
            # A public address on https means that a proxy of the operator's own stands before us.
            trust_proxy=desk.settings.web_url.startswith("https://"),
            proxies=desk.settings.proxies,
        )
