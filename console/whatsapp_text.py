"""How WhatsApp shows a text: `*bold*` without its stars."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

BOLD = re.compile(r"(?<!\w)\*(?=\S)([^*\n]*\S)\*(?!\w)")
"""Stars that touch the words inside them and no word outside, on one line."""


@dataclass(frozen=True)
class Run:
    """A stretch of text."""

    text: str
    is_bold: bool = False


def runs(text: str) -> Iterator[Run]:
    """Cut a text into stretches.

    >>> [(run.text, run.is_bold) for run in runs("*1* Pasaporte, 2*3*4")]
    [('1', True), (' Pasaporte, 2*3*4', False)]
    """
    end = 0
    for match in BOLD.finditer(text):
        if match.start() > end:
            yield Run(text[end : match.start()])
        yield Run(match[1], is_bold=True)
        end = match.end()
    if end < len(text):
        yield Run(text[end:])
