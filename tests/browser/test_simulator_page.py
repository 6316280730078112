"""The simulator as an editor uses it, in a real browser. No test knows what the line answers, only its form."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

COST_LINE = re.compile(r"^\d+ segmentos? · (GSM-7|UCS-2) · \d+ (carácter|caracteres) · ≈ US\$\d+\.\d{2,4}$")
NUMBER = re.compile(r"\+502 5550 \d{4}")


def chat(page: Page) -> Locator:
    return page.get_by_role("log")


def from_person(page: Page) -> Locator:
    return chat(page).get_by_role("article", name="Usted")


def from_line(page: Page) -> Locator:
    return chat(page).get_by_role("article", name="Rumbo")


def write(page: Page, text: str) -> None:
    """Send a text and wait until something has come back."""
    heard = from_line(page).count()
    box = page.get_by_label("Su mensaje")
    box.fill(text)
    box.press("Enter")
    expect(from_line(page).nth(heard)).to_be_visible()


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2) of a computed `rgb(…)`."""
    levels = [int(level) / 255 for level in re.findall(r"\d+", color)[:3]]
    red, green, blue = (level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def overflow(page: Page) -> int:
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert isinstance(width, int)
    return width


def test_an_sms_is_shown_with_its_reply_and_what_the_reply_costs(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    write(page, "menu")
    expect(from_person(page)).to_contain_text("menu")
    expect(from_line(page).first.get_by_text(COST_LINE)).to_be_visible()
    expect(page.get_by_label("Su mensaje")).to_have_value("")


def test_whatsapp_is_another_thread_without_segments(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    write(page, "por SMS")
    page.get_by_role("radio", name="WhatsApp").check()
    expect(from_person(page)).to_have_count(0)
    write(page, "por WhatsApp")
    expect(from_line(page).last).not_to_contain_text("US$")
    page.get_by_role("radio", name="SMS").check()
    expect(from_person(page)).to_contain_text("por SMS")


def test_bold_of_whatsapp_is_shown_bold(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    page.get_by_role("radio", name="WhatsApp").check()
    write(page, "esto es *muy urgente*, 2*3*4 no")
    expect(from_person(page).locator("strong")).to_have_text("muy urgente")
    expect(from_person(page)).to_contain_text("2*3*4 no")


@pytest.mark.parametrize("channel", ["SMS", "WhatsApp"])
def test_a_tapped_choice_sends_its_number(page: Page, simulator_url: str, channel: str) -> None:
    page.goto(simulator_url)
    page.get_by_role("radio", name=channel).check()
    write(page, "menu")
    choices = page.get_by_role("group", name="Opciones").last.get_by_role("button")
    expect(choices.nth(1)).to_contain_text("2")
    replies = from_line(page).count()
    choices.nth(1).click()
    expect(from_person(page).last.locator(".said")).to_have_text("2")
    expect(from_line(page).nth(replies)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("channel", ["SMS", "WhatsApp"])
def test_what_is_being_written_can_be_read(
    page: Page, simulator_url: str, channel: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(simulator_url)
    page.get_by_role("radio", name=channel).check()
    style = "(box) => [getComputedStyle(box).color, getComputedStyle(box).backgroundColor]"
    ink, paper = (luminance(color) for color in page.get_by_label("Su mensaje").evaluate(style))
    assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 4.5


def test_shift_enter_begins_another_line(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    box = page.get_by_label("Su mensaje")
    box.press_sequentially("uno")
    box.press("Shift+Enter")
    box.press_sequentially("dos")
    box.press("Enter")
    expect(from_person(page).locator(".said")).to_have_text("uno\ndos", use_inner_text=True)


def test_an_example_fills_the_box_and_waits(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    page.get_by_role("button", name="nesesito pasaporte").click()
    expect(page.get_by_label("Su mensaje")).to_have_value("nesesito pasaporte")
    expect(page.get_by_label("Su mensaje")).to_be_focused()
    expect(from_person(page)).to_have_count(0)


@pytest.mark.parametrize("button", ["Nota de voz", "Foto"])
def test_a_file_is_sent_with_one_tap(page: Page, simulator_url: str, button: str) -> None:
    page.goto(simulator_url)
    page.get_by_role("radio", name="WhatsApp").check()
    page.get_by_role("button", name=button).click()
    expect(from_person(page)).to_contain_text(button)
    expect(from_line(page).first).to_be_visible()


def test_a_town_is_shared_by_whatsapp_and_not_by_sms(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    page.get_by_role("button", name="Compartir ubicación").click()
    expect(page.get_by_text("Un SMS no lleva ubicación")).to_be_visible()
    expect(page.get_by_role("button", name="Tecún Umán")).to_be_hidden()
    page.get_by_role("radio", name="WhatsApp").check()
    page.get_by_role("button", name="Tecún Umán").click()
    expect(from_person(page)).to_contain_text("Tecún Umán")
    expect(from_line(page).first).to_be_visible()


def test_a_refusal_of_the_webhook_is_told(page: Page, refused_simulator_url: str) -> None:
    page.goto(refused_simulator_url)
    page.get_by_label("Su mensaje").fill("menu")
    page.get_by_role("button", name="Enviar").click()
    expect(chat(page).get_by_text("El webhook rechazó la firma")).to_be_visible()
    expect(page.get_by_role("button", name="Enviar")).to_be_enabled()


def test_a_recording_can_be_played_below_the_text_and_its_choices_stay(page: Page, recorded_simulator_url: str) -> None:
    page.goto(recorded_simulator_url)
    page.get_by_role("radio", name="WhatsApp").check()
    write(page, "pasaporte")
    player = from_line(page).nth(1).get_by_label("Respuesta grabada")
    expect(player).to_be_visible()
    seconds = player.evaluate("async (audio) => { await audio.play(); return audio.duration; }")
    assert seconds == pytest.approx(1, abs=0.1)
    expect(from_line(page).first.get_by_role("button")).to_have_count(1)


def test_waiting_is_shown_and_a_new_person_does_not_hear_the_old_ones_reply(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    page.route("**/simulator/messages", lambda _: None)  # The webhook thinks and thinks.
    page.get_by_label("Su mensaje").fill("menu")
    page.get_by_label("Su mensaje").press("Enter")
    expect(page.locator("header").get_by_text("escribiendo…")).to_be_visible()
    expect(page.get_by_role("button", name="Enviar")).to_be_disabled()
    page.get_by_role("button", name="Nueva persona").click()
    page.unroute_all(behavior="ignoreErrors")
    write(page, "hola")
    expect(from_person(page)).to_have_count(1)
    expect(chat(page).locator(".error")).to_have_count(0)


def test_markup_and_emoji_are_shown_as_they_were_written(page: Page, simulator_url: str) -> None:
    text = "<script>document.title = 'tomada'</script> <b>no</b> 🙂"
    page.goto(simulator_url)
    page.get_by_role("radio", name="WhatsApp").check()
    write(page, text)
    expect(from_person(page).locator(".said")).to_have_text(text)
    expect(page).to_have_title("Simulador de Rumbo")


def test_a_reload_keeps_the_chat_and_a_new_person_clears_it(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    page.get_by_role("radio", name="WhatsApp").check()
    write(page, "menu")
    said, number = chat(page).inner_text(), page.get_by_text(NUMBER).inner_text()
    page.reload()
    expect(page.get_by_role("radio", name="WhatsApp")).to_be_checked()
    assert (chat(page).inner_text(), page.get_by_text(NUMBER).inner_text()) == (said, number)
    page.get_by_role("button", name="Nueva persona").click()
    expect(from_person(page)).to_have_count(0)
    expect(from_line(page)).to_have_count(0)


def test_what_another_version_left_behind_does_not_break_the_page(page: Page, simulator_url: str) -> None:
    page.goto(simulator_url)
    page.evaluate("sessionStorage.setItem('rumbo.simulator', '{\"threads\": 7}')")
    page.reload()
    write(page, "menu")


@pytest.mark.parametrize("channel", ["SMS", "WhatsApp"])
def test_a_small_phone_shows_everything_without_scrolling_sideways(
    page: Page, simulator_url: str, channel: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(simulator_url)
    page.get_by_role("radio", name=channel).check()
    assert overflow(page) <= 0
    write(page, "x" * 300)
    assert overflow(page) <= 0
    expect(page.get_by_role("button", name="Enviar")).to_be_in_viewport(ratio=1)
    for target in page.get_by_role("button").all():
        size = target.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 43.99, target.inner_text()
