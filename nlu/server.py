"""The NLU server: `python -m nlu.server MODEL --port N`, in Rasa's environment, on loopback only.

    POST /parse   {"text": "..."} or {"texts": [...]} -> {"results": [{"text", "intent_ranking", "entities"}]}
    GET /health   {"status": "ok"}

Messages that wait while the model works are taken together as the next batch: the cost a message falls steeply in a
batch. Bad input is refused with 400; a text is cut to 1,000 characters, beyond which Rasa only gets slower.
"""

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aiohttp import web

from nlu.model import Model

MAX_CHARACTERS = 1000
MAX_TEXTS = 256
MAX_BODY = 2 * 1024 * 1024
MAX_BATCH = 32

Job = tuple[list[str], "asyncio.Future[list[dict[str, Any]]]"]


class Batcher:
    """Feeds one model from one thread, with all that waits at a time."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    async def parse(self, texts: list[str]) -> list[dict[str, Any]]:
        """Return the results of texts once their batch is done."""
        done: asyncio.Future[list[dict[str, Any]]] = asyncio.get_running_loop().create_future()
        await self._jobs.put((texts, done))
        return await done

    async def run(self) -> None:
        """Work for ever."""
        while True:
            await self._work([await self._jobs.get()])

    async def _work(self, jobs: list[Job]) -> None:
        while not self._jobs.empty() and sum(len(texts) for texts, _ in jobs) < MAX_BATCH:
            jobs.append(self._jobs.get_nowait())
        # Whoever asked may have given up: their texts need not be read any more.
        jobs = [job for job in jobs if not job[1].done()]
        texts = [text for job_texts, _ in jobs for text in job_texts]
        loop = asyncio.get_running_loop()
        try:
            results = await loop.run_in_executor(self._thread, self._model.parse, texts) if texts else []
        except Exception as error:
            for _, done in jobs:
                if not done.done():
                    done.set_exception(RuntimeError(type(error).__name__))
            return
        for job_texts, done in jobs:
            mine, results = results[: len(job_texts)], results[len(job_texts) :]
            if not done.done():
                done.set_result(mine)


def create_app(model: Model) -> web.Application:
    """Return the application around a loaded model."""
    batcher = Batcher(model)

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def parse(request: web.Request) -> web.Response:
        texts = await _texts(request)
        try:
            return web.json_response({"results": await batcher.parse(texts)})
        except RuntimeError as error:
            return web.json_response({"error": f"the model failed: {error}"}, status=500)

    async def work(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(batcher.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    app = web.Application(client_max_size=MAX_BODY)
    app.cleanup_ctx.append(work)
    app.add_routes([web.get("/health", health), web.post("/parse", parse)])
    return app


async def _texts(request: web.Request) -> list[str]:
    try:
        body = await request.json()
    except (ValueError, UnicodeDecodeError) as error:
        raise web.HTTPBadRequest(text="The body is not JSON.") from error
    texts = body.get("texts", [body.get("text")]) if isinstance(body, dict) else None
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise web.HTTPBadRequest(text='Send {"text": "..."} or {"texts": ["...", ...]}.')
    if len(texts) > MAX_TEXTS:
        raise web.HTTPBadRequest(text=f"At most {MAX_TEXTS} texts at a time.")
    return [text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode("utf-8") for text in texts]


def main() -> None:
    """Load the model, say a first word to it, then serve."""
    parser = argparse.ArgumentParser(description="Serve a trained model on loopback.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    model = Model(arguments.model)
    model.parse(["hola"])
    web.run_app(create_app(model), host="127.0.0.1", port=arguments.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
