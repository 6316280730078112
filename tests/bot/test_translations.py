"""A draft goes out marked, with the Spanish below it; a reviewed text alone; a stale one never."""

from dataclasses import replace
from datetime import date

import pytest

from bot.catalogue import Catalogue, State, Translation, Wording
from bot.composing import Composer
from bot.messages import Channel
from content.translation import fingerprint, state_of

DAY = date(2026, 11, 24)
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


def test_a_draft_message_has_the_spanish_below_it(catalogue: Catalogue) -> None:
    words = replace(catalogue.locales["quc"], messages={"empty": TEXT})
    with_it = replace(catalogue, locales={**catalogue.locales, "quc": words})
    text = with_it.message("empty", "quc").whatsapp
    assert text.startswith("Utz awach (sin revisar por hablantes)\n\nSu mensaje")
    assert replace(with_it, shows_drafts=False).message("empty", "quc") == with_it.message("empty", "es")


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


def test_a_draft_that_may_ask_for_the_place_is_left_out_once_it_is_known(catalogue: Catalogue) -> None:
    translation = Translation("iom_offices", "quc", TEXT, State.DRAFT)
    with_it = replace(catalogue, translations={("quc", "iom_offices"): translation})
    composer = Composer(with_it, DAY, Channel.SMS, "quc")
    answer, (place,) = with_it.answers["es", "iom_offices"], with_it.places_named("quetzaltenango")[:1]
    assert "Utz awach" in composer.answer(answer).paragraphs[0]
    assert "Utz awach" not in "".join(composer.answer(answer, place).paragraphs)


def test_unsigned_words_never_stand_inside_a_spanish_sentence(catalogue: Catalogue) -> None:
    assert catalogue.words("kek").either.join(["Mam", "Ixil"]) == "Mam malaj Ixil"
    assert catalogue.signed_words("kek").either.join(["Mam", "Ixil"]) == "Mam o Ixil"
    signed = replace(catalogue, locales={**catalogue.locales, "kek": replace(catalogue.words("kek"), is_draft=False)})
    assert signed.signed_words("kek").either.join(["Mam", "Ixil"]) == "Mam malaj Ixil"
