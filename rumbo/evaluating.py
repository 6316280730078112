"""Run messages through the real bot, with the model's word on each, and see what the line does."""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue import Catalogue
from bot.interpretation import Interpretation
from bot.messages import Channel, InboundMessage
from bot.turns import Outcome, Turn
from nlu.client import NluServer, interpretation_of
from nlu.evaluation import Decision, Example
from rumbo.settings import Settings
from rumbo.wiring import local_bot

BATCH = 64
ANSWERING = frozenset({Outcome.ANSWERED, Outcome.COMMAND, Outcome.HANDOFF, Outcome.MENU})


def interpret_examples(server: NluServer, examples: Sequence[Example]) -> Iterator[Interpretation]:
    """Ask the server about all examples, some at a time."""
    for start in range(0, len(examples), BATCH):
        batch = [example.text for example in examples[start : start + BATCH]]
        yield from server.interpret_all(batch, "es")


def read_rankings(path: Path) -> Iterator[tuple[Example, Interpretation]]:
    """Read what cross-validated models said of utterances they had not seen."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Example(row["intent"], row["text"]), interpretation_of(row, "es")


def decide(
    settings: Settings, catalogue: Catalogue, pairs: Iterable[tuple[Example, Interpretation]]
) -> Iterator[Decision]:
    """Yield what the line does with each example as a stranger's first message."""
    for example, interpretation in pairs:
        bot = local_bot(settings, _Told(interpretation), catalogue)
        turn = bot.respond(InboundMessage(uuid.uuid4().hex, "evaluation", Channel.WHATSAPP, example.text))
        yield Decision(example, _predicted(turn), turn.confidence, turn.source.value)


@dataclass(frozen=True)
class _Told:
    """An interpreter that was told beforehand what the text means."""

    interpretation: Interpretation

    def interpret(self, text: str, locale: str) -> Interpretation:
        return self.interpretation


def _predicted(turn: Turn) -> str | None:
    return turn.intent if turn.outcome in ANSWERING else None
