"""`make audit`: a known hole in a library fails it, a database that cannot be reached is told and holds nobody up."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def audit() -> ModuleType:
    loader = SourceFileLoader("audit", str(ROOT / ".ci" / "audit"))
    spec = spec_from_loader("audit", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def told(*lines: str) -> tuple[str, ...]:
    """A program that prints what pip-audit would."""
    return (sys.executable, "-c", "import sys; print(sys.argv[1])", *lines)


def test_what_is_known_fails_the_audit_by_name(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    holes = [{"name": "aiohttp", "version": "3.0", "vulns": [{"id": "PYSEC-1"}]}, {"name": "rich", "version": "1"}]

    assert audit.main(told(json.dumps({"dependencies": holes}))) == 1
    assert capsys.readouterr().out == "aiohttp 3.0: PYSEC-1\naudited: 2 libraries, 1 known vulnerabilities\n"


def test_where_nothing_is_known_the_number_is_told(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(told('{"dependencies": [{"name": "rich", "version": "1", "vulns": []}]}')) == 0
    assert capsys.readouterr().out == "audited: 1 libraries, 0 known vulnerabilities\n"


@pytest.mark.parametrize(
    "command", [told("ERROR: no connection"), told("{}"), ("/nowhere/pip-audit",), (sys.executable, "-c", "exit(1)")]
)
def test_a_database_that_cannot_be_reached_is_told_and_holds_nobody_up(
    audit: ModuleType, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert audit.main(command) == 0
    assert capsys.readouterr().out.startswith("not audited: ")


def test_a_database_that_never_answers_is_not_waited_for(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main((sys.executable, "-c", "import time; time.sleep(60)"), patience=0.2) == 0
    assert capsys.readouterr().out == "not audited: no answer in 0 seconds\n"


def test_it_is_part_of_what_must_pass() -> None:
    assert "make audit" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert subprocess.run(["make", "-n", "audit"], cwd=ROOT, capture_output=True, check=False).returncode == 0
