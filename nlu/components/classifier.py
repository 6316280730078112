"""The intent classifier: one linear margin an intent, and a confidence that means what it says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

RANKING = 10
"""Intents named in the ranking."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """A linear support vector machine over all features.

    Its margins become confidences by a softmax whose one scale is fitted on messages left out of training
    (temperature scaling), so that of answers given with 0.8 about four in five are right.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C` trades a wide margin against training errors; `folds` are used to fit the scale."""
        return {"C": 0.5, "folds": 3, "random_state": 7}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._intents: list[str] = []
        self._weights = np.zeros((0, 0), np.float32)
        self._offsets = np.zeros(0, np.float32)
        self._scale = 1.0

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Create it untrained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the margins, and the scale of the confidences on messages left out."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        features = _features(examples)
        intents = np.array([example.get(INTENT) for example in examples])
        machine = self._machine().fit(features, intents)
        self._intents = [str(name) for name in machine.classes_]
        self._weights = machine.coef_.astype(np.float32)
        self._offsets = machine.intercept_.astype(np.float32)
        self._scale = self._fit_scale(features, intents)
        self._persist()
        return self._resource

    def _machine(self) -> LinearSVC:
        return LinearSVC(C=self._config["C"], random_state=self._config["random_state"])

    def _fit_scale(self, features: scipy.sparse.csr_matrix, intents: np.ndarray) -> float:
        """Return the softmax scale under which left-out messages are likeliest."""
        smallest = min(np.unique(intents, return_counts=True)[1])
        folds = min(self._config["folds"], int(smallest))
        if folds < 2:
            return 1.0
        split = StratifiedKFold(folds, shuffle=True, random_state=self._config["random_state"])
        margins = np.zeros((len(intents), len(self._intents)), np.float32)
        for inside, outside in split.split(features, intents):
            margins[outside] = (
                self._machine().fit(features[inside], intents[inside]).decision_function(features[outside])
            )
        right = np.array([self._intents.index(name) for name in intents])

        def surprise(scale: float) -> float:
            scores = margins * scale
            scores = scores - scores.max(axis=1, keepdims=True)
            return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(right)), right]))

        return float(minimize_scalar(surprise, bounds=(0.5, 50.0), method="bounded").x)

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "margins.npz", weights=self._weights, offsets=self._offsets)
            (folder / "intents.json").write_text(json.dumps({"intents": self._intents, "scale": self._scale}), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> LinearIntentClassifier:
        """Load what was learnt."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            learnt = json.loads((folder / "intents.json").read_text("utf-8"))
            with np.load(folder / "margins.npz") as margins:
                component._weights, component._offsets = margins["weights"].T.copy(), margins["offsets"]
        component._intents, component._scale = learnt["intents"], learnt["scale"]
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the intents of each message; a message without any feature gets none."""
        if not messages:
            return messages
        margins = np.asarray(_features(messages) @ self._weights) + self._offsets
        scores = np.exp((margins - margins.max(axis=1, keepdims=True)) * self._scale)
        confidences = scores / scores.sum(axis=1, keepdims=True)
        for message, row in zip(messages, confidences, strict=True):
            best = np.argsort(-row)[:RANKING]
            ranking = [{"name": self._intents[index], "confidence": float(row[index])} for index in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _features(messages: list[Message]) -> scipy.sparse.csr_matrix:
    """Return one row a message: sparse features beside dense ones."""
    rows = []
    for message in messages:
        sparse = message.get_sparse_features(TEXT)[1]
        dense = message.get_dense_features(TEXT)[1]
        parts = [part.features for part in (sparse, dense) if part is not None]
        rows.append(scipy.sparse.hstack([scipy.sparse.csr_matrix(part) for part in parts], dtype=np.float32))
    return scipy.sparse.vstack(rows).tocsr()
