"""For every test: generated examples have no deadline, because a busy machine is not a fault; one model for all; a
canary listens to every log (canary.py).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from classifier.alone import alone
from classifier.model import load

pytest_plugins = ["tests.canary", "tests.postgres.plugin"]

settings.register_profile("doithoai", deadline=None)
settings.load_profile("doithoai")


@pytest.fixture(autouse=True)
def _nothing_of_a_program_stays() -> Iterator[None]:
    """A command that was run in the test's own process set up the log and the rights of new files: for itself alone."""
    mask = os.umask(0)
    os.umask(mask)
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    disabled = logging.root.manager.disable
    yield
    os.umask(mask)
    logging.disable(disabled)
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


@pytest.fixture(scope="session")
def trained(pytestconfig: pytest.Config) -> Path:
    """A folder with the real model, kept between runs under the hash of all that it depends on.

    Training takes most of a minute: of several workers the first trains and the others wait.
    """
    folder = Path(pytestconfig.cache.mkdir("mo-hinh"))
    with alone(folder.with_suffix(".lock"), wait=True):
        load(folder)
    return folder
