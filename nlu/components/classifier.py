"""The intent classifier: one linear margin an intent, and a confidence that means what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
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

from bot.languages import MOSTLY_MAYAN
from nlu.components.language import LANGUAGE
from nlu.progress import tell

RANKING = 10
"""Intents named in the ranking."""

SPANISH, MAYAN = "spanish", "mayan"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """A linear support vector machine over all features; one for Spanish, one that has read the Mayan languages too.

    Its margins become confidences by a softmax whose one scale is fitted on messages left out of training
    (temperature scaling), so that of answers given with 0.8 about four in five are right. Spanish messages have margins
    of their own because one machine for all costs them a point (docs/nlu.md).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C` trades a wide margin against training errors.

        The confidences of Spanish messages are scaled on one of `folds`, those of Mayan ones on the languages
        `scaled_on`.
        """
        return {"C": 0.5, "folds": 3, "scaled_on": ["cak", "mam"], "random_state": 7}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._margins: dict[str, Margins] = {}

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
        """Fit the margins of each group, and the scale of its confidences on messages left out."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        features = _features(examples)
        intents = np.array([example.get(INTENT) for example in examples])
        is_spanish = np.array([_group(example) == SPANISH for example in examples])
        spanish = np.flatnonzero(is_spanish)
        tell("fitting the intents in Spanish")
        self._margins = {SPANISH: self._fit(features[spanish], intents[spanish], self._fold(intents[spanish]))}
        if len(spanish) < len(examples):
            # Mayan messages mix Spanish nouns in, so their machine reads everything. It is scaled on whole languages
            # left out: what people write is farther from our drafts than these are from each other.
            tell("fitting the intents in the Mayan languages")
            left_out = ~is_spanish & np.isin([_name(example) for example in examples], self._config["scaled_on"])
            self._margins[MAYAN] = self._fit(features, intents, left_out)
        self._persist()
        return self._resource

    def _fit(self, features: scipy.sparse.csr_matrix, intents: np.ndarray, left_out: np.ndarray) -> Margins:
        machine = self._machine().fit(features, intents)
        names = [str(name) for name in machine.classes_]
        scale = self._fit_scale(features, intents, left_out) if left_out.any() else 1.0
        return Margins(names, machine.coef_.astype(np.float32).T.copy(), machine.intercept_.astype(np.float32), scale)

    def _machine(self) -> LinearSVC:
        return LinearSVC(C=self._config["C"], random_state=self._config["random_state"])

    def _fold(self, intents: np.ndarray) -> np.ndarray:
        """Return which messages are one fold; none where an intent has too few."""
        chosen = np.zeros(len(intents), bool)
        folds = min(self._config["folds"], int(min(np.unique(intents, return_counts=True)[1])))
        if folds > 1:
            split = StratifiedKFold(folds, shuffle=True, random_state=self._config["random_state"])
            chosen[next(split.split(intents, intents))[1]] = True
        return chosen

    def _fit_scale(self, features: scipy.sparse.csr_matrix, intents: np.ndarray, left_out: np.ndarray) -> float:
        """Return the softmax scale under which the messages left out are likeliest."""
        machine = self._machine().fit(features[~left_out], intents[~left_out])
        names = [str(name) for name in machine.classes_]
        known = left_out & np.isin(intents, names)
        margins = machine.decision_function(features[known])
        right = np.array([names.index(name) for name in intents[known]])

        def surprise(scale: float) -> float:
            scores = margins * scale
            scores = scores - scores.max(axis=1, keepdims=True)
            return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(right)), right]))

        return float(minimize_scalar(surprise, bounds=(0.5, 50.0), method="bounded").x)

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            for group, margins in self._margins.items():
                np.savez(folder / f"{group}.npz", weights=margins.weights, offsets=margins.offsets)
                told = {"intents": margins.intents, "scale": margins.scale}
                (folder / f"{group}.json").write_text(json.dumps(told), "utf-8")

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
            for path in sorted(folder.glob("*.json")):
                told = json.loads(path.read_text("utf-8"))
                with np.load(path.with_suffix(".npz")) as kept:
                    component._margins[path.stem] = Margins(
                        told["intents"], kept["weights"], kept["offsets"], told["scale"]
                    )
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the intents of each message."""
        for group in {_group(message) for message in messages}:
            margins = self._margins.get(group) or self._margins[SPANISH]
            margins.rank([message for message in messages if _group(message) == group])
        return messages


@dataclass(frozen=True)
class Margins:
    """One machine's weights by feature and intent, and the scale that makes its margins confidences."""

    intents: list[str]
    weights: np.ndarray
    offsets: np.ndarray
    scale: float

    def rank(self, messages: list[Message]) -> None:
        """Set the ranking of each message."""
        scores = (self._of(messages) + self.offsets) * self.scale
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        confidences = weights / weights.sum(axis=1, keepdims=True)
        for message, row in zip(messages, confidences, strict=True):
            best = np.argsort(-row)[:RANKING]
            ranking = [{"name": self.intents[index], "confidence": float(row[index])} for index in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)

    def _of(self, messages: list[Message]) -> np.ndarray:
        """Return the margins, sparse and dense features multiplied apart: joining them costs more than the product."""
        sparse, dense = _parts(messages)
        margins = np.zeros((len(messages), len(self.intents)), np.float32)
        if sparse is not None:
            margins += sparse @ self.weights[: sparse.shape[1]]
        if dense is not None:
            margins += dense @ self.weights[-dense.shape[1] :]
        return margins


def _group(message: Message) -> str:
    """Return whose margins judge a message."""
    return MAYAN if (message.get(LANGUAGE) or {}).get("mayan", 0.0) > MOSTLY_MAYAN else SPANISH


def _name(message: Message) -> str:
    return str((message.get(LANGUAGE) or {}).get("name"))


def _features(messages: list[Message]) -> scipy.sparse.csr_matrix:
    """Return one row a message: sparse features beside dense ones."""
    parts = [scipy.sparse.csr_matrix(part) for part in _parts(messages) if part is not None]
    return scipy.sparse.hstack(parts, dtype=np.float32).tocsr()


def _parts(messages: list[Message]) -> tuple[scipy.sparse.csr_matrix | None, np.ndarray | None]:
    """Return the sparse and the dense features, one row a message."""
    sparse = [part.features for message in messages if (part := message.get_sparse_features(TEXT)[1]) is not None]
    dense = [part.features for message in messages if (part := message.get_dense_features(TEXT)[1]) is not None]
    # In single precision as the weights are: else every product would first copy all the weights.
    joined = (sparse[0] if len(sparse) == 1 else scipy.sparse.vstack(sparse)).tocsr() if sparse else None
    return None if joined is None else joined.astype(np.float32), np.vstack(dense) if dense else None
