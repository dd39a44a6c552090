"""Documentation is code that can fail: commands, files and rooms that the README speaks of exist."""

import re
from pathlib import Path

import pytest

from bot.cli import build

ROOT = Path(__file__).parents[2]
ROOMS = (
    "bot",
    "handlers/telegram",
    "handlers/web",
    "handlers/post",
    "handlers/host",
    "classifier",
    "storage",
    "exports",
    "tests",
)


def test_every_command_is_mentioned_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = next(action.choices for action in build()._actions if action.choices)

    assert [name for name in commands if f"doithoai {name}" not in readme] == []


def test_every_command_the_readme_mentions_exists():
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = next(action.choices for action in build()._actions if action.choices)

    assert set(re.findall(r"doithoai ([a-z]+(?:-[a-z]+)*)", readme)) <= set(commands)


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_link_and_picture_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_is_for(room):
    assert len((ROOT / room / "README.md").read_text("utf-8")) > 300
