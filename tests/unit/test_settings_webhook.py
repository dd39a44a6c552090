"""A webhook that could not work, or that anybody could pretend to be Telegram at, is refused before anything starts."""

from __future__ import annotations

import pytest

from bot.settings import Settings, SettingsFault, read

URL = "https://doithoai.example.vn"
SECRET = "Rat_dai-va-ngau-nhien-0123456789"


@pytest.fixture(autouse=True)
def _clean(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DOITHOAI_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def given(monkeypatch, url=URL, secret=SECRET, **more):
    monkeypatch.setenv("DOITHOAI_TELEGRAM_WEBHOOK", url)
    monkeypatch.setenv("DOITHOAI_TELEGRAM_WEBHOOK_SECRET", secret)
    for name, value in more.items():
        monkeypatch.setenv(f"DOITHOAI_{name.upper()}", value)


@pytest.mark.parametrize("secret", ["a", "x" * 256, SECRET])
def test_a_secret_of_one_to_256_allowed_characters_is_taken_and_never_shown(monkeypatch, secret):
    given(monkeypatch, secret=secret)

    settings = read()

    assert settings.webhook_secret == secret
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("secret", ["", "x" * 257, "có dấu", "a b", "a.b", "é"])
def test_without_a_secret_or_with_other_characters_nothing_starts(monkeypatch, secret):
    given(monkeypatch, secret=secret)

    with pytest.raises(SettingsFault, match="DOITHOAI_TELEGRAM_WEBHOOK_SECRET") as refused:
        read()
    assert not secret or secret not in str(refused.value)


@pytest.mark.parametrize("url", ["https://a.vn", "https://a.vn:8443", "https://a.vn:88/doi-thoai", "https://a.vn:443/"])
def test_telegram_comes_to_https_at_the_ports_that_it_knows(monkeypatch, url):
    given(monkeypatch, url)

    assert read().telegram_webhook == url


@pytest.mark.parametrize(
    "url", ["http://a.vn", "https://a.vn:8080", "a.vn", "https://", "https://a.vn/?x=1", "https://a.vn/#x"]
)
def test_an_address_to_which_telegram_would_never_come_is_refused(monkeypatch, url):
    given(monkeypatch, url)

    with pytest.raises(SettingsFault, match="DOITHOAI_TELEGRAM_WEBHOOK"):
        read()


def test_a_bot_api_server_of_ones_own_may_use_plain_http(monkeypatch):
    given(monkeypatch, "http://127.0.0.1:8080", telegram_api="http://127.0.0.1:8081")

    assert read().telegram_webhook == "http://127.0.0.1:8080"
