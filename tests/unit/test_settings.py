"""Settings: documented, readable, and refused with a sentence that names the variable."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsFault, read

ROOT = Path(__file__).parents[2]
NAMES = {f"DOITHOAI_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(autouse=True)
def _clean(monkeypatch, tmp_path):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_file_names_every_setting_with_its_default():
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line.startswith("DOITHOAI_"))

    assert set(given) == NAMES
    for name, field in Settings.model_fields.items():
        shown = given[f"DOITHOAI_{name.upper()}"]
        assert shown in ("", str(field.default))
        assert shown == str(field.default) or not field.default or name == "telegram_token"


def test_the_readme_explains_every_setting():
    readme = (ROOT / "README.md").read_text("utf-8")

    assert set(re.findall(r"`(DOITHOAI_[A-Z_]+)`", readme)) == NAMES


def test_settings_come_from_the_environment_and_an_env_file(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("DOITHOAI_PROGRAMME=hung-yen-2024\nDOITHOAI_TELEGRAM_GROUP=\n", "utf-8")
    monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", "1:hidden-words")

    settings = read()

    assert (settings.programme, settings.telegram_group, settings.token) == ("hung-yen-2024", None, "1:hidden-words")
    assert "hidden-words" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOITHOAI_WEB_BIND", "8080"),
        ("DOITHOAI_WEB_BIND", "máy:abc"),
        ("DOITHOAI_WEB_BIND", "127.0.0.1:99999"),
        ("DOITHOAI_WEB_BIND", "127.0.0.1:8080/bang"),
        ("DOITHOAI_WEB_BIND", "[::1:8080"),
        ("DOITHOAI_WEB_URL", "doithoai.example.vn"),
        ("DOITHOAI_TELEGRAM_API", "api.telegram.org"),
        ("DOITHOAI_EXPORT_AT", "thứ hai"),
        ("DOITHOAI_TELEGRAM_GROUP", "nhóm"),
        ("DOITHOAI_GROUP_ROLE", "chief"),
        ("DOITHOAI_TELEGRAM_TOPICS", "on"),
        ("DOITHOAI_BACKUP_AT", "mỗi giờ"),
        ("DOITHOAI_BACKUP_RECIPIENT", "age1ngan"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_expected(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsFault, match=name) as refused:
        read()

    assert not re.search(r"\b(port|could|value|input|invalid|valid)\b", str(refused.value), re.IGNORECASE)


@pytest.mark.parametrize(
    "token", ["bi-mat-AAH", "42:", ":bi-mat-AAH", "42:bi-mat AAH", "bot42:bi-mat-AAH", "4２:bi-mat-AAH"]
)
def test_a_token_of_another_form_is_refused_and_never_repeated(monkeypatch, token):
    monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", token)

    with pytest.raises(SettingsFault, match="DOITHOAI_TELEGRAM_TOKEN") as refused:
        read()

    assert "bi-mat" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("bind", ["127.0.0.1:8080", "0.0.0.0:1", "[::1]:65535", "localhost:0"])
def test_hosts_with_a_port_can_be_listened_on(monkeypatch, bind):
    monkeypatch.setenv("DOITHOAI_WEB_BIND", bind)

    assert read().web_bind == bind


@pytest.mark.parametrize("proxy", ["http://10.0.0.1:3128", "socks4://may:1080", "socks5://ten:mat-khau@may:1080"])
def test_proxies_that_the_library_knows_are_taken(monkeypatch, proxy):
    monkeypatch.setenv("DOITHOAI_PROXY", proxy)

    assert read().proxy == proxy


@pytest.mark.parametrize(
    "proxy",
    ["may:1080", "ftp://may:1080", "https://may:443", "socks5://may", "socks5://:1080", "socks5://ten:mat-khau@may:x"],
)
def test_another_proxy_is_refused_without_repeating_its_password(monkeypatch, proxy):
    monkeypatch.setenv("DOITHOAI_PROXY", proxy)

    with pytest.raises(SettingsFault, match=r"DOITHOAI_PROXY: .*socks5://127\.0\.0\.1:1080") as refused:
        read()

    assert "mat-khau" not in str(refused.value)


def test_an_env_file_saved_by_notepad_is_read_from_its_first_line(tmp_path):
    (tmp_path / ".env").write_text("DOITHOAI_PROGRAMME=mau\n", "utf-8-sig")

    assert read().programme == "mau"


def test_an_env_file_in_another_encoding_is_explained(tmp_path):
    (tmp_path / ".env").write_bytes("DOITHOAI_DATA_DIR=dữ liệu\n".encode("utf-16"))

    with pytest.raises(SettingsFault, match=r"\.env không ở bảng mã UTF-8"):
        read()


def test_workbooks_by_mail_need_a_server_and_a_sender(monkeypatch):
    monkeypatch.setenv("DOITHOAI_EXPORT_MAIL_TO", "tonghop@noivu.example.vn, vanphong@tinhdoan.example.vn,")
    with pytest.raises(SettingsFault, match="DOITHOAI_SMTP_HOST và DOITHOAI_MAIL_FROM"):
        read()

    monkeypatch.setenv("DOITHOAI_SMTP_HOST", "thu.example.vn")
    monkeypatch.setenv("DOITHOAI_MAIL_FROM", "doithoai@tinhdoan.example.vn")

    assert read().mailboxes == ("tonghop@noivu.example.vn", "vanphong@tinhdoan.example.vn")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOITHOAI_EXPORT_MAIL_TO", "Sở Nội vụ"),
        ("DOITHOAI_EXPORT_MAIL_TO", "a@b.vn; c@d.vn"),
        ("DOITHOAI_MAIL_FROM", "doithoai"),
        ("DOITHOAI_MAIL_FROM", "a@b.vn\nBcc: c@d.vn"),
        ("DOITHOAI_SMTP_PORT", "0"),
        ("DOITHOAI_SMTP_SECURITY", "ssl"),
    ],
)
def test_a_mail_setting_that_cannot_be_used_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsFault, match=name):
        read()


def test_a_mail_password_is_never_sent_in_the_clear_to_another_machine(monkeypatch):
    monkeypatch.setenv("DOITHOAI_SMTP_HOST", "thu.example.vn")
    monkeypatch.setenv("DOITHOAI_SMTP_SECURITY", "none")
    monkeypatch.setenv("DOITHOAI_SMTP_USER", "bot")
    monkeypatch.setenv("DOITHOAI_SMTP_PASSWORD", "mat-khau")
    with pytest.raises(SettingsFault, match="để lộ mật khẩu") as refused:
        read()
    assert "mat-khau" not in str(refused.value)

    monkeypatch.setenv("DOITHOAI_SMTP_HOST", "127.0.0.1")

    assert "mat-khau" not in repr(read())
