"""Train the model with Rasa: `python -m nlu.train OUT.tar.gz`, in Rasa's environment, from the root of the repo.

Prints one line a stage, which the command line turns into progress. The archive appears only when it is whole.
"""

import logging
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

from nlu.progress import tell

ROOT = Path(__file__).resolve().parent.parent


def quieten() -> None:
    """Silence what Rasa and its libraries say at every start; called before they are imported."""
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false",
        TF_CPP_MIN_LOG_LEVEL="3",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        CUDA_VISIBLE_DEVICES="-1",
    )
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)


def train(training: list[Path], archive: Path) -> None:
    """Train on these files and folders; leave the model at `archive`."""
    quieten()
    tell("loading Rasa")
    from rasa.model_training import train_nlu

    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        for number, source in enumerate(training):
            (shutil.copytree if source.is_dir() else shutil.copy)(source, data / f"{number}-{source.name}")
        made = train_nlu(str(ROOT / "config.yml"), str(data), folder, fixed_model_name="model")
        if made is None:
            raise SystemExit("Rasa made no model. Check nlu/training for files it cannot read.")
        Path(made).replace(archive)
    tell("done")


if __name__ == "__main__":
    train([Path(source) for source in sys.argv[2:]] or [ROOT / "nlu" / "training"], Path(sys.argv[1]))
