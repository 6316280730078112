"""Ask the NLU server, within a time budget; when it does not answer, the light classifier does."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import urllib3

from bot.cleaning import clean
from bot.errors import InterpreterUnavailable
from bot.interpretation import Entity, EntityKind, Interpretation, Interpreter, ScoredIntent, Source

CONNECT_SECONDS = 0.25


class NluServer:
    """Speaks to the server in nlu/server.py over loopback. Threads may share it."""

    def __init__(self, url: str, budget_seconds: float, connections: int = 16) -> None:
        self._url = url.rstrip("/")
        self._timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=budget_seconds)
        self._pool = urllib3.PoolManager(maxsize=connections, retries=False)

    def interpret(self, text: str, locale: str) -> Interpretation:
        """Return the model's interpretation; raise InterpreterUnavailable past the budget or on any nonsense."""
        return self.interpret_all([text], locale)[0]

    def interpret_all(self, texts: list[str], locale: str) -> list[Interpretation]:
        """Return the interpretations of many texts at once."""
        body = json.dumps({"texts": [clean(text) for text in texts]}).encode()
        try:
            response = self._pool.request(
                "POST",
                f"{self._url}/parse",
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=self._timeout,
            )
            if response.status != 200:
                raise InterpreterUnavailable(f"the NLU server answered {response.status}")
            return [interpretation_of(result, locale) for result in response.json()["results"]]
        except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
            raise InterpreterUnavailable(type(error).__name__) from error

    def is_ready(self) -> bool:
        """Whether the server has its model loaded."""
        try:
            return self._pool.request("GET", f"{self._url}/health", timeout=self._timeout).status == 200
        except urllib3.exceptions.HTTPError:
            return False


def interpretation_of(result: Any, locale: str) -> Interpretation:
    """Read one result in Rasa's form."""
    return Interpretation(
        locale=locale,
        intents=tuple(ScoredIntent(str(i["name"]), float(i["confidence"])) for i in result["intent_ranking"]),
        entities=tuple(
            Entity(EntityKind(e["entity"]), str(e["value"]), str(result["text"])[e["start"] : e["end"]])
            for e in result["entities"]
        ),
        source=Source.MODEL,
    )


class WithFallback:
    """An interpreter that always answers: the first in time, else the second.

    After a failure the first is left alone for a moment, so that messages do not queue up behind a server that hangs.
    """

    def __init__(
        self, first: Interpreter, second: Interpreter, rest_seconds: float, on_degraded: Callable[[], None]
    ) -> None:
        self._first, self._second, self._rest = first, second, rest_seconds
        self._on_degraded = on_degraded
        self._resting_until = 0.0
        self._guard = threading.Lock()

    def interpret(self, text: str, locale: str) -> Interpretation:
        """Return the first interpreter's word, or the second's."""
        if time.monotonic() >= self._resting_until:
            try:
                return self._first.interpret(text, locale)
            except InterpreterUnavailable:
                with self._guard:
                    self._resting_until = time.monotonic() + self._rest
        self._on_degraded()
        return self._second.interpret(text, locale)
