"""The web server: puts chat, board, sign-in and health together on one address. Begin reading here.

Routes: `/` chat page, `/ban` board, `/ban/nhom` groups of similar questions, `/ban/tep` workbooks, `/ban/phieu` slips,
`/ban/tra-loi` answers, `/ban/tra-loi/tep` their files, `/vao` sign-in, `/demo` both sides, `/api/…`, `/live`, `/ready`,
`/metrics`, `/static/…`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from bot.ports import Clock, Store
from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key
from bot.usecases.answer_desk import AnswerDesk
from bot.usecases.answer_files import AnswerFiles
from bot.usecases.answer_forms import AnswerForms
from bot.usecases.answer_words import AnswerWords
from bot.usecases.cards import Cards
from bot.usecases.exporting import Exporting
from bot.usecases.moderate import Moderate
from bot.usecases.papers import Papers
from bot.usecases.photos import Photos
from bot.usecases.pulse import Pulse
from bot.usecases.queue import Queue
from bot.usecases.receive import Receive
from bot.usecases.similar_groups import SimilarGroups
from bot.usecases.slip_desk import SlipDesk
from bot.usecases.trace import Trace
from handlers.web.answer_files import AnswerFilePage
from handlers.web.answers import Answers
from handlers.web.board import Board
from handlers.web.chat import Chat, Current, WebChannel, WebEdge
from handlers.web.desk import Desk, Trouble
from handlers.web.files import Files
from handlers.web.groups import Groups
from handlers.web.guard import MAX_BODY, Guard, Handler
from handlers.web.health import HealthPages
from handlers.web.own_data import Copies, OwnDataPage
from handlers.web.pages import Pages, static
from handlers.web.photos import SlipPhotos
from handlers.web.signin import SignIn
from handlers.web.slips import Slips
from handlers.web.streams import Streams
from handlers.web.visitor import LOOPBACK, Visitors

_GOODBYE = 2.0  # seconds that open requests get to finish when the server stops
_IDLE = 30.0  # seconds after which a connection is closed that has not sent the head of a request


class WebRoom:
    """The built-in web channel. `channel` and `edge` fit bot.ports; `address` is the http address once started.

    `bind` is host:port, port 0 takes a free one. `demo` signs everybody in as the demo's moderator: only ever on the
    loopback. `trust_proxy`: believe what `proxies` (machines of the operator's own) say of a visitor.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        pulse: Pulse,
        receive: Receive,
        moderate: Moderate,
        cards: Cards,
        exporting: Exporting,
        papers: Papers,
        queue: Queue,
        trace: Trace,
        answers: AnswerDesk,
        groups: SimilarGroups,
        slips: SlipDesk,
        photos: Photos,
        answer_words: AnswerWords,
        answer_forms: AnswerForms,
        answer_files: AnswerFiles,
        copies: Copies,
        current: Current,
        trouble: Trouble,
        bind: str,
        *,
        demo: bool,
        rehearsal: bool,
        data_dir: Path,
        trust_proxy: bool = False,
        proxies: Sequence[str] = LOOPBACK,
    ) -> None:
        self._host, self._port = _host_and_port(bind)
        self._store = store
        self._clock = clock
        self._demo = demo
        self._pages = Pages(catalogue, rehearsal=rehearsal)
        self._title = catalogue[Key.WEB_DEMO_TITLE]
        self.channel = WebChannel(store, clock)
        self.edge = WebEdge(receive)
        visitors = Visitors(proxies if trust_proxy else ())
        guard, self._streams = Guard(catalogue, self._pages, demo=demo, visitors=visitors), Streams()
        self._guard = guard
        sign_in = SignIn(store, clock, catalogue, self._pages, visitors, demo=demo)
        self._chat = Chat(
            store,
            clock,
            catalogue,
            self.channel,
            current,
            self._pages,
            guard,
            self._streams,
            visitors,
        )
        board = Board(catalogue, moderate, cards, current, self._pages, guard, sign_in)
        files = Files(
            catalogue,
            pulse,
            exporting,
            papers,
            current,
            self._pages,
            guard,
            sign_in,
            board.signed_in,
            data_dir,
        )
        desk = Desk(
            store,
            catalogue,
            pulse,
            moderate,
            queue,
            trace,
            guard,
            self._streams,
            trouble,
            sign_in,
            alone=demo,
        )
        similar = Groups(catalogue, groups, current, self._pages, sign_in, board.signed_in)
        app = self._app(guard, sign_in, board, desk, similar, files)
        Slips(catalogue, slips, current, self._pages, guard, sign_in, board.signed_in).join(app)
        Answers(catalogue, answers, current, self._pages, guard, sign_in, board.signed_in).join(app)
        SlipPhotos(catalogue, clock, photos, guard).join(app, board.signed_in)
        OwnDataPage(copies, guard).join(app)
        out, back = answer_forms, answer_files
        AnswerFilePage(catalogue, store, answer_words, out, back, current, self._pages, guard, sign_in).join(
            app, board.signed_in
        )
        self._site = app
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE, keepalive_timeout=_IDLE)

    def _app(
        self, guard: Guard, sign_in: SignIn, board: Board, desk: Desk, similar: Groups, files: Files
    ) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY)
        guard.join(app)
        self._chat.join(app)
        sign_in.join(app)
        board.join(app)
        desk.join(app, board.signed_in)
        similar.join(app)
        files.join(app)
        app.router.add_get("/static/{name}", static)
        if self._demo:
            app.router.add_get("/demo", self.demo)
        app.on_shutdown.append(self._streams.close)
        return app

    def platform(self, path: str, answer: Handler) -> None:
        """Before the start: let a platform post to `path`. `answer` looks at its secret."""
        self._guard.platform(path)
        self._site.router.add_post(path, answer)

    def health(self, pages: HealthPages) -> None:
        """Before the start: say there how the bot is."""
        pages.join(self._site)

    async def start(self) -> None:
        """Listen. Raises OSError where the address cannot be had."""
        await self._chat.open()
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        """End every stream, let requests finish, close the address."""
        await self._runner.cleanup()

    @property
    def address(self) -> str:
        """http://host:port as a browser on this machine can open it."""
        port = self._runner.addresses[0][1] if self._runner.addresses else self._port
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(self._host, self._host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port}"

    async def demo(self, _request: web.Request) -> web.Response:
        """Both sides next to each other."""
        return self._pages.render("demo", {"title": self._title})


def _host_and_port(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65_536):  # noqa: PLR2004
        raise ValueError(bind)
    return host.strip("[]"), int(port)
