"""Hears the language of each message inside Rasa, for the components after it and for whoever asked."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.languages.identifier import language_identifier

LANGUAGE = "language"
"""Output of a message: {"name": code or null, "mayan": probability that it is a Mayan language}."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class LanguageListener(GraphComponent):
    """Adds which language a message is in; the same identifier as in the web process."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to choose: the profile lies in nlu/languages."""
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageListener:
        """Create it; the profile comes with the repo."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the language to each message."""
        identifier = language_identifier()
        for message in messages:
            heard = identifier.hear(message.get(TEXT) or "")
            message.set(LANGUAGE, {"name": heard.language, "mayan": round(heard.mayan, 4)}, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the language to the training messages."""
        self.process(training_data.training_examples)
        return training_data
