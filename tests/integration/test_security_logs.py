"""What never stands in a log, whoever logs it: tokens, logins, phone numbers, e-mail addresses, forged lines.
(reliability.md X9)
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.commands import logs, redact
from bot.commands.redact import Redactor, never_show, one_line, redacted
from bot.settings import Settings
from tests.canary import Watch
from tests.doubles.telegram import TOKEN, TelegramDouble

ROOT = Path(__file__).parents[2]
SECRETS = {
    "the token": (TOKEN, TOKEN),
    "the token in an address": (f"https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg", TOKEN),
    "a short token in an address": ("http://127.0.0.1:8081/bot77:short/getMe", "77:short"),
    "a proxy's login": ("cannot connect to socks5://lan:mat-khau@10.0.0.1:1080", "lan:mat-khau"),
    "a database's login": ("postgresql+asyncpg://bot:b%2Fc@db/doithoai", "b%2Fc"),
    "an invitation": ("GET /vao?ma=AbC_123-x HTTP/1.1", "AbC_123-x"),
    "a webhook's secret": ("X-Telegram-Bot-Api-Secret-Token: bi-mat-cua-webhook", "bi-mat-cua-webhook"),
    "an authorization": ("{'Authorization': 'Bearer abc.def'}", "abc.def"),
    "a mobile number": ("Key (phone)=(0912 345 678) already exists", "0912 345 678"),
    "a number as abroad": ("gọi em theo số +84-912-345-678 ạ", "912-345-678"),
    "an e-mail address": ("550 no such user nguyen.an+bot@hungyen.gov.vn", "hungyen.gov.vn"),
}


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_is_taken_out_of_a_line(what: str) -> None:
    line, secret = SECRETS[what]

    assert secret not in redacted(line)


@pytest.mark.parametrize(
    "line",
    [
        "inbox row 12 of telegram failed with OSError (try 3)",
        "the group -1001234567890 takes messages again; what waited goes out",
        "2026-11-20T14:05:00+07:00 update=telegram/4242/900000123",
        "sha256 0912345678abcdef",
        "http://127.0.0.1:8080/health/ready answered 200",
    ],
)
def test_what_an_operator_needs_stays(line: str) -> None:
    assert redacted(line) == line


def test_every_secret_of_the_settings_is_known_by_its_very_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_secrets", set())
    settings = Settings(
        telegram_token=SecretStr("1:x9"), smtp_password=SecretStr("rất kín"), proxy="http://u:cửa-sau@h:1"
    )

    never_show(*settings.secrets)

    assert redacted("535 rất kín; 1:x9; cửa-sau") == "535 [secret]; [secret]; [secret]"


def test_nobody_who_writes_makes_a_line_of_their_own() -> None:
    forged = "Lan\n2026-11-20 ERROR bot: đã xoá\r\x1b[2J\u2028\u202eabc"

    assert one_line(forged) == r"Lan\n2026-11-20 ERROR bot: đã xoá\r\x1b[2J\u2028\u202eabc"


@pytest.mark.leaks
@pytest.mark.parametrize("form", [logs.TEXT, logs.JSON])
@pytest.mark.parametrize("name", ["bot.usecases.work", "aiogram.dispatcher", "aiohttp.server", "asyncio"])
def test_a_fault_with_secrets_in_its_text_leaves_none_in_the_log(
    form: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)
    logs.set_up(form, logging.INFO)

    fault = RuntimeError("(0912345678, an@example.vn)\nERROR bot: forged")
    fault.__cause__ = OSError(f"404 at https://api.telegram.org/file/bot{TOKEN}/x")
    logging.getLogger(name).error("of %s: %s", "bot" + TOKEN, fault, exc_info=fault)

    written = capsys.readouterr().err
    assert "RuntimeError" in written
    assert "OSError" in written
    for secret in (TOKEN, "0912345678", "an@example.vn"):
        assert secret not in written
    assert not [line for line in written.splitlines() if line.startswith("ERROR bot")]
    if form == logs.JSON:
        assert len([json.loads(line) for line in written.splitlines()]) == 1


@pytest.mark.leaks
async def test_what_aiogram_says_of_a_file_that_is_gone_holds_the_token_and_the_log_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    logs.set_up(logs.TEXT, logging.INFO)
    async with TelegramDouble() as double, double.bot() as bot:
        with pytest.raises(aiohttp.ClientResponseError) as raised:
            await bot.download_file("photos/gone.jpg")
    assert TOKEN in str(raised.value)  # else this test shows nothing

    logging.getLogger("aiogram.event").error("failed", exc_info=raised.value)

    written = capsys.readouterr().err
    assert "ClientResponseError" in written
    assert TOKEN not in written


def test_a_crash_that_the_interpreter_prints_holds_no_token() -> None:
    crash = f"from bot.commands.redact import redact_crashes; redact_crashes(); raise OSError('bot{TOKEN}')"

    ended = subprocess.run([sys.executable, "-c", crash], check=False, cwd=ROOT, capture_output=True, text=True)

    assert ended.returncode == 1
    assert "OSError" in ended.stderr
    assert TOKEN not in ended.stderr


def test_a_message_whose_arguments_do_not_fit_is_still_a_line() -> None:
    record = logging.LogRecord("bot", logging.INFO, "", 0, "%d rows", ("many",), None)

    assert Redactor().filter(record)
    assert record.getMessage() == "%d rows"


# ------------------------------------------------------------------ the canary itself


def test_the_canary_hears_words_names_and_tokens_also_inside_a_traceback() -> None:
    watch = Watch()
    watch.write("Nguyễn Thị Canary")
    watch.write("Nhà em ở số 7\nđường Chim Yến")
    fault = ValueError("đường Chim Yến")
    record = logging.LogRecord("bot", logging.ERROR, "", 0, "failed", None, (ValueError, fault, None))

    watch.emit(record)

    assert [watch.leaks(line) for line in watch.heard] == [["đường Chim Yến"]]
    assert watch.leaks("of Nguyễn Thị Canary") == ["Nguyễn Thị Canary"]
    assert watch.leaks(f"bot{TOKEN}") == ["the token of the bot"]
    assert watch.leaks("inbox row 3 failed with ValueError") == []


LEAKY = """
import logging
import pytest
from tests.canary import WATCH

def log():
    WATCH.write("Nhà em ở số 7 đường Chim Yến")
    logging.getLogger("bot.usecases.work").info("failed: %s", "Nhà em ở số 7 đường Chim Yến")

def test_that_leaks(): log()

@pytest.mark.leaks
def test_that_means_to(): log()

def test_that_does_not(): logging.getLogger("bot").info("row 7")
"""


def test_a_test_whose_log_holds_what_somebody_wrote_fails_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_leaky.py").write_text(LEAKY, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.canary", "-p", "no:cacheprovider", "-q", str(tmp_path)]

    ended = subprocess.run(
        command, check=False, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )

    assert "1 failed, 2 passed" in ended.stdout
    assert "FAILED test_leaky.py::test_that_leaks" in ended.stdout
