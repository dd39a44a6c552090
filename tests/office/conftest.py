"""One LibreOffice a worker. Where it is missing the tests are skipped with a sentence; in CI they fail."""

from __future__ import annotations

import os

import pytest

from tests.office.office import Office, missing


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    if lacking := missing():
        says = f"{', '.join(lacking)} not found: sh tests/office/libreoffice.sh installs what these tests need"
        if os.environ.get("CI"):
            pytest.fail(says)
        pytest.skip(says)
    return Office(tmp_path_factory.mktemp("office"))
