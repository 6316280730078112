"""A draft goes out marked, with the Spanish below it; a reviewed text alone; a stale one never."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.catalogue import INSIDE, Catalogue, State, Translation, Wording
from bot.composing import PLACEHOLDER, Composer
from bot.conversation import Bot
from bot.messages import Channel, InboundMessage
from bot.turns import Contact
from content.checks import MESSAGES
from content.translation import fingerprint, state_of

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = Wording("Utz awach", "Utz awach")


def told(catalogue: Catalogue, intent: str, state: State, lifeline: str | None = None) -> tuple[str, ...]:
    translation = Translation(intent, "quc", TEXT, state, lifeline)
    with_it = replace(catalogue, translations={("quc", intent): translation})
    return Composer(with_it, DAY, Channel.WHATSAPP, "quc").answer(with_it.answers["es", intent]).paragraphs


def test_a_draft_is_marked_and_the_spanish_follows(catalogue: Catalogue) -> None:
    draft, spanish = told(catalogue, "passport", State.DRAFT)
    assert draft == "Utz awach (sin revisar por hablantes)"
    assert "igm.gob.gt" in spanish


def test_a_danger_s_number_stays_first_and_spanish(catalogue: Catalogue) -> None:
    first, draft, spanish = told(catalogue, "emergency", State.DRAFT)
    assert "110" in first
    assert draft.startswith("Utz awach")
    assert spanish


def test_a_reviewed_text_stands_alone_with_its_own_lifeline(catalogue: Catalogue) -> None:
    assert told(catalogue, "passport", State.REVIEWED) == ("Utz awach",)
    assert told(catalogue, "emergency", State.REVIEWED, "Chasik'ij 110")[0] == "Chasik'ij 110"
    assert "110" in told(catalogue, "emergency", State.REVIEWED)[0]


@pytest.mark.parametrize(("state", "shows"), [(State.STALE, True), (State.DRAFT, False)])
def test_neither_a_stale_text_nor_a_hidden_draft_is_said(catalogue: Catalogue, state: State, shows: bool) -> None:
    spanish = told(replace(catalogue, shows_drafts=True), "passport", State.STALE)
    assert told(replace(catalogue, shows_drafts=shows), "passport", state) == spanish
    assert "Utz awach" not in spanish[0]


MARKED = "Utz awach (sin revisar por hablantes)\n\nSu mensaje llegó vacío."
SPANISH_EMPTY = "Su mensaje llegó vacío."


@pytest.mark.parametrize(
    ("state", "shows_drafts", "start"),
    [
        (State.DRAFT, True, MARKED),
        (State.DRAFT, False, SPANISH_EMPTY),
        (State.REVIEWED, True, "Utz awach"),
        (State.REVIEWED, False, "Utz awach"),
        (State.STALE, True, SPANISH_EMPTY),
        (None, True, MARKED),
    ],
    ids=["draft", "hidden draft", "reviewed", "reviewed, drafts hidden", "stale", "nobody said"],
)
def test_each_message_goes_out_by_its_own_state(
    catalogue: Catalogue, state: State | None, shows_drafts: bool, start: str
) -> None:
    states = {} if state is None else {"empty": state}
    words = replace(catalogue.locales["quc"], messages={"empty": TEXT}, states=states)
    with_it = replace(catalogue, locales={**catalogue.locales, "quc": words}, shows_drafts=shows_drafts)
    text = with_it.message("empty", "quc").whatsapp
    assert text.startswith(start)
    assert ("Su mensaje" in text) is (start != "Utz awach")


@pytest.mark.parametrize("locale", ["cak", "ixl", "kek", "kjb", "mam", "quc"])
@pytest.mark.parametrize("channel", list(Channel))
def test_a_draft_has_its_mark_and_the_spanish_once_and_neither_inside_another_text(
    catalogue: Catalogue, locale: str, channel: Channel
) -> None:
    draft = Wording("Zxq", "Zxq")
    words = replace(catalogue.locales[locale], messages=dict.fromkeys(MESSAGES, draft), states={})
    drafted = replace(catalogue, locales={**catalogue.locales, locale: words})
    assert INSIDE < MESSAGES
    for name in MESSAGES:
        spanish, said = (drafted.message(name, tag).on(channel) for tag in ("es", locale))
        if name in INSIDE:
            assert said == spanish, name
            # What staff write stands on lines of its own; all others are labels or parts of a sentence.
            assert "\n" not in said or name == "handoff_reply", name
        else:
            mark = drafted.message("unreviewed", locale).on(channel).replace("{text}", "Zxq")
            assert said.split("\n", 1)[0] == mark, name
            assert said.split(mark)[1].strip() == spanish.strip(), name


@pytest.mark.parametrize("channel", list(Channel))
def test_no_label_office_or_month_is_said_twice_or_marked(
    catalogue: Catalogue, bot: Bot, understand: Callable[..., None], channel: Channel
) -> None:
    """With a draft of every message: what people see in lists, and inside other texts, is whole."""
    draft = Wording("Zxq", "Zxq")
    words = replace(catalogue.locales["quc"], messages=dict.fromkeys(MESSAGES, draft), states={})
    drafted = replace(catalogue, locales={**catalogue.locales, "quc": words})
    bot = replace(bot, catalogue=lambda: drafted)
    understand("papeles", {"passport": 0.4, "national_id": 0.38})
    understand("oficina en La Libertad", {"iom_offices": 0.95}, ["La Libertad"])
    understand("oficina en Xela", {"iom_offices": 0.95}, ["Quetzaltenango"])
    understand("no más", {"opt_out": 0.95})
    bot.turns.contacts["bea"] = Contact("bea", "quc", NOW, was_told=True)  # type: ignore[attr-defined]
    for number, text in enumerate(("papeles", "oficina en La Libertad", "oficina en Xela", "no más", "idioma")):
        (said,) = bot.respond(InboundMessage(str(number), "bea", channel, text)).texts
        starts = r"^\*\d\* " if channel is Channel.WHATSAPP else r"(?:^| )\d="
        first = re.search(starts, said, re.MULTILINE)
        assert first
        assert "Zxq" not in said[first.start() :]
        assert "sin revisar" not in said[first.start() :]
    assert "Zxq" not in bot.respond(InboundMessage("office", "bea", channel, "oficina en Xela")).texts[0]


def test_what_is_signed_of_labels_and_menus_is_said(catalogue: Catalogue) -> None:
    label, menu = Wording("Jun chik", "Jun chik"), replace(catalogue.menu("main", "es"), title="¿Jas kawaj?")
    words = replace(catalogue.locales["quc"], messages={"none_of_these": label}, menus={"main": menu})
    for state in State:
        signed = replace(words, states={"none_of_these": state}, menus={"main": replace(menu, state=state)})
        with_it = replace(catalogue, locales={**catalogue.locales, "quc": signed})
        is_own = with_it.message("none_of_these", "quc") == label, with_it.menu("main", "quc").title == menu.title
        assert is_own == (state is State.REVIEWED,) * 2


def test_a_translation_is_stale_when_its_spanish_or_a_fact_changed(catalogue: Catalogue) -> None:
    answer = catalogue.answers["es", "emergency"]
    of = fingerprint(answer, catalogue.facts)
    assert state_of("draft", of, answer, catalogue.facts) is State.DRAFT
    changed = replace(answer, wording=Wording(answer.wording.whatsapp + "!", answer.wording.sms))
    assert state_of("reviewed", of, changed, catalogue.facts) is State.STALE
    police = replace(catalogue.facts["police"], value="911")
    assert state_of("reviewed", of, answer, {**catalogue.facts, "police": police}) is State.STALE
    unrelated = replace(catalogue.facts["minex_pbx"], value="1")
    expected = State.STALE if "minex_pbx" in str(answer) else State.REVIEWED
    assert state_of("reviewed", of, answer, {**catalogue.facts, "minex_pbx": unrelated}) is expected


NEAR = Wording("Waral k'o:\n{office}\nMaltyox", "Waral k'o:")


@pytest.mark.parametrize(
    ("intent", "state", "near", "is_said", "is_left_out"),
    [
        ("iom_offices", State.REVIEWED, NEAR, "Waral k'o:\n", ("Utz awach", "sin revisar")),
        ("iom_offices", State.REVIEWED, None, "{spanish near}", ("Utz awach",)),
        ("human_rights_complaint", State.REVIEWED, None, "Utz awach\n\n", ("{spanish near}",)),
        ("iom_offices", State.DRAFT, NEAR, "Waral k'o:\n\nMaltyox (sin revisar por hablantes)", ("Utz awach",)),
        ("iom_offices", State.DRAFT, None, "{spanish near}", ("Utz awach", "sin revisar")),
    ],
    ids=["signed", "signed, asks the place", "signed, asks nothing", "draft", "draft, asks the place"],
)
def test_beside_an_office_nobody_is_asked_again_where_they_are(
    catalogue: Catalogue, intent: str, state: State, near: Wording | None, is_said: str, is_left_out: tuple[str, ...]
) -> None:
    translation = Translation(intent, "quc", TEXT, state, near=near)
    with_it = replace(catalogue, translations={("quc", intent): translation})
    composer = Composer(with_it, DAY, Channel.WHATSAPP, "quc")
    answer, (place,) = with_it.answers["es", intent], with_it.places_named("quetzaltenango")[:1]
    said = "\n\n".join(composer.answer(answer, place).paragraphs)
    assert answer.near
    spanish_near = PLACEHOLDER.split(answer.near.whatsapp)[0].strip()
    assert is_said.replace("{spanish near}", spanish_near) in said
    for left_out in is_left_out:
        assert left_out.replace("{spanish near}", spanish_near) not in said
    assert said.count("Quetzaltenango") >= 1
    assert "{" not in said


def test_a_draft_that_may_ask_for_the_place_is_left_out_once_it_is_known(catalogue: Catalogue) -> None:
    translation = Translation("iom_offices", "quc", TEXT, State.DRAFT)
    with_it = replace(catalogue, translations={("quc", "iom_offices"): translation})
    composer = Composer(with_it, DAY, Channel.SMS, "quc")
    answer, (place,) = with_it.answers["es", "iom_offices"], with_it.places_named("quetzaltenango")[:1]
    assert "Utz awach" in composer.answer(answer).paragraphs[0]
    assert "Utz awach" not in "".join(composer.answer(answer, place).paragraphs)


def test_unsigned_words_never_stand_inside_a_spanish_sentence(catalogue: Catalogue) -> None:
    assert catalogue.words("kek").either.join(["Mam", "Ixil"]) == "Mam malaj Ixil"
    assert catalogue.words_within("which_language", "kek").either.join(["Mam", "Ixil"]) == "Mam o Ixil"
    kek = replace(catalogue.words("kek"), states={"which_language": State.REVIEWED})
    signed = replace(catalogue, locales={**catalogue.locales, "kek": kek})
    assert signed.words_within("which_language", "kek").either.join(["Mam", "Ixil"]) == "Mam malaj Ixil"
