"""LibreOffice at work on a file, in a profile of its own, and what stands on the pages of a PDF."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TOOLS = ("soffice", "pdftotext", "pdfinfo")
_SECONDS = 180
# LibreOffice takes Liberation Serif for Times New Roman where it is there, which lacks most Vietnamese letters: every
# word would be drawn in two fonts, and its letters could not be read from the PDF in their order.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <selectfont><rejectfont><pattern>
    <patelt name="family"><string>Liberation Serif</string></patelt>
  </pattern></rejectfont></selectfont>
</fontconfig>
"""


def missing() -> list[str]:
    """The tools that are not there."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


@dataclass(frozen=True, slots=True)
class Office:
    """One LibreOffice. `home` is its profile: two that run at once must not share one."""

    home: Path

    def saved(self, file: Path, kind: str, folder: Path) -> Path:
        """`file` as LibreOffice saves it in `folder` as another kind ("pdf", "xlsx")."""
        folder.mkdir(parents=True, exist_ok=True)
        fonts = self.home / "fonts.conf"
        fonts.write_text(_FONTS)
        _run(
            "soffice",
            f"-env:UserInstallation={self.home.as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            folder,
            file,
            FONTCONFIG_FILE=str(fonts),
        )
        return folder / f"{file.stem}.{kind.partition(':')[0]}"


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page of a PDF: its size in points and its words in the order in which they were drawn."""

    width: float
    height: float
    text: str

    @property
    def flat(self) -> str:
        """The text without any blanks, which line ends may stand for."""
        return "".join(self.text.split())


def pages(pdf: Path) -> list[PrintedPage]:
    """What a printer would print."""
    sizes = re.findall(r"^Page +\d+ size: +([\d.]+) x ([\d.]+) pts", _run("pdfinfo", "-l", "9999", pdf), re.MULTILINE)
    texts = _run("pdftotext", "-raw", pdf, "-").split("\f")[:-1]
    return [PrintedPage(float(width), float(height), text) for (width, height), text in zip(sizes, texts, strict=True)]


def _run(*command: object, **variables: str) -> str:
    environment = {**os.environ, **variables}
    done = subprocess.run(list(map(str, command)), check=True, timeout=_SECONDS, capture_output=True, env=environment)
    return done.stdout.decode()
