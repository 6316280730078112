"""An edit gets into its files and into git, both or neither, and takes nobody else's work along."""

import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from content.card_changes import (
    FACT,
    OFFICE,
    CardWrong,
    Check,
    Fault,
    Way,
    change_card,
    find_card,
    gone_stale,
)
from content.history import NOWHERE, Author, GitHistory, Hindrance, HistoryClosed
from content.loader import Loaded, read_content
from content.present import PresentContent
from content.rewriting import FilesChanged
from content.saving import Busy, save
from content.trial import Change, CheckFails, try_out
from tests.checkout import check_out, copy_content, git, put

TODAY = date(2026, 12, 1)
CHECK = Check("Ana Caal", Way.CALLED, TODAY)
ANA = Author("Ana Caal", "ana@example.org")
PRICE, FILE = "passport_price_5y", "facts/documents.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return check_out(tmp_path)


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return read_content(Path("content"))


def changed(root: Path, kind: str, id_: str, check: Check = CHECK, **new: str | tuple[str, ...]) -> Change:
    """Return the change of a card; `source_url` is the key `source.url`."""
    card = find_card(read_content(root), kind, id_)
    assert card
    raw = (root / card.file).read_bytes()
    values = {key.replace("source_", "source."): value for key, value in new.items()}
    return Change({card.file: raw}, {card.file: change_card(raw, card, values, check)})


def lines(change: Change) -> tuple[set[str], set[str]]:
    """Return the lines that went and those that came; other cards of the file may hold the same ones."""
    (before,), (after,) = change.before.values(), change.after.values()
    old, new = (Counter(map(str.strip, (raw or b"").decode().splitlines())) for raw in (before, after))
    return set(old - new), set(new - old)


def state(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_card_found_right_gets_who_checked_it_and_the_latest_review_that_the_rule_allows(root: Path) -> None:
    went, came = lines(changed(root, FACT, PRICE))
    assert came == {
        "checked_on: 2026-12-01",
        "checked_by: Ana Caal, llamó por teléfono",
        "review_by: 2027-03-01",
    }
    assert all(line.startswith(("checked_", "review_by")) for line in went)


def test_a_new_value_keeps_comments_order_and_all_other_lines(root: Path) -> None:
    change = changed(root, FACT, PRICE, value="US$55", source_url="https://igm.gob.gt/x", source_date="2026-12")
    went, came = lines(change)
    assert {'value: "US$55"', "url: https://igm.gob.gt/x", "date: 2026-12"} < came
    assert len(went) == len(came) == 6
    comments = [line for line in (root / FILE).read_text("utf-8").splitlines() if line.strip().startswith("#")]
    assert [line for line in change.after[FILE].decode().splitlines() if line.strip().startswith("#")] == comments


def test_an_office_gets_phones_and_can_be_reported_closed_and_stays_in_its_file(root: Path) -> None:
    change = changed(root, OFFICE, "iom-xela", phones=("+502 7824-0000", '"central"'), status="reported_closed")
    _, came = lines(change)
    assert {'phones: ["+502 7824-0000", "\\"central\\""]', "status: reported_closed"} <= came
    after = try_out(root, change.after, TODAY)
    assert after.offices["iom-xela"].phones == ("+502 7824-0000", '"central"')
    assert not after.offices["iom-xela"].validity.is_publishable


def test_an_emptied_value_takes_its_key_out(root: Path) -> None:
    went, _ = lines(changed(root, OFFICE, "iom-gt-city", conflict=""))
    assert any(line.startswith("conflict:") for line in went)


@pytest.mark.parametrize(
    ("new", "by", "faults"),
    [
        pytest.param({"value": ""}, "Ana", {"value": Fault.MISSING}, id="no value"),
        pytest.param({"unit": ""}, "Ana", {"unit": Fault.NO_UNIT}, id="a price without a unit"),
        pytest.param({"value": "\u202eUS$50"}, "Ana", {"value": Fault.HIDDEN}, id="text turned around"),
        pytest.param({"value": "x" * 301}, "Ana", {"value": Fault.TOO_LONG}, id="too long"),
        pytest.param({"source_url": "javascript:alert(1)"}, "Ana", {"source.url": Fault.NO_LINK}, id="no link"),
        pytest.param({"source_date": "ayer"}, "Ana", {"source.date": Fault.NO_DATE}, id="no date"),
        pytest.param({"source_title": ""}, "Ana", {"source.title": Fault.MISSING}, id="no source"),
        pytest.param({"confidence": "mucha"}, "Ana", {"confidence": Fault.NOT_ALLOWED}, id="no such confidence"),
        pytest.param({"stale_risk": "?"}, "Ana", {"stale_risk": Fault.NOT_ALLOWED}, id="no such risk"),
        pytest.param({}, "", {"checked_by": Fault.MISSING}, id="checked by nobody"),
        pytest.param({}, "A\u202e", {"checked_by": Fault.HIDDEN}, id="a name turned around"),
    ],
)
def test_what_cannot_be_is_told_by_its_key(root: Path, new: dict[str, str], by: str, faults: dict[str, Fault]) -> None:
    with pytest.raises(CardWrong) as wrong:
        changed(root, FACT, PRICE, Check(by, Way.PAGE, TODAY), **new)
    assert wrong.value.faults == faults


def test_a_new_value_makes_the_texts_that_name_it_stale_and_no_others(root: Path, loaded: Loaded) -> None:
    after = try_out(root, changed(root, FACT, PRICE, value="US$55").after, TODAY)
    stale = gone_stale(loaded, after)
    assert {locale for locale, _ in stale} == loaded.locales.keys() - {"es"}
    assert {unit for _, unit in stale} == {"answers.passport"}


def test_a_change_that_fails_the_check_is_told_and_nothing_is_written(root: Path) -> None:
    before = state(root)
    with pytest.raises(CheckFails, match="superseded or closed, yet an answer names"):
        try_out(root, changed(root, FACT, PRICE, status="superseded").after, TODAY)
    assert state(root) == before


def test_the_commit_holds_only_the_edit_in_the_editors_name_whatever_else_is_staged_or_changed(root: Path) -> None:
    put(root / "languages.yml", "quc: K'iche'", "quc: K'iche'  # staged")
    git(root, "add", "languages.yml")
    put(root / "places" / "other.yml", "# Places that", "# By hand. Places that")
    before = git(root, "status", "--porcelain")
    saved = save(root, changed(root, FACT, PRICE, value="US$55"), GitHistory(root), "Change it\n\nWhy.", ANA)
    assert saved.commit == git(root, "rev-parse", "HEAD").strip()
    shown = git(root, "show", "--format=%an <%ae>|%cn|%s|%b", "--name-only", "HEAD").split()
    assert " ".join(shown) == f"Ana Caal <ana@example.org>|Rumbo console|Change it|Why. content/{FILE}"
    assert git(root, "status", "--porcelain") == before
    assert git(root, "symbolic-ref", "HEAD").strip() == "refs/heads/main"


def test_a_file_that_was_not_there_is_committed_too(root: Path) -> None:
    new = b'built_from: "x"\nanswers: {}\n'
    save(root, Change({"answers/quc/new.yml": None}, {"answers/quc/new.yml": new}), GitHistory(root), "New", ANA)
    assert git(root, "show", "HEAD:./answers/quc/new.yml").encode() == new
    assert git(root, "status", "--porcelain") == ""


def lock(root: Path) -> None:
    (root.parent / ".git" / "index.lock").touch()


def detach(root: Path) -> None:
    git(root, "checkout", "--quiet", "--detach")


def change_by_hand(root: Path) -> None:
    put(root / FILE, "  # Pasaporte\n", "  # Pasaporte, a mano\n")


def break_git(root: Path) -> None:
    (root.parent / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (root.parent / ".git" / "config").write_text("[core\n", "utf-8")


@pytest.mark.parametrize(
    ("happens", "hindrance"),
    [
        pytest.param(lock, Hindrance.LOCKED, id="another git is at work"),
        pytest.param(detach, Hindrance.NO_BRANCH, id="no branch"),
        pytest.param(change_by_hand, Hindrance.UNCOMMITTED, id="the same file changed by hand"),
        pytest.param(break_git, Hindrance.FAILED, id="git is broken"),
    ],
)
def test_what_git_does_not_take_is_not_written_either(root: Path, happens: "object", hindrance: Hindrance) -> None:
    assert callable(happens)
    happens(root)
    change = changed(root, FACT, PRICE, value="US$55")
    before = state(root)
    with pytest.raises(HistoryClosed) as closed:
        save(root, change, GitHistory(root), "Change it", ANA)
    assert closed.value.hindrance is hindrance
    assert state(root) == before


def test_a_hook_of_the_checkout_neither_runs_nor_stops_an_edit(root: Path) -> None:
    hook = root.parent / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    assert save(root, changed(root, FACT, PRICE), GitHistory(root), "Check it", ANA).commit
    assert not [*root.parent.rglob("ran")]


def test_without_a_checkout_it_is_saved_and_not_committed(tmp_path: Path) -> None:
    root = copy_content(tmp_path)
    change = changed(root, FACT, PRICE, value="US$55")
    assert save(root, change, GitHistory(root), "Change it", ANA).commit is None
    assert (root / FILE).read_bytes() == change.after[FILE]
    assert GitHistory(root).log(FILE, 5) == ()


def test_a_file_that_changed_since_it_was_read_is_left_alone(root: Path) -> None:
    change = changed(root, FACT, PRICE, value="US$55")
    save(root, changed(root, FACT, "passport_price_10y"), GitHistory(root), "Check it", ANA)
    before = state(root)
    with pytest.raises(FilesChanged):
        save(root, change, GitHistory(root), "Change it", ANA)
    assert state(root) == before


def test_two_never_save_at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.saving.WAIT_SECONDS", 0.1)
    locks = "fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)"
    holder = f"import fcntl, os, sys; {locks}; print(1, flush=True); input()"
    with subprocess.Popen(["python3", "-c", holder, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(Busy):
            save(root, changed(root, FACT, PRICE), GitHistory(root), "Check it", ANA)
        other.communicate(b"\n")
    assert save(root, changed(root, FACT, PRICE), GitHistory(root), "Check it", ANA).commit


def test_the_history_tells_who_changed_a_file_and_in_words_what(root: Path) -> None:
    history = GitHistory(root)
    save(root, changed(root, FACT, PRICE, value="US$55"), history, "Change it", ANA)
    save(root, changed(root, FACT, "passport_price_10y"), history, "Check it", Author("Eva\x01 <x>", "eva@example.org"))
    checked, made, start = history.log(FILE, 10)
    assert (made.author, made.subject, start.before) == (ANA, "Change it", NOWHERE)
    assert [*history.words(made, FILE)[0].changed.values()] == [["value: US$50 -> US$55", "named by: nothing"]]
    assert len(history.words(checked, FILE)[0].checked_again) == 1
    assert history.log(FILE, 1) == (checked,)


def test_the_present_content_is_read_again_only_when_a_file_changed(root: Path) -> None:
    content = PresentContent(root)
    first = content()
    assert content() is first
    save(root, changed(root, FACT, PRICE, value="US$55"), GitHistory(root), "Change it", ANA)
    assert content().loaded.facts[PRICE].value == "US$55"
    assert first.loaded.facts[PRICE].value == "US$50"
