"""HTML pages and static files: templates with {{names}}, every value escaped; nothing is built, nothing is fetched."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from bot.texts.catalogue import Catalogue
from bot.texts.keys import Key

_STATIC = Path(__file__).parent / "static"
_ICONS = "{{icons}}"  # the one name that is markup: the pictures stand in the page, there without a server too
_NAME = re.compile(r"\{\{(\w+)\}\}")


class Pages:
    """Renders the templates with the sentences of section [web] and the values of the moment."""

    def __init__(self, catalogue: Catalogue, *, rehearsal: bool) -> None:
        self._texts = {**catalogue.section("web"), "rehearsal_hidden": "" if rehearsal else "hidden"}
        self._icons = (_STATIC / "icons.svg").read_text("utf-8").strip()
        self._mark = catalogue[Key.REHEARSAL_MARK] if rehearsal else ""

    def render(self, template: str, values: Mapping[str, str], status: int = 200) -> web.Response:
        """The page `static/<template>.html`; `values` hold its title at least. A missing name raises KeyError."""
        known = {**self._texts, **values, "title": self._mark + values["title"]}
        text = (_STATIC / f"{template}.html").read_text("utf-8")
        parts = (_NAME.sub(lambda found: html.escape(known[found[1]]), part) for part in text.split(_ICONS))
        page = self._icons.join(parts)
        return web.Response(text=page, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})


async def static(request: web.Request) -> web.StreamResponse:
    """A style, script or picture. Templates are not among them: they are only ever seen filled in."""
    file = FILES.get(request.match_info["name"])
    if file is None:
        raise web.HTTPNotFound
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})


FILES = {file.name: file for file in _STATIC.iterdir() if file.suffix in {".css", ".js", ".svg"}}
