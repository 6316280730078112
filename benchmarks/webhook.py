"""Measure the webhook as it runs: `make bench`.

Starts the line, posts signed messages one after the other, and prints how long a menu digit and a new question take,
and the memory of each process. The figures are of one client on one machine: compare within one run.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.messages import Channel
from console.phone_message import PhoneMessage
from console.twilio_form import build_form
from nlu.evaluation import read_examples
from tests.running_line import Line, start_line, stop_line

MESSAGES = 300
WARM_UP = 20
HELD_OUT = Path("tests/nlu/heldout_es.tsv")


def main() -> None:
    """Print the table."""
    texts = [example.text for example in read_examples(HELD_OUT)]
    with tempfile.TemporaryDirectory() as folder:
        line = start_line(Path(folder))
        try:
            print(f"{'message':<16}{'p50 ms':>8}{'p99 ms':>8}{'n':>6}")
            report("menu digit", timed(line, lambda _: "3"))
            report("new question", timed(line, lambda number: texts[number % len(texts)]))
            print(f"\n{'process':<16}{'MB':>8}")
            for name, megabytes in memory(line.process.pid):
                print(f"{name:<16}{megabytes:>8.0f}")
        finally:
            stop_line(line)


def timed(line: Line, text: Callable[[int], str]) -> list[float]:
    """Return the seconds of each message, after some that are not counted; every message is a known sender's."""
    seconds = []
    for number in range(WARM_UP + MESSAGES):
        sender = f"+5025550{number % 50:04d}"
        form = build_form(PhoneMessage(Channel.WHATSAPP, sender, text(number)))
        began = time.perf_counter()
        line.say(form)
        seconds.append(time.perf_counter() - began)
    return sorted(seconds[WARM_UP:])


def report(name: str, seconds: Sequence[float]) -> None:
    """Print the middle and the slow end."""
    p50, p99 = (seconds[int(len(seconds) * share)] * 1000 for share in (0.5, 0.99))
    print(f"{name:<16}{p50:>8.1f}{p99:>8.1f}{len(seconds):>6}")


def memory(root: int) -> list[tuple[str, float]]:
    """Return the resident megabytes of every process below `rumbo up`, and its own."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss=,args="], capture_output=True, text=True, check=True).stdout
    rows = [row.split(None, 3) for row in listed.splitlines()]
    parents = {int(pid): int(parent) for pid, parent, _, _ in rows}

    def is_ours(pid: int) -> bool:
        return pid == root or (pid in parents and is_ours(parents[pid]))

    kinds = {"nlu.server": "nlu", "gunicorn": "web", "valkey": "redis", "redis": "redis", "rumbo up": "supervisor"}
    return [
        (next((kind for word, kind in kinds.items() if word in args), "other"), int(rss) / 1024)
        for pid, _, rss, args in rows
        if is_ours(int(pid))
    ]


if __name__ == "__main__":
    main()
