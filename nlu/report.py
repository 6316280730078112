"""Write the page that shows how well the line understands: one file, without script, that also prints."""

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from itertools import cycle
from pathlib import Path
from typing import Any

import pygal
from pygal.style import Style

from bot.policy import Thresholds
from nlu.evaluation import (
    Decision,
    Measure,
    Risk,
    calibration_error,
    interval,
    reliability,
    risk_at,
    risk_of_line,
    summarise,
)

WORST_PAIRS = 15
DRAWN = 10
"""Messages a bin needs to be drawn; the table has them all."""
CURVE_STEPS = 50
TABLE_THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

Row = Sequence[object]
Measured = Sequence[tuple[Measure, dict[str, Any]]]
"""Each measure and its summary."""


def write_report(path: Path, measures: Sequence[Measure], made: date, limits: Thresholds | None = None) -> None:
    """Write the page about these measures."""
    path.write_text(page(measures, made, limits or Thresholds()), "utf-8")


def page(measures: Sequence[Measure], made: date, limits: Thresholds) -> str:
    """Return the page as HTML."""
    measured = [(measure, summarise(measure.decisions)) for measure in measures]
    sections = (
        _headline(measured),
        _groups(measured, "by_locale", "Locale"),
        _groups(measured, "by_register", "Register or author"),
        _reliability(measures),
        _risk(measures, limits),
        _confused(measured),
        _intents(measured),
    )
    return PAGE.format(style=STYLE, made=made.isoformat(), sets=_about(measures), sections="\n".join(sections))


# --- sections


def _about(measures: Sequence[Measure]) -> str:
    terms = (f"<dt>{escape(m.name)}</dt><dd>{escape(m.about)} {len(m.decisions):,} messages.</dd>" for m in measures)
    return f"<dl>{''.join(terms)}</dl>"


def _headline(measured: Measured) -> str:
    head = ("Messages", "n", "Right", "95 % interval", "Answered wrong", "Asked back", "Macro-F1")
    rows = [
        (
            measure.name,
            summary["n"],
            _percent(summary["accuracy"]),
            " to ".join(map(_percent, interval(summary["accuracy"], summary["n"]))),
            _percent(summary["answered_wrong"]),
            _percent(summary["clarified"]),
            _score(summary["macro_f1"]),
        )
        for measure, summary in measured
    ]
    refusals = [
        (m.name, *(_percent(summary["out_of_scope"][key]) for key in ("recall", "refused"))) for m, summary in measured
    ]
    return _section(
        "What the line does",
        "Every message went through the whole line as a stranger's first one: keywords, danger words, model, "
        "thresholds. A message is right, answered with another topic, or asked back about.",
        _table("What became of the messages", head, rows),
        "<p>The line may also say that a message is not for it. That should meet every such message and no other.</p>",
        _table("Not for us", ("Messages", "Told so, of those not for us", "Told so, of all others"), refusals),
    )


def _groups(measured: Measured, key: str, name: str) -> str:
    head = ("Messages", name, "n", "Right", "Answered wrong", "Asked back", "Macro-F1")
    rows = [
        (
            measure.name,
            group,
            shares["n"],
            *(_percent(shares[share]) for share in ("accuracy", "answered_wrong", "clarified")),
            _score(shares["macro_f1"]),
        )
        for measure, summary in measured
        for group, shares in summary[key].items()
    ]
    said = "Macro-F1 is over the intents of the group alone. The line is told neither locale nor register."
    return _section(f"By {name.lower()}", said, _table(f"By {name.lower()}", head, rows))


def _reliability(measures: Sequence[Measure]) -> str:
    lines = {
        measure.name: [(part.confidence, part.right) for part in reliability(measure.decisions) if part.n >= DRAWN]
        for measure in measures
    }
    rows = [
        (
            measure.name,
            f"{part.low:.1f} to {part.high:.1f}",
            part.n,
            f"{part.confidence:.2f}",
            _percent(part.right),
        )
        for measure in measures
        for part in reliability(measure.decisions)
    ]
    errors = "; ".join(f"{measure.name} {_percent(calibration_error(measure.decisions))}" for measure in measures)
    chart = _chart("reliability", "Confidence against share right", ("confidence", "share right"), lines)
    return _section(
        "Can its confidence be believed?",
        "The model's likeliest intent, before any rule of the line. On the dotted diagonal, of the messages held "
        "likely with 0.8 four in five are right; below it the model is too sure. "
        f"Bins with fewer than {DRAWN} messages are not drawn. Mean distance from the diagonal: {errors}.",
        _figure(chart, "A dot is a bin of confidence a tenth wide."),
        _table("Confidence against share right", ("Messages", "Confidence", "n", "Mean", "Right"), rows),
    )


def _risk(measures: Sequence[Measure], limits: Thresholds) -> str:
    steps = [step / CURVE_STEPS for step in range(CURVE_STEPS)]
    lines = {measure.name: _points(risk_at(measure.decisions, step) for step in steps) for measure in measures}
    present = {measure.name: _points([risk_of_line(measure.decisions)]) for measure in measures}
    thresholds = sorted({*TABLE_THRESHOLDS, limits.answer})
    head = ("Answer from", *(f"{measure.name}: {what}" for measure in measures for what in ("answered", "wrong of it")))
    rows = [
        (
            f"{threshold:.2f}{' (in force)' if threshold == limits.answer else ''}",
            *_risks((measure.decisions for measure in measures), threshold),
        )
        for threshold in thresholds
    ]
    line = ("the line, all its rules", *_cells(risk_of_line(measure.decisions) for measure in measures))
    chart = _chart("risk", "Share answered against share of it wrong", ("answered", "wrong of it"), lines, present)
    return _section(
        "What would another threshold bring?",
        "Each curve answers the model's likeliest intent from a confidence on that falls from left to right: more is "
        "answered, and more of it wrong. The large dots are our present operating points, with keywords, danger words "
        "and margins besides the threshold, so they need not lie on the curves.",
        _figure(chart, "To the lower right is better."),
        _table("Share answered, and share of it wrong, by threshold", head, [*rows, line]),
    )


def _confused(measured: Measured) -> str:
    rows = [
        (measure.name, pair["expected"], pair["predicted"], pair["n"])
        for measure, summary in measured
        for pair in summary["confusions"][:WORST_PAIRS]
    ]
    said = f"Answers with another topic: the {WORST_PAIRS} commonest pairs of each set."
    return _section("What is mistaken for what", said, _table("Pairs", ("Messages", "Expected", "Answered", "n"), rows))


def _intents(measured: Measured) -> str:
    scores = [summary["intents"] for _, summary in measured]
    head = ("Intent", *(f"{measure.name}: {what}" for measure, _ in measured for what in ("F1", "n")))
    names = sorted({name for intents in scores for name in intents}, key=lambda name: (_mean_f1(name, scores), name))
    rows = [(name, *(cell for intents in scores for cell in _intent_cells(intents.get(name)))) for name in names]
    return _section("Intent by intent", "The weakest first, by the mean of the F1s.", _table("Intents", head, rows))


def _mean_f1(name: str, scores: Sequence[dict[str, Any]]) -> float:
    f1s = [float(intents[name]["f1"]) for intents in scores if name in intents]
    return sum(f1s) / len(f1s)


def _intent_cells(scores: dict[str, Any] | None) -> tuple[str, object]:
    return (_score(scores["f1"]), scores["n"]) if scores else (NOTHING, 0)


def _points(risks: Iterable[Risk]) -> list[tuple[float, float]]:
    return [(risk.answered, risk.wrong) for risk in risks if risk.wrong is not None]


def _risks(sets: Iterable[Sequence[Decision]], threshold: float) -> list[str]:
    return _cells(risk_at(decisions, threshold) for decisions in sets)


def _cells(risks: Iterable[Risk]) -> list[str]:
    return [cell for risk in risks for cell in (_percent(risk.answered), _percent(risk.wrong))]


# --- drawing

Lines = dict[str, list[tuple[float, float]]]

STROKES = ("none", "7,4", "2,4", "10,4,2,4", "1,2", "16,5")
"""Lines differ by their dashes too: for print, and for eyes that tell few colours apart."""
COLOURS = tuple(f"var(--line-{number})" for number in range(1, 7))
CHART_STYLE = {
    "background": "transparent",
    "plot_background": "transparent",
    "foreground": "var(--ink)",
    "foreground_strong": "var(--ink)",
    "foreground_subtle": "var(--rule)",
    "guide_stroke_color": "var(--rule)",
    "major_guide_stroke_color": "var(--rule)",
    "font_family": "inherit",
    "label_font_size": 16,
    "major_label_font_size": 16,
    "title_font_size": 17,
    "stroke_opacity": "1",
    "stroke_width": "2",
    "transition": "0s",
}


def _chart(name: str, label: str, axes: tuple[str, str], lines: Lines, points: Lines | None = None) -> str:
    """Draw lines, with large dots in the same colours; without dots, the diagonal instead."""
    colours = [COLOURS[at % len(COLOURS)] for at in range(len(lines))]
    last = colours if points else ["var(--ink)"]
    chart = pygal.XY(
        style=Style(colors=(*colours, *last), **CHART_STYLE),
        width=500,
        height=400,
        margin=4,
        margin_right=28,
        x_title=axes[0],
        y_title=axes[1],
        xrange=(0, 1),
        range=None if points else (0, 1),
        x_labels=[0, 0.2, 0.4, 0.6, 0.8, 1],
        value_formatter=_percent_of_axis,
        x_value_formatter=_percent_of_axis if points else str,
        show_legend=False,
        js=(),
        disable_xml_declaration=True,
    )
    chart.uuid = name
    for line, dashes in zip(lines.values(), cycle(STROKES), strict=False):
        chart.add(None, line, stroke_style={"width": 2, "dasharray": dashes}, show_dots=not points, dots_size=3)
    for dots in (points or {}).values():
        chart.add(None, dots, stroke=False, dots_size=7)
    if not points:
        chart.add(None, [(0, 0), (1, 1)], show_dots=False, stroke_style={"width": 1, "dasharray": "1,4"})
    chart.add_xml_filter(lambda root: _still(root, label))
    return str(chart.render()) + _legend(lines)


def _legend(names: Iterable[str]) -> str:
    """Return which line is whose, as text beside a piece of the line."""
    keys = "".join(
        '<li><svg class="key" viewBox="0 0 40 8" aria-hidden="true"><line x1="0" y1="4" x2="40" y2="4" '
        f'stroke="{colour}" stroke-width="3" stroke-dasharray="{dashes}"/></svg> {escape(name)}</li>'
        for name, colour, dashes in zip(names, cycle(COLOURS), cycle(STROKES), strict=False)
    )
    return f'<ul class="legend">{keys}</ul>'


def _still(root: Any, label: str) -> Any:
    """Take out of a drawing what only serves its script, ids that recur among them, and name it for screen readers."""
    for element in list(root.iter()):
        for child in list(element):
            if child.tag in {"script", "desc"} or not isinstance(child.tag, str):
                element.remove(child)
        if element.get("id", "").startswith("activate-serie"):
            del element.attrib["id"]
    root.set("role", "img")
    root.set("aria-label", label)
    for title in root.findall("title"):
        title.text = label
    return root


def _percent_of_axis(value: float) -> str:
    return f"{100 * value:.0f} %"


# --- HTML

NOTHING = "–"


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.1f} %"


def _score(score: float) -> str:
    return f"{score:.3f}"


def _section(title: str, said: str, *parts: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n<p>{escape(said)}</p>\n{''.join(parts)}\n</section>"


def _figure(drawing: str, caption: str) -> str:
    return f"<figure>{drawing}<figcaption>{escape(caption)} The table below has the figures.</figcaption></figure>\n"


def _table(caption: str, head: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a table that scrolls by itself where the screen is narrow; the first cell of a row names it."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "\n".join(f"<tr>{_row(row)}</tr>" for row in rows)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}"><table>\n'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>\n"
    )


def _row(row: Row) -> str:
    first, *rest = (escape(str(cell)) for cell in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest)


STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --rule: #8a8a8a; --band: #f3f3f1;
  --line-1: #0055a4; --line-2: #b3420a; --line-3: #00735c; --line-4: #7a2f8f; --line-5: #6b5900; --line-6: #a3195b; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #16181a; --rule: #8f8f8f; --band: #22262a;
  --line-1: #6fb7ff; --line-2: #ff9d66; --line-3: #4fd1b0; --line-4: #d59af0; --line-5: #e0c341; --line-6: #ff8fbf; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1, h2 { line-height: 1.2; }
h2 { margin-top: 2.5rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem 1rem; }
figure { margin: 1rem auto; max-width: 36rem; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .5rem 0; padding: 0; }
figure svg.key { display: inline-block; width: 2.5rem; height: .5rem; }
figcaption, caption { text-align: left; }
caption { font-weight: 600; padding: .5rem 0; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
tbody th { font-weight: 400; }
tbody tr:nth-child(even) { background: var(--band); }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; } body { max-width: none; font-size: 10pt; }
  .wide { overflow: visible; } table { font-size: 8pt; } tr { break-inside: avoid; } }
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How well the line understands</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>How well the line understands</h1>
<p>Made on {made} by <code>rumbo nlu evaluate --report</code>. The training utterances and this project's held-out
files were written by language models from the same list of intents: nobody who uses the line wrote any, and no speaker
has reviewed those in Mayan languages. The figures compare one state of the line with another. They do not foretell what
people will get, which is likely to be less.</p>
{sets}
{sections}
</main>
</body>
</html>
"""
