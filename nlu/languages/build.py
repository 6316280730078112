"""Build the language profile: `python -m nlu.languages.build FOLDER [--measure]`, in Rasa's environment.

FOLDER holds language material as `sources.py` reads it; Spanish as people write it is added from nlu/training/es. Only
derived figures are written: counts of letter runs, margins between languages, and lists of attested words.
`--measure` builds from nine tenths, writes nothing, and prints how well what was left out is heard.
"""

import argparse
import json
import lzma
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse
from scipy.optimize import minimize_scalar
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from nlu.languages.attestation import FOLDER as ATTESTED
from nlu.languages.identifier import PROFILE, LanguageIdentifier, Profile, runs
from nlu.languages.letters import bare, without_accents, without_apostrophes, words
from nlu.languages.sources import Sentence, sentences, terms, word_forms
from nlu.progress import tell
from nlu.training_data import read_training_data

ANSWERED = ("quc", "kek", "mam", "cak", "kjb", "ixl")
"""Mayan languages whose attested words are kept: we write in these."""

SPEAKERS = {
    "es": 15.0, "quc": 1.0, "kek": 1.0, "mam": 0.6, "cak": 0.4, "kjb": 0.17, "poh": 0.13, "ixl": 0.12, "acr": 0.12,
    "tzj": 0.08, "cac": 0.06, "jac": 0.035, "poc": 0.011, "agu": 0.01, "qum": 0.004, "ttc": 0.003, "itz": 0.002,
}  # fmt: skip
"""How many people speak each, in millions; orders of magnitude (census of 2018)."""

LEAST_COUNT = 5
SMOOTHING = 0.05
PRIOR_WEIGHT = 5.0
MARGIN_WEIGHT = 20.0
COUNTS_STEP, MARGINS_STEP = 0.5, 0.1
LEAST_MARGIN = 0.25
LEFT_OUT = 10
"""One in so many sentences is left out to fit the scale of the probabilities, or to measure."""

# Popti' material is an older spelling; people write the one the Academy of Mayan Languages set.
_POPTI = (
    (re.compile("qu(?=[ei])"), "k"),
    (re.compile("c(?!h)"), "k"),
    (re.compile("ẍ"), "xh"),
    (re.compile("n̈"), "nh"),
)


def views(sentence: Sentence) -> list[str]:
    """Return a sentence as written, without apostrophes, and without accents; Popti' in today's spelling as well."""
    text = " ".join(words(sentence.text))
    texts = [text]
    if sentence.locale == "jac":
        for pattern, letters in _POPTI:
            text = pattern.sub(letters, text)
        texts.append(text)
    return list(dict.fromkeys(v for t in texts for v in (t, without_apostrophes(t), bare(t)) if v))


def material(folder: Path, training: Path) -> list[Sentence]:
    """Return every sentence once; of the terms only those of several words, single ones say little."""
    ours = [Sentence("es", "ours", u.text) for u in read_training_data(training).utterances]
    phrases = [term for term in terms(folder) if len(words(term.text)) > 1]
    whole = [replace(s, text=" ".join(words(s.text))) for s in (*sentences(folder), *phrases, *ours)]
    return [s for s in dict.fromkeys(whole) if s.text]


def count_runs(texts: Sequence[str], known: dict[str, int] | None = None) -> tuple[scipy.sparse.csr_matrix, list[str]]:
    """Return the runs of each text as a matrix, and their names."""
    vocabulary: dict[str, int] = known if known is not None else {}
    columns, starts = [], [0]
    for text in texts:
        for word in text.split():
            for run in runs(word):
                column = vocabulary.get(run)
                if column is None and known is None:
                    column = vocabulary[run] = len(vocabulary)
                if column is not None:
                    columns.append(column)
        starts.append(len(columns))
    ones = np.ones(len(columns), np.float32)
    matrix = scipy.sparse.csr_matrix((ones, columns, starts), shape=(len(texts), len(vocabulary)))
    matrix.sum_duplicates()
    return matrix, list(vocabulary)


def write_profile(learnt: Sequence[Sentence], left_out: Sequence[Sentence], path: Path) -> float:
    """Learn, fit the scale of the probabilities on sentences left out, write the profile; return the scale."""
    head, names, figures = learn(learnt)
    _write(path, head, names, figures)
    scale = _fit_scale(path, left_out)
    _write(path, head | {"scale": scale}, names, figures)
    return scale


def learn(learnt: Sequence[Sentence]) -> tuple[dict[str, object], list[str], np.ndarray]:
    """Return the profile's head, its runs and their figures."""
    pairs = [(s.locale, view) for s in learnt for view in views(s)]
    languages = sorted({locale for locale, _ in pairs})
    label = np.array([languages.index(locale) for locale, _ in pairs])
    matrix, names = count_runs([text for _, text in pairs])
    frequent = np.asarray(matrix.sum(axis=0)).ravel() >= LEAST_COUNT
    matrix, names = matrix[:, frequent], [name for name, keep in zip(names, frequent, strict=True) if keep]

    counts = np.vstack([np.asarray(matrix[label == k].sum(axis=0)).ravel() for k in range(len(languages))])
    likelihoods = np.log(counts + SMOOTHING) - np.log((counts + SMOOTHING).sum(axis=1, keepdims=True))
    likelihoods -= np.median(likelihoods, axis=0)
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=7).fit(normalize(matrix), label)
    margins = np.where(np.abs(machine.coef_) > LEAST_MARGIN, machine.coef_, 0)

    figures = np.vstack([np.round(likelihoods / COUNTS_STEP), np.round(margins / MARGINS_STEP)])
    figures = (np.clip(figures, -127, 127) + 128).astype(np.uint8)
    speakers = np.log([SPEAKERS[name] for name in languages])
    head = {
        "languages": languages,
        "counts_step": COUNTS_STEP,
        "margins_step": MARGINS_STEP * MARGIN_WEIGHT,
        "priors": [round(float(v), 3) for v in PRIOR_WEIGHT * speakers + MARGIN_WEIGHT * machine.intercept_],
        "scale": 1.0,
        "sources": sorted({s.source for s in learnt if not s.source.startswith("es-of")}),
    }
    return head, names, figures


def _write(path: Path, head: dict[str, object], names: Sequence[str], figures: np.ndarray) -> None:
    body = "\t".join(name.replace(" ", "_") for name in names).encode() + b"\n" + figures.T.tobytes()
    with lzma.open(path, "wb", preset=9 | lzma.PRESET_EXTREME) as file:
        file.write(json.dumps(head).encode() + b"\n" + body)


def _fit_scale(path: Path, left_out: Sequence[Sentence]) -> float:
    """Return the scale under which the probabilities of sentences left out are truest."""
    profile = Profile(path)
    priors = np.array(profile.head["priors"])
    scored, right = [], []
    for sentence in left_out:
        for view in views(sentence):
            sums = [profile.sums(word) for word in view.split()]
            scored.append(profile.scores(sum(s for s, _ in sums), sum(n for _, n in sums)))
            right.append(profile.languages.index(sentence.locale))
    evidence, rows = np.array(scored) + priors, np.arange(len(right))

    def surprise(scale: float) -> float:
        scores = evidence * scale
        scores = scores - scores.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[rows, right]))

    return round(float(minimize_scalar(surprise, bounds=(0.01, 1.0), method="bounded").x), 4)


def split(all_sentences: Sequence[Sentence], seed: int) -> tuple[list[Sentence], list[Sentence]]:
    """Return nine tenths and one tenth of each language's sentences."""
    order = list(all_sentences)
    random.Random(seed).shuffle(order)  # noqa: S311  (no secret: a repeatable split)
    seen: defaultdict[str, int] = defaultdict(int)
    parts: tuple[list[Sentence], list[Sentence]] = ([], [])
    for sentence in order:
        seen[sentence.locale] += 1
        parts[seen[sentence.locale] % LEFT_OUT == 0].append(sentence)
    return parts


def right_share(identifier: LanguageIdentifier, tried: Iterable[Sentence], change: Callable[[str], str]) -> float:
    """Return the share of sentences whose language is heard; hearing none is not right."""
    return float(np.mean([identifier.hear(change(s.text)).language == s.locale for s in tried]))


def measure(everything: Sequence[Sentence], path: Path) -> None:
    """Print what a profile says of sentences it was not built from: a tenth, then each small collection whole."""
    learnt, left_out = split(everything, seed=11)
    trials = [("a tenth", learnt, left_out)] + [
        (f"all of {name}", [s for s in everything if s.source != name], [s for s in everything if s.source == name])
        for name in ("glossary", "phrases")
    ]
    changes: dict[str, Callable[[str], str]] = {
        "as written": str,
        "without apostrophes": without_apostrophes,
        "without accents": without_accents,
        "without both": bare,
    }
    for name, known, unknown in trials:
        inner, tenth = split(known, seed=5)
        write_profile(inner, tenth, path)
        identifier = LanguageIdentifier(Profile(path))
        tried = [s for s in unknown if len(s.text.split()) >= (1 if name == "a tenth" else 3)]
        shares = {change: right_share(identifier, tried, function) for change, function in changes.items()}
        told = ", ".join(f"{change} {share:.4f}" for change, share in shares.items())
        tell(f"left out {name}: n {len(tried)}, {told}")


def write_attested(folder: Path) -> None:
    """Write the lists of attested words, each under a line that names its sources."""
    for locale in ANSWERED:
        path = ATTESTED / f"{locale}.txt"
        head = path.read_text("utf-8").splitlines()[0] if path.exists() else f"# Word forms attested in {folder.name}."
        path.write_text("\n".join([head, *sorted(word_forms(folder, locale))]) + "\n", "utf-8")


def main() -> None:
    """Build, or measure."""
    parser = argparse.ArgumentParser(description="Build the language profile from a folder of language material.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--training", type=Path, default=Path("nlu/training/es"))
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    if not (arguments.folder / "corpus").is_dir():
        sys.exit(f"{arguments.folder}: has no folder corpus/ with one TSV a language (columns source, text).")
    everything = material(arguments.folder, arguments.training)
    tell(f"{len(everything)} sentences of {len({s.locale for s in everything})} languages")
    if arguments.measure:
        measure(everything, PROFILE.with_suffix(".measured"))
        PROFILE.with_suffix(".measured").unlink()
        return
    scale = write_profile(*split(everything, seed=5), PROFILE)
    # The final profile learns from everything; the scale stays the one found on sentences left out.
    head, names, figures = learn(everything)
    _write(PROFILE, head | {"scale": scale}, names, figures)
    write_attested(arguments.folder)
    tell(f"wrote {PROFILE.name}, {PROFILE.stat().st_size // 1000} kB, scale {scale}")


if __name__ == "__main__":
    main()
