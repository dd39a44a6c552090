"""What a run on PostgreSQL does with tests: leaves out those about SQLite alone, and gives databases back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import SERVER, drop_databases


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite_only: about SQLite's own files and settings; left out on PostgreSQL")
    config.addinivalue_line("markers", "postgres_only: about PostgreSQL and several processes; left out on SQLite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = "sqlite_only" if SERVER else "postgres_only"
    out = [item for item in items if item.get_closest_marker(left_out)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if not item.get_closest_marker(left_out)]


@pytest.fixture(autouse=True)
def _databases_given_back() -> Iterator[None]:
    yield
    if SERVER:
        drop_databases()
