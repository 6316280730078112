"""Compare pipelines inside Rasa, on the same data in one run: `make compare`.

Three pipelines, each without and with our sentence encoder: the two in `benchmarks/pipelines/` and `config.yml`. All
are trained on the Spanish training data less the voices left out, and choosing among them goes by those voices only;
the held-out files are reported beside them. Each runs in a process of its own, so that neither memory nor TensorFlow
mix. Runs in Rasa's environment, from the root of the repo.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from sklearn.metrics import accuracy_score, f1_score

from nlu.evaluation import Example, read_examples
from nlu.model import Model
from nlu.train import quieten
from nlu.training_data import read_training_data

SPANISH = Path("nlu/training/es")
LEFT_OUT = ("voices/transit.yml", "voices/hurried.yml")
HELD_OUT = (Path("tests/nlu/heldout_es.tsv"), Path("tests/nlu/heldout_es_hard.tsv"))
OURS = Path("config.yml")
OTHERS = Path("benchmarks/pipelines")
ROWS = Path("var/pipelines.jsonl")
VIEWS = "nlu.components.normalizer.MessageNormalizer"
ENCODER = "nlu.components.features.SentenceEncoderFeaturizer"

BATCH = 64
TIMED, WARM_UP = 300, 20

Config = dict[str, Any]


@dataclass(frozen=True)
class Score:
    """How often the top intent was right, confidence disregarded; macro-F1 is over the intents expected."""

    n: int
    accuracy: float
    macro_f1: float


@dataclass(frozen=True)
class Row:
    """What one pipeline was measured to do; `outcome` says so, or why there are no figures."""

    name: str
    components: list[Config]
    outcome: str
    at: str
    trained_on: int = 0
    scores: dict[str, Score] = field(default_factory=dict)
    train_s: float = 0.0
    train_cpu_s: float = 0.0
    """Of all threads: on a busy machine it says more than the clock."""
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    p50_cpu_ms: float = 0.0
    model_mb: float = 0.0
    peak_mb: float = 0.0


def pipelines() -> dict[str, Config]:
    """Return every pipeline by its name."""
    ours = _read(OURS)
    others = {path.stem: _read(path) for path in sorted(OTHERS.glob("*.yml"))}
    with_encoder = {f"{name}_encoder": add_encoder(config) for name, config in others.items()}
    return others | with_encoder | {"spelling_linear": drop_encoder(ours), "spelling_linear_encoder": ours}


def _read(path: Path) -> Config:
    config: Config = yaml.safe_load(path.read_text("utf-8"))
    return config


def add_encoder(config: Config) -> Config:
    """Put the encoder, as it comes, before the classifier, which is last; the views it reads are made first.

    The weight in `config.yml` was chosen beside our own features, and says nothing of others.
    """
    *featurizers, classifier = config["pipeline"]
    return config | {"pipeline": [{"name": VIEWS}, *featurizers, {"name": ENCODER}, classifier]}


def drop_encoder(config: Config) -> Config:
    """Leave the encoder out."""
    kept = [component for component in config["pipeline"] if component["name"] != ENCODER]
    if kept == config["pipeline"]:
        raise SystemExit(f"{OURS} has no {ENCODER} to leave out. Say its new name in {__file__}.")
    return config | {"pipeline": kept}


def measure(name: str, config: Config, left_out: Sequence[str]) -> Row:
    """Train the pipeline in this process and measure it."""
    utterances = read_training_data(SPANISH).utterances
    voices = [Example(utterance.intent, utterance.text) for utterance in utterances if utterance.file in left_out]
    if {utterance.file for utterance in utterances}.isdisjoint(left_out):
        raise SystemExit(f"No utterance stands in {', '.join(left_out)}. Name files below {SPANISH}.")
    with tempfile.TemporaryDirectory() as folder:
        archive, seconds, cpu_seconds = train(config, left_out, Path(folder))
        model = Model(archive)
        sets = {"voices left out": voices} | {path.stem: read_examples(path) for path in HELD_OUT}
        p50, p99, p50_cpu = time_messages(model, [example.text for example in voices])
        return Row(
            name=name,
            components=config["pipeline"],
            outcome="measured",
            at=_now(),
            trained_on=len(utterances) - len(voices),
            scores={title: score(model, examples) for title, examples in sets.items()},
            train_s=round(seconds, 1),
            train_cpu_s=round(cpu_seconds, 1),
            p50_ms=round(p50, 2),
            p99_ms=round(p99, 2),
            p50_cpu_ms=round(p50_cpu, 2),
            model_mb=round(archive.stat().st_size / 1e6, 1),
            peak_mb=round(_peak_mb()),
        )


def train(config: Config, left_out: Sequence[str], folder: Path) -> tuple[Path, float, float]:
    """Train without the files left out; return the archive, the seconds and the processor's seconds."""
    quieten()
    from rasa.model_training import train_nlu

    data, described = folder / "data", folder / "config.yml"
    shutil.copytree(SPANISH, data)
    for file in left_out:
        (data / file).unlink()
    described.write_text(yaml.safe_dump(config), "utf-8")
    began, cpu_began = time.perf_counter(), time.process_time()
    made = train_nlu(str(described), str(data), str(folder), fixed_model_name="model")
    if made is None:
        raise SystemExit("Rasa made no model.")
    return Path(made), time.perf_counter() - began, time.process_time() - cpu_began


def score(model: Model, examples: Sequence[Example]) -> Score:
    """Return how well the model's first choice does."""
    expected = [example.intent for example in examples]
    chosen = list(top_intents(model, [example.text for example in examples]))
    f1 = f1_score(expected, chosen, labels=sorted(set(expected)), average="macro", zero_division=0)
    return Score(len(examples), round(accuracy_score(expected, chosen), 4), round(float(f1), 4))


def top_intents(model: Model, texts: Sequence[str]) -> Iterator[str]:
    """Yield the first intent of each text's ranking, or nothing's name when there is no ranking."""
    for start in range(0, len(texts), BATCH):
        for parsed in model.parse(list(texts[start : start + BATCH])):
            yield parsed["intent_ranking"][0]["name"] if parsed["intent_ranking"] else ""


def time_messages(model: Model, texts: Sequence[str]) -> tuple[float, float, float]:
    """Parse messages taken evenly from all, one at a time.

    Return the middle and the slow end by the clock and the middle by the processor, in milliseconds.
    """
    spread = texts[:: max(1, len(texts) // (TIMED + WARM_UP))][: TIMED + WARM_UP]
    clock, processor = [], []
    for text in spread:
        began, cpu_began = time.perf_counter(), time.process_time()
        model.parse([text])
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - cpu_began) * 1000)
    counted, cpu_counted = sorted(clock[WARM_UP:]), sorted(processor[WARM_UP:])
    p50, p99 = (counted[int(len(counted) * share)] for share in (0.5, 0.99))
    return p50, p99, cpu_counted[len(cpu_counted) // 2]


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if platform.system() == "Darwin" else peak * 1024 / 1e6  # bytes there, kibibytes elsewhere.


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def run_apart(name: str, config: Config, left_out: Sequence[str], limit: float) -> Row:
    """Measure in a child process, stopped after `limit` minutes; a row without figures says what went wrong."""
    nothing = Row(name, config["pipeline"], "", _now())
    # Rasa would take components it trained before from its cache, and training would seem to take no time.
    environment = os.environ | {"RASA_MAX_CACHE_SIZE": "0"}
    command = [sys.executable, "-m", "benchmarks.pipelines", "--inside", name, "--leave-out", *left_out]
    try:
        done = subprocess.run(
            command, input=json.dumps(config), capture_output=True, text=True, timeout=limit * 60, env=environment
        )
    except subprocess.TimeoutExpired:
        return replace(nothing, outcome=f"stopped after {limit:g} minutes")
    if done.returncode:
        return replace(nothing, outcome=f"failed: {(done.stderr.strip() or 'it said nothing').splitlines()[-1]}")
    return row_from(json.loads(done.stdout.splitlines()[-1]))


def row_from(data: dict[str, Any]) -> Row:
    """Read a row that was written as JSON."""
    return Row(**data | {"scores": {title: Score(**values) for title, values in data["scores"].items()}})


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    titles = list(dict.fromkeys(title for row in rows for title in row.scores))
    counts = {title: score.n for row in rows for title, score in row.scores.items()}
    heads = [f"{title} (n {counts[title]})" for title in titles]
    columns = ["pipeline", *heads, "train s (cpu s)", "p50 / p99 ms (cpu p50)", "model MB", "peak MB"]
    lines = [columns, ["---"] * len(columns), *([row_title(row), *_cells(row, titles)] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def row_title(row: Row) -> str:
    """Name the pipeline, with its epochs if it has any, and what kept it from being measured."""
    epochs = [f", {component['epochs']} epochs" for component in row.components if "epochs" in component]
    return f"{row.name}{''.join(epochs)}" + ("" if row.scores else f": {row.outcome}")


def _cells(row: Row, titles: Sequence[str]) -> list[str]:
    if not row.scores:
        return ["-"] * (len(titles) + 4)
    scores = [f"{row.scores[title].accuracy:.3f} / {row.scores[title].macro_f1:.3f}" for title in titles]
    speed = [
        f"{row.train_s:.0f} ({row.train_cpu_s:.0f})",
        f"{row.p50_ms:.1f} / {row.p99_ms:.1f} ({row.p50_cpu_ms:.1f})",
    ]
    return [*scores, *speed, f"{row.model_mb:.1f}", f"{row.peak_mb:.0f}"]


def compare(names: Sequence[str], left_out: Sequence[str], limit: float) -> None:
    """Measure one pipeline after the other; write each row at once, and print the table at the end."""
    known = pipelines()
    rows = []
    ROWS.parent.mkdir(exist_ok=True)
    for name in names or known:
        print(f"measuring {name}", flush=True)
        rows.append(run_apart(name, known[name], left_out, limit))
        with ROWS.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(rows[-1]), ensure_ascii=False) + "\n")
    print(f"\nAccuracy / macro-F1 of the top intent. Left out: {', '.join(left_out)}; choose by them only.\n")
    print(table(rows))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipelines", description="Compare pipelines in Rasa.")
    parser.add_argument("--only", action="append", choices=list(pipelines()), default=[], help="this pipeline; repeat")
    parser.add_argument("--leave-out", nargs="+", default=list(LEFT_OUT), help=f"files below {SPANISH} (%(default)s)")
    parser.add_argument("--limit", type=float, default=25, help="minutes for each pipeline (%(default)s)")
    parser.add_argument("--inside", help=argparse.SUPPRESS)  # the child: reads the pipeline, prints its row.
    given = parser.parse_args()
    if given.inside:
        print(json.dumps(asdict(measure(given.inside, json.load(sys.stdin), given.leave_out))), flush=True)
    else:
        compare(given.only, given.leave_out, given.limit)


if __name__ == "__main__":
    main()
