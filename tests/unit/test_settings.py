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
    monkeypatch.setenv("DOITHOAI_TELEGRAM_TOKEN", "1:secret")

    settings = read()

    assert (settings.programme, settings.telegram_group, settings.token) == ("hung-yen-2024", None, "1:secret")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOITHOAI_WEB_BIND", "8080"),
        ("DOITHOAI_WEB_BIND", "máy:abc"),
        ("DOITHOAI_EXPORT_AT", "thứ hai"),
        ("DOITHOAI_TELEGRAM_GROUP", "nhóm"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_expected(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsFault, match=name):
        read()
