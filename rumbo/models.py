"""The trained model: which one fits the training data at hand, and training it when there is none."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from content.intents import INTENTS
from nlu.training_data import check_training
from rumbo.kept_models import KeptModels, name_of
from rumbo.settings import ROOT, VAR

RASA_PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
MODELS = KeptModels()
TRAINED_FROM = (
    "config.yml",
    "nlu/uv.lock",
    "nlu/training/**/*.yml",
    "nlu/components/*.py",
    "nlu/*.py",
    "bot/spelling.py",
    "bot/languages.py",
    "nlu/languages/*.py",
    "nlu/languages/profile.xz",
)
"""Whatever of this changes makes another model."""


class RasaMissing(Exception):
    """Rasa's environment is not installed."""


def model_path() -> Path:
    """Return where the model for the present training data belongs; it may not be there yet."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in TRAINED_FROM for path in ROOT.glob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return MODELS.folder / f"{digest.hexdigest()[:16]}.tar.gz"


def ensure_model(say: Callable[[str], None]) -> Path:
    """Return the model to be used: the pinned one, or the one for the present training data, trained if need be."""
    pinned = MODELS.pinned()
    if pinned:
        say(f"model: {name_of(pinned)}, pinned; `rumbo nlu rollback --latest` goes back to the newest")
        return pinned
    path = model_path()
    if not path.exists():
        train_model(path, say)
    return path


def train_model(path: Path, say: Callable[[str], None]) -> None:
    """Train and keep the model; only a few earlier ones are kept beside it. Mistakes in the data are named first."""
    data = check_training(ROOT / "nlu" / "training", INTENTS)
    say(f"model: {len(data.utterances)} utterances to learn from; this takes about two minutes")
    for stage in run_rasa("nlu.train", str(path)):
        say(f"model: {stage}")
    MODELS.prune()


def run_rasa(module: str, *arguments: str) -> Iterator[str]:
    """Run a module in Rasa's environment and yield the stages it tells; raise on failure with what it said."""
    VAR.mkdir(exist_ok=True)
    log = VAR / f"{module}.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            rasa_command(module, *arguments),
            cwd=ROOT,
            env=rasa_environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if line.startswith("stage: "):
                    yield line.removeprefix("stage: ").strip()
        if process.wait() != 0:
            tail = "\n".join(log.read_text("utf-8").splitlines()[-15:])
            raise RuntimeError(f"{module} failed. The end of {log.relative_to(ROOT)}:\n{tail}")


def rasa_command(module: str, *arguments: str) -> list[str]:
    """Return the command line of a module in Rasa's environment."""
    if not RASA_PYTHON.exists():
        raise RasaMissing("Rasa's environment is not installed. Run `make setup` once.")
    return [str(RASA_PYTHON), "-W", "ignore", "-m", module, *arguments]


def rasa_environment() -> dict[str, str]:
    """Return the environment of Rasa's processes: nothing of ours that it has no use for, no telemetry, no noise."""
    secret = ("TWILIO_", "RUMBO_", "DATABASE_URL", "REDIS_URL", "PUBLIC_BASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
    cache = {"RASA_CACHE_DIRECTORY": str(VAR / "rasa-cache")}
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    return kept | cache | quiet | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
