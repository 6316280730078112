"""Measure what editors wait for: `make bench`.

Prints the CPU time of `rumbo content check`, then how long a saved change takes until it is served while messages are
answered in the same process, by its own classifier. Compare within one run.
"""

import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median

from bot.conversation import Bot
from bot.messages import Channel, InboundMessage
from content.checks import load_catalogue
from content.reading import Reader
from content.reloading import LiveCatalogue
from nlu.training_data import read_training_data
from rumbo.settings import ROOT, read_settings
from rumbo.wiring import light_interpreter, local_bot

CHECKS = 5
CHANGES = 10
LOADS = (0, 50, 200)
"""Messages a second."""
THREADS = 8
PEOPLE = 200
FILE = "answers/es/conversation.yml"
LONGEST_WAIT = 30.0


def main() -> None:
    """Print both tables."""
    seconds = sorted(check_cpu() for _ in range(CHECKS))
    print(f"rumbo content check, CPU s   least {seconds[0]:.2f}   middle {median(seconds):.2f}   n {CHECKS}")
    print(f"\n{'messages/s':>10}{'middle s':>10}{'longest s':>10}{'n':>4}{'message p99 ms':>18}{'n':>6}")
    for per_second in LOADS:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(shutil.copytree(ROOT / "content", Path(folder) / "content"))
            report(per_second, *changes(root, per_second))


def check_cpu() -> float:
    """Return the user and system seconds of one content check."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "rumbo", "content", "check"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def changes(root: Path, per_second: int) -> tuple[list[float], list[float]]:
    """Return the seconds from each saving to serving, and of each message answered meanwhile."""
    today, reader = datetime.now(UTC).date(), Reader()
    live = LiveCatalogue(root, lambda: load_catalogue(root, today, reader), lambda _: None)
    bot = replace(local_bot(read_settings(), light_interpreter(), live()), catalogue=live)
    live.watch()
    took = []
    with people_writing(bot, per_second) as messages:
        for number in range(CHANGES):
            time.sleep(random.uniform(0.5, 1.5))  # anywhere between two looks
            took.append(change(root, live, f"Gracias {'abcdefghij'[number]}"))
    live.stop()
    return sorted(took), sorted(messages)


def change(root: Path, live: LiveCatalogue, title: str) -> float:
    """Save another title, and return the seconds until it is what is answered."""
    path = root / FILE
    was = live().answers["es", "thanks"].title
    text = path.read_text("utf-8").replace(f"title: {was}", f"title: {title}")
    began = time.perf_counter()
    path.write_text(text, "utf-8")
    while live().answers["es", "thanks"].title != title:
        if time.perf_counter() - began > LONGEST_WAIT:
            raise RuntimeError("the change is not served")
        time.sleep(0.005)
    return time.perf_counter() - began


@contextmanager
def people_writing(bot: Bot, per_second: int) -> Iterator[list[float]]:
    """Let people write training utterances evenly meanwhile; yields the seconds of each message as they come in."""
    texts = [utterance.text for utterance in read_training_data(ROOT / "nlu" / "training" / "es").utterances]
    ended, seconds, ids = threading.Event(), list[float](), count()

    def write(first: int) -> None:
        due = time.perf_counter() + first / per_second
        while not ended.wait(max(0.0, due - time.perf_counter())):
            number, began = next(ids), time.perf_counter()
            text = texts[number * 31 % len(texts)]
            bot.respond(InboundMessage(str(number), f"person {number % PEOPLE}", Channel.WHATSAPP, text))
            seconds.append(time.perf_counter() - began)
            due += THREADS / per_second

    threads = [threading.Thread(target=write, args=(first,)) for first in range(THREADS if per_second else 0)]
    for thread in threads:
        thread.start()
    try:
        yield seconds
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def report(per_second: int, took: list[float], messages: list[float]) -> None:
    """Print one line of the second table."""
    slow = f"{messages[int(len(messages) * 0.99)] * 1000:.1f}" if messages else "-"
    print(f"{per_second:>10}{median(took):>10.2f}{took[-1]:>10.2f}{len(took):>4}{slow:>18}{len(messages):>6}")


if __name__ == "__main__":
    main()
