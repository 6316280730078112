"""Writes each message as it was meant, beside how it was written: views to match by, never text that anybody reads."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.spelling import sounds, words

SPELT = "text_spelt"
"""The words with apostrophes, capitals, accents and drawn-out letters undone and abbreviations written out."""
SOUNDING = "text_sounding"
"""The same, letters that sound alike written alike."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MessageNormalizer(GraphComponent):
    """Adds two views of a message; the text itself stays, accents and all, for the sentence encoder."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to choose: the rules lie in bot/spelling.py."""
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageNormalizer:
        """Create it."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the views to each message."""
        for message in messages:
            spelt = words(message.get(TEXT) or "")
            message.set(SPELT, " ".join(spelt))
            message.set(SOUNDING, " ".join(map(sounds, spelt)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the views to the training messages."""
        self.process(training_data.training_examples)
        return training_data
