"""For every test: generated examples have no deadline, because a busy machine is not a fault; one model for all; a
canary listens to every log (canary.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from classifier.alone import alone
from classifier.model import load

pytest_plugins = ["tests.canary", "tests.postgres.plugin"]

settings.register_profile("doithoai", deadline=None)
settings.load_profile("doithoai")


@pytest.fixture(scope="session")
def trained(pytestconfig: pytest.Config) -> Path:
    """A folder with the real model, kept between runs under the hash of all that it depends on.

    Training takes most of a minute: of several workers the first trains and the others wait.
    """
    folder = Path(pytestconfig.cache.mkdir("mo-hinh"))
    with alone(folder.with_suffix(".lock"), wait=True):
        load(folder)
    return folder
