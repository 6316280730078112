"""What may be served as it is and could be better: every finding is a warning."""

from collections.abc import Iterator
from datetime import date

from bot.catalogue import Answer
from bot.composing import PLACEHOLDER
from bot.languages import SPANISH
from content.intents import CORE
from content.loader import Loaded
from content.reach import unreached
from content.readability import FAIRLY_EASY, ease


def advise_on_reach(loaded: Loaded, _: date) -> None:
    """Numbers alone lead to every answer but those to something said."""
    if SPANISH not in loaded.locales:
        return
    answers, menus = unreached(loaded)
    for name in answers:
        hint = "Add it to a menu or to the 'next' of an answer that a menu leads to."
        loaded.problem_at(f"answer:{SPANISH}:{name}", f"'{name}' can be reached only in words. {hint}", is_warning=True)
    for name in menus:
        hint = "Add it to another menu or remove it."
        loaded.problem_at(
            f"locale:{SPANISH}", f"no menu leads to the menu '{name}'. {hint}", "menus", name, is_warning=True
        )


def advise_on_reading(loaded: Loaded, _: date) -> None:
    """Spanish can be read by who went to primary school, with the facts filled in."""
    for (locale, intent), answer in loaded.answers.items():
        for path, text in _wordings(answer) if locale == SPANISH else ():
            figure = ease(PLACEHOLDER.sub(lambda match: _value(match[1], loaded), text))
            if figure is not None and figure < FAIRLY_EASY:
                what = f"'{intent}' is hard to read: {figure:.0f} on the INFLESZ scale, aim for {FAIRLY_EASY:.0f}"
                hint = "Use shorter sentences and shorter words, here or in the facts that it names."
                loaded.problem_at(f"answer:{locale}:{intent}", f"{what}. {hint}", *path, is_warning=True)


def _wordings(answer: Answer) -> Iterator[tuple[tuple[str, ...], str]]:
    for path, wording in (((), answer.wording), (("near",), answer.near)):
        if wording:
            yield (*path, "whatsapp"), wording.whatsapp
        if wording and wording.sms != wording.whatsapp:
            yield (*path, "sms"), wording.sms


def _value(name: str, loaded: Loaded) -> str:
    return loaded.facts[name].value if name in loaded.facts else ""


def advise_on_locales(loaded: Loaded, _: date) -> None:
    """A language that is listened for is also answered in, on all core topics, and the other way round."""
    written: dict[str, set[str]] = {tag: set() for tag in loaded.locales.keys() - {SPANISH}}
    for tag, intent in loaded.translations:
        if tag in loaded.locales:
            written[tag].add(intent)
        else:
            what = f"nobody is answered in '{tag}': it has no words to listen for. Write locales/{tag}.yml."
            loaded.problem_at(f"translation:{tag}:{intent}", what, is_warning=True)
    for tag, intents in written.items():
        missing = ", ".join(sorted(CORE - intents))
        what = f"'{tag}' has no translations: whoever writes in it is answered in Spanish only"
        what = f"'{tag}' has no translation of: {missing}" if intents else what
        if missing:
            loaded.problem_at(f"locale:{tag}", f"{what}. Write answers/{tag}/core.yml.", is_warning=True)
