"""Drawings of counts: one series each, with its numbers written in it, so that no colour has to be told from another.

The drawings are part of the page and carry no style and no script of their own, which its content policy would stop:
how they look stands in console.css, under "Plots".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import SubElement

import pygal
from flask_babel import format_decimal
from markupsafe import Markup
from pygal.style import Style

WIDTH = 420
BAR_HEIGHT = 30
FONT = 13
"""Pixels in a drawing as wide as WIDTH; console.css says the same."""
LONGEST_NAME = 24
"""Characters of a name beside a bar."""
STYLE = Style(label_font_size=FONT, major_label_font_size=FONT, value_font_size=FONT)


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length in whatever unit the drawing has, and the words at its end."""

    name: str
    length: float
    words: str


def draw_bars(label: str, bars: Sequence[Bar]) -> Markup:
    """Return bars below each other, the first on top. `label` is what screen readers say of the drawing."""
    chart = pygal.HorizontalBar(
        **_plain(height=BAR_HEIGHT * len(bars) + 8),
        margin_right=60,  # for the words at the end of the longest bar
        print_values=True,
        print_values_position="top",
        show_x_labels=False,
        truncate_label=LONGEST_NAME,
        range=(0, _top(bars)),
    )
    upwards = tuple(reversed(bars))
    chart.x_labels = [bar.name for bar in upwards]
    chart.add(None, [_value(bar) for bar in upwards])
    return _render(chart, label)


def draw_columns(label: str, bars: Sequence[Bar], *, top: float | None = None, width: int = WIDTH) -> Markup:
    """Return bars beside each other, of which the first and the last are named. Drawings with one `top` compare."""
    top = top or _top(bars)
    chart = pygal.Bar(
        **_plain(height=170, width=width),
        margin_right=20,  # for the half of the last name that goes beyond its bar
        show_minor_x_labels=False,
        truncate_label=-1,
        y_labels=[0, top],
        range=(0, top),
        value_formatter=lambda value: str(format_decimal(round(value))),
    )
    chart.x_labels = [bar.name for bar in bars]
    chart.x_labels_major = [bars[0].name, bars[-1].name]
    chart.add(None, [_value(bar) for bar in bars])
    return _render(chart, label)


def _plain(*, height: int, width: int = WIDTH) -> dict[str, Any]:
    return {
        "style": STYLE,
        "width": width,
        "height": height,
        "margin_top": 4,
        "margin_bottom": 4,
        "margin_left": 4,
        "show_legend": False,
        "css": (),
        "js": (),
        "disable_xml_declaration": True,
    }


def _value(bar: Bar) -> dict[str, Any]:
    return {"value": bar.length, "formatter": lambda _: bar.words}


def _top(bars: Sequence[Bar]) -> float:
    return max((bar.length for bar in bars), default=0) or 1


def _render(chart: Any, label: str) -> Markup:
    chart.add_xml_filter(lambda root: _bare(root, label))
    return Markup(chart.render())  # noqa: S704 -- written by ElementTree, which escapes every text


def _bare(root: Any, label: str) -> Any:
    """Take out style, script and what only serves them; name the drawing, and each bar for who points at it."""
    for element in list(root.iter()):
        if element.get("class") == "bar":
            _name_bar(element)
        _shorten(element)
        for child in list(element):
            if child.tag in {"defs", "desc", "script"} or not isinstance(child.tag, str) or _is_tooltip(child):
                element.remove(child)
    for title in root.findall("title"):
        title.text = label
    for name in ("id", "class"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", label)
    return root


def _shorten(element: Any) -> None:
    """Write what is drawn in tenths of a pixel: half of a drawing is decimals, and lines are slow."""
    for name in {"x", "y", "width", "height"} & set(element.attrib):
        element.set(name, f"{float(element.get(name)):.1f}".removesuffix(".0"))
    for name in ("rx", "ry"):
        element.attrib.pop(name, None)
    if "reactive" in element.get("class", ""):
        element.set("class", "rect")


def _name_bar(bar: Any) -> None:
    told = {desc.get("class"): desc.text for desc in bar.findall("desc")}
    SubElement(bar, "title").text = ": ".join(filter(None, (told.get("x_label"), told.get("value"))))


def _is_tooltip(element: Any) -> bool:
    return "tooltip-overlay" in (element.get("class") or "")
