"""A copy of the real training data, for what writes into it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from content.intents import INTENTS
from rumbo.importing import Places
from rumbo.settings import ROOT


@pytest.fixture
def real_training() -> Callable[[Path], Places]:
    """A function that copies the training data and no tests into a folder."""

    def copy(folder: Path) -> Places:
        shutil.copytree(ROOT / "nlu" / "training", folder / "training")
        (folder / "tests").mkdir()
        return Places(folder / "training", folder / "tests", frozenset(INTENTS))

    return copy
