"""Run messages through the real bot, with the model's word on each, and see what the line does."""

import json
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.catalogue import Catalogue
from bot.cleaning import clean
from bot.interpretation import Interpretation
from bot.messages import Channel, InboundMessage
from bot.turns import Outcome, Turn
from nlu.client import NluServer, interpretation_of
from nlu.evaluation import Decision, Example, Measure, read_examples
from nlu.training_data import read_training_data
from rumbo.models import run_rasa
from rumbo.processes import nlu_server
from rumbo.settings import ROOT, Settings
from rumbo.wiring import light_interpreter, local_bot

BATCH = 64
ANSWERING = frozenset({Outcome.ANSWERED, Outcome.COMMAND, Outcome.HANDOFF, Outcome.MENU})
STRANGER = "es"
"""The locale of someone the line knows nothing of; what the examples are written in is for it to find out."""
TRAINING = ROOT / "nlu" / "training"

PLANS = {
    "authors": "Training utterances in Spanish, author by author, read by a model that learnt from all the others.",
    "mayan": "Training utterances in Mayan languages, a quarter at a time, read by a model that learnt from the rest. "
    "Each language has one author, whose manner was learnt too: strangers are likely to fare worse.",
}
"""The plans of nlu/crossvalidate.py beside a number of folds."""


Say = Callable[[str], None]


def is_plan(text: str) -> bool:
    """Whether a text says how to cross-validate: a plan's name or a number of folds, 2 or more."""
    return text in PLANS or (text.isdecimal() and int(text) > 1)


@dataclass(frozen=True)
class Evaluator:
    """Measures the line as it is set up here."""

    settings: Settings
    catalogue: Catalogue
    say: Say

    def files(self, files: Sequence[Path], model: Path | None = None) -> Iterator[Measure]:
        """Measure a model, by default the one in use, on files of examples."""
        sets = {file: read_examples(file) for file in files}
        if not sets:
            return
        with nlu_server(self.say, model) as server:
            for file, examples in sets.items():
                yield self._of_file(file, zip(examples, interpret_examples(server, examples), strict=True))

    def files_light(self, files: Sequence[Path]) -> Iterator[Measure]:
        """Measure the light classifier on files of examples."""
        interpreter = light_interpreter()
        for file in files:
            pairs = ((e, interpreter.interpret(clean(e.text), STRANGER)) for e in read_examples(file))
            yield self._of_file(file, pairs)

    def left_out(self, plan: str) -> Measure:
        """Measure models on the training utterances they were not shown."""
        with tempfile.TemporaryDirectory() as folder:
            rankings = Path(folder) / "rankings.jsonl"
            for stage in run_rasa("nlu.crossvalidate", str(TRAINING), plan, str(rankings)):
                self.say(stage)
            decisions = tuple(self.decide(read_rankings(rankings)))
        about = PLANS.get(plan, f"Training utterances in Spanish, in {plan} folds with those alike kept together.")
        return Measure(plan if plan in PLANS else f"{plan} folds", about, decisions)

    def _of_file(self, file: Path, pairs: Iterable[tuple[Example, Interpretation]]) -> Measure:
        return Measure(file.stem, f"Messages of {file}.", tuple(self.decide(pairs)))

    def decide(self, pairs: Iterable[tuple[Example, Interpretation]]) -> Iterator[Decision]:
        """Yield what the line does with each example as a stranger's first message."""
        for example, interpretation in pairs:
            bot = local_bot(self.settings, _Told(interpretation), self.catalogue)
            turn = bot.respond(InboundMessage(uuid.uuid4().hex, "evaluation", Channel.WHATSAPP, example.text))
            top = interpretation.intents[0] if interpretation.intents else None
            yield Decision(example, _predicted(turn), turn.confidence, turn.source.value, top)


def interpret_examples(server: NluServer, examples: Sequence[Example]) -> Iterator[Interpretation]:
    """Ask the server about all examples, some at a time."""
    for start in range(0, len(examples), BATCH):
        batch = [example.text for example in examples[start : start + BATCH]]
        yield from server.interpret_all(batch, STRANGER)


def read_rankings(path: Path) -> Iterator[tuple[Example, Interpretation]]:
    """Read what cross-validated models said of utterances they had not seen."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            example = Example(row["intent"], row["text"], row["locale"], row["register"])
            yield example, interpretation_of(row, STRANGER)


def trained_intents() -> dict[str, frozenset[str]]:
    """Return the intents that each locale has training utterances for."""
    folders = [folder for folder in TRAINING.iterdir() if folder.is_dir()]
    return {f.name: frozenset(u.intent for u in read_training_data(f).utterances) for f in sorted(folders)}


@dataclass(frozen=True)
class _Told:
    """An interpreter that was told beforehand what the text means."""

    interpretation: Interpretation

    def interpret(self, text: str, locale: str) -> Interpretation:
        return replace(self.interpretation, locale=locale)


def _predicted(turn: Turn) -> str | None:
    return turn.intent if turn.outcome in ANSWERING else None
