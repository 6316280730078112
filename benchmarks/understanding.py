"""Measure the understanding by itself: `make bench`.

One client asks the NLU server about held-out messages one after the other, then the language identifier alone hears
them; prints the times, and the memory of the server.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.webhook import report
from nlu.client import NluServer
from nlu.evaluation import read_examples
from nlu.languages.identifier import language_identifier
from rumbo.models import ensure_model
from rumbo.processes import free_port, start_nlu, stop, wait_until
from rumbo.settings import VAR

HELD_OUT = (Path("tests/nlu/heldout_es.tsv"), Path("tests/nlu/heldout_es_hard.tsv"))
WARM_UP = 20
BUDGET_SECONDS = 10.0


def main() -> None:
    """Print the table."""
    texts = [example.text for path in HELD_OUT for example in read_examples(path)]
    port = free_port()
    process = start_nlu(ensure_model(print), port)
    try:
        server = NluServer(f"http://127.0.0.1:{port}", BUDGET_SECONDS)
        began = time.perf_counter()
        wait_until(server.is_ready, process, VAR / "log" / "nlu.log")
        ready = time.perf_counter() - began
        print(f"{'one client':<16}{'p50 ms':>8}{'p99 ms':>8}{'n':>6}")
        report("NLU server", timed(texts, lambda text: server.interpret(text, "es")))
        print(f"\nready after {ready:.0f} s, {_resident(process.pid):.0f} MB")
    finally:
        stop(process)
    ear = language_identifier()
    report("language alone", timed(texts, ear.hear))


def timed(texts: Sequence[str], ask: Callable[[str], object]) -> list[float]:
    """Return the seconds of each message, the quickest first; the first few messages are not counted."""
    seconds = []
    for text in texts:
        began = time.perf_counter()
        ask(text)
        seconds.append(time.perf_counter() - began)
    return sorted(seconds[WARM_UP:])


def _resident(pid: int) -> float:
    """Return the resident megabytes of a process, from Linux's /proc."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


if __name__ == "__main__":
    main()
