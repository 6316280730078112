"""The entity extractor: names from lookup tables and synonyms, found in any spelling."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.entities import EntityFinder
from nlu.light import common_words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GazetteerEntityExtractor(EntityExtractorMixin, GraphComponent):
    """Extracts `place`, `language` and `country`; each entity's value is canonical."""

    def __init__(self, storage: ModelStorage, resource: Resource, names: dict[str, Any]) -> None:
        self._storage, self._resource, self._names = storage, resource, names
        self._finder = EntityFinder(
            names.get("lookups", {}), names.get("synonyms", {}), frozenset(names.get("known_words", ()))
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GazetteerEntityExtractor:
        """Create it without names."""
        return cls(model_storage, resource, {})

    def train(self, training_data: TrainingData) -> Resource:
        """Take the names over from the training data."""
        texts = Counter(example.get(TEXT) for example in training_data.intent_examples)
        names = {
            "lookups": {table["name"]: table["elements"] for table in training_data.lookup_tables},
            "synonyms": training_data.entity_synonyms,
            "known_words": sorted(common_words(texts)),
        }
        with self._storage.write_to(self._resource) as folder:
            (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> GazetteerEntityExtractor:
        """Load the names."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, json.loads((folder / "names.json").read_text("utf-8")))

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        for message in messages:
            entities = [
                {
                    "entity": found.kind,
                    "value": found.value,
                    "start": found.start,
                    "end": found.end,
                    "extractor": self.name,
                }
                for found in self._finder.find(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages

    @property
    def name(self) -> str:
        """The extractor's name, as Rasa writes it beside an entity."""
        return type(self).__name__
