"""The models that are kept, which of them is pinned, and how each scored.

A pin is a model's name in a file. A running `rumbo up` looks at it and takes the model it names; without one the model
for the present training data is used.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rumbo.settings import VAR

KEPT = 3
"""Models that stay when a new one is trained, beside the pinned one."""

SUFFIX = ".tar.gz"


class ModelMissing(Exception):
    """No model of that name is kept; the message says which are."""


@dataclass(frozen=True)
class Score:
    """How many of a set's messages a model answered rightly."""

    n: int
    right: int

    @property
    def accuracy(self) -> float:
        """The share of them."""
        return self.right / self.n


Scores = Mapping[str, Score]
"""By set and locale, such as `messages es`."""


@dataclass(frozen=True)
class KeptModels:
    """A folder of models. Each is an archive, perhaps with its scores beside it."""

    folder: Path = VAR / "models"

    @property
    def _pin(self) -> Path:
        return self.folder / "pin"

    def newest_first(self) -> list[Path]:
        """Return the archives."""
        return sorted(self.folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)

    def named(self, name: str) -> Path:
        """Return the archive of a name, with or without its ending; raise ModelMissing."""
        found = {name_of(path): path for path in self.newest_first()}
        model = found.get(name.removesuffix(SUFFIX))
        if model is None:
            kept = ", ".join(found) or "none"
            raise ModelMissing(f"No model called {name} is kept. Kept are: {kept}.")
        return model

    def pinned(self) -> Path | None:
        """Return the pinned model, if there is one; raise ModelMissing when it is gone."""
        name = self._pinned_name()
        try:
            return self.named(name) if name else None
        except ModelMissing as error:
            raise ModelMissing(f"{error} It is pinned: `rumbo nlu rollback --latest` takes the pin away.") from error

    def _pinned_name(self) -> str:
        return self._pin.read_text("utf-8").strip() if self._pin.exists() else ""

    def pin(self, model: Path | None) -> None:
        """Pin a model, or none; what runs takes notice in any case."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self._pin.with_name("pin.new")
        new.write_text(name_of(model) if model else "", "utf-8")
        new.replace(self._pin)

    def pin_state(self) -> tuple[str, int]:
        """Return what changes whenever a model is pinned, or none."""
        return self._pinned_name(), self._pin.stat().st_mtime_ns if self._pin.exists() else 0

    def prune(self) -> None:
        """Remove all but the newest few, the pinned one, and what belongs to them."""
        pinned = self._pinned_name()
        for old in self.newest_first()[KEPT:]:
            if name_of(old) != pinned:
                for path in self.folder.glob(f"{name_of(old)}.*"):
                    path.unlink()

    def beside(self, model: Path, ending: str) -> Path:
        """Return the path of something that is kept as long as a model."""
        return model.with_name(f"{name_of(model)}.{ending}")

    def note_scores(self, model: Path, scores: Scores) -> None:
        """Keep how a model scored."""
        figures = {name: {"n": score.n, "right": score.right} for name, score in scores.items()}
        self.beside(model, "scores.json").write_text(json.dumps(figures, indent=1), "utf-8")

    def scores(self, model: Path) -> Scores:
        """Return how a model scored; nothing when nobody measured."""
        path = self.beside(model, "scores.json")
        figures = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {name: Score(int(of["n"]), int(of["right"])) for name, of in figures.items()}


def name_of(model: Path) -> str:
    """Return what a model is called."""
    return model.name.removesuffix(SUFFIX)


def made_at(model: Path) -> datetime:
    """Return when a model was trained."""
    return datetime.fromtimestamp(model.stat().st_mtime, UTC)
