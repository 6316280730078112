"""A trained model, called as a graph: many texts in one run. Runs in Rasa's environment."""

import tempfile
from pathlib import Path
from typing import Any

from nlu.train import quieten


class Model:
    """Loads an archive that Rasa trained and parses batches of texts with it."""

    def __init__(self, archive: Path) -> None:
        quieten()
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.loader import load_predict_graph_runner
        from rasa.engine.runner.dask import DaskGraphRunner
        from rasa.engine.storage.local_model_storage import LocalModelStorage

        self._message = UserMessage
        self._folder = tempfile.TemporaryDirectory()
        metadata, self._runner = load_predict_graph_runner(
            Path(self._folder.name), archive, LocalModelStorage, DaskGraphRunner
        )
        self._target = metadata.nlu_target

    def parse(self, texts: list[str]) -> list[dict[str, Any]]:
        """Return intent ranking and entities of each text, in Rasa's form.

        Rasa reads a text starting with "/" as a literal intent, so such a text gets a space before it.
        """
        escaped = [f" {text}" if text.startswith("/") else text or " " for text in texts]
        messages = [self._message(text=text) for text in escaped]
        parsed = self._runner.run(inputs={"__message__": messages, "__tracker__": None}, targets=[self._target])
        return [_as_json(message, text) for message, text in zip(parsed[self._target], texts, strict=True)]


def _as_json(message: Any, text: str) -> dict[str, Any]:
    data = message.as_dict(only_output_properties=True)
    return {"text": text, "intent_ranking": data.get("intent_ranking", []), "entities": data.get("entities", [])}
