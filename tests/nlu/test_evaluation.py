"""The figures mean what their names say."""

from pathlib import Path

import pytest

from nlu.evaluation import Decision, Example, ExamplesInvalid, read_examples, summarise, write_rows


def decision(expected: str, predicted: str | None) -> Decision:
    return Decision(Example(expected, "texto"), predicted, 0.9, "model")


def test_a_question_back_is_neither_right_nor_wrong() -> None:
    summary = summarise([decision("a", "a"), decision("a", "b"), decision("b", None), decision("b", "b")])
    assert (summary["accuracy"], summary["answered_wrong"], summary["clarified"]) == (0.5, 0.25, 0.25)
    assert summary["intents"]["a"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "n": 2}
    assert summary["intents"]["b"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}


def test_reads_a_table_with_quotes_in_it(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text('intent\ttext\ngreet\t"hola\n', "utf-8")
    assert read_examples(file) == [Example("greet", '"hola')]


@pytest.mark.parametrize(("text", "said"), [("intent,text\n", "lacks"), ("intent\ttext\n", "no rows")])
def test_a_file_that_is_no_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text(text, "utf-8")
    with pytest.raises(ExamplesInvalid, match=said):
        read_examples(file)


def test_writes_a_row_a_message(tmp_path: Path) -> None:
    write_rows(tmp_path / "out.tsv", [decision("a", None)])
    assert (tmp_path / "out.tsv").read_text("utf-8").splitlines()[1].split("\t") == [
        "texto",
        "a",
        "",
        "0.9000",
        "clarified",
    ]
