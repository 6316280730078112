"""What fact and office cards must hold beyond their shape: a unit, a review in time, a use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.composing import OFFICE_FACT, PLACEHOLDER
from bot.facts import FactKind, Validity
from content.loader import Loaded
from content.naming import users

COUNTED = frozenset({FactKind.PRICE, FactKind.FIGURE})
"""Kinds of fact that are a number of something."""


@dataclass(frozen=True)
class Entry:
    """A card as the list of all cards shows it."""

    id: str
    """An office's card is named `office:id`, as in a reply's facts."""
    kind: str
    value: str
    unit: str
    where: str
    validity: Validity
    use: str
    """What uses it, or why nothing does."""


def entries(loaded: Loaded) -> Iterator[Entry]:
    """Yield every fact and office card, in the order of the files, with what it is for."""
    using = users(loaded)
    for id_, fact in loaded.facts.items():
        use = _use(f"fact:{id_}", fact.validity, loaded, using)
        yield Entry(id_, fact.kind.value, fact.value, fact.unit or "", fact.where, fact.validity, use)
    for office in loaded.offices.values():
        origin = f"{OFFICE_FACT}{office.id}"
        where = ", ".join(part for part in (office.municipality, office.department, office.country) if part)
        use = _use(origin, office.validity, loaded, using)
        yield Entry(origin, office.kind, office.name, "", where, office.validity, use)


def _use(origin: str, validity: Validity, loaded: Loaded, using: Mapping[str, list[str]]) -> str:
    if not validity.is_publishable:
        return f"never sent: {validity.confidence} confidence, {validity.status}"
    return ", ".join(using.get(origin, ())) or f"unused: {loaded.unused.get(origin, 'no reason given')}"


def validities(loaded: Loaded) -> Iterator[tuple[str, Validity]]:
    """Yield the origin of each fact and office, and how far it can be trusted."""
    yield from ((f"fact:{id_}", fact.validity) for id_, fact in loaded.facts.items())
    yield from ((f"office:{id_}", office.validity) for id_, office in loaded.offices.items())


def check_units(loaded: Loaded, _: date) -> None:
    """A price or a figure says what it counts."""
    for id_, fact in loaded.facts.items():
        if fact.kind in COUNTED and not fact.unit:
            hint = "Say what it is counted in, such as 'quetzales (Q)'."
            loaded.problem_at(f"fact:{id_}", f"'{id_}' is a {fact.kind} without a 'unit'. {hint}")


def check_reviews(loaded: Loaded, _: date) -> None:
    """No card puts its review off for longer than its risk of being stale allows."""
    for origin, validity in validities(loaded):
        if validity.review_by > validity.latest_review:
            what = f"is to be reviewed by {validity.review_by}, later than {validity.latest_review}"
            why = f"the latest for a card checked on {validity.checked_on} with a {validity.stale_risk} stale risk"
            loaded.problem_at(origin, f"'{_id(origin)}' {what}, {why}. Put an earlier date.", "review_by")


def check_offices_due(loaded: Loaded, today: date) -> None:
    """An office that nobody looked at in time warns, and says so when it is no longer shown."""
    for id_, office in loaded.offices.items():
        validity = office.validity
        if not validity.is_publishable or not validity.is_due(today):
            continue
        ran_out = not validity.may_be_sent(today)
        what = f"ran out on {validity.last_day} and is not shown" if ran_out else f"was due on {validity.review_by}"
        loaded.problem_at(f"office:{id_}", f"'{id_}' {what}. Check it again.", is_warning=True)


def check_uses(loaded: Loaded, _: date) -> None:
    """Every card that may be published is used by an answer or a message, or says why not."""
    using = users(loaded)
    for origin, validity in validities(loaded):
        if origin in using and origin in loaded.unused:
            what = f"says why it is unused, yet {', '.join(using[origin])} uses it"
            loaded.problem_at(origin, f"'{_id(origin)}' {what}. Take 'unused' out.", "unused")
        elif validity.is_publishable and origin not in using and origin not in loaded.unused:
            hint = "Name or state it in an answer (or show its kind of office), or say why not in 'unused'."
            loaded.problem_at(origin, f"'{_id(origin)}' is used by no answer. {hint}")


def check_states(loaded: Loaded, _: date) -> None:
    """What the words of an answer rely on exists; whether it may be sent is judged with the facts they name."""
    for (locale, intent), answer in loaded.answers.items():
        for index, id_ in enumerate(answer.states):
            if id_ not in loaded.facts:
                what = f"states the fact '{id_}', which does not exist. Write its card or correct the name."
                loaded.problem_at(f"answer:{locale}:{intent}", what, "states", index)


def check_gaps(loaded: Loaded, _: date) -> None:
    """What is said in place of a gap names only facts that may be published."""
    for id_, gap in loaded.gaps.items():
        for name in PLACEHOLDER.findall(gap.say_instead):
            if name not in loaded.facts or not loaded.facts[name].validity.is_publishable:
                hint = "Correct the name, or name another."
                loaded.problem_at(f"gap:{id_}", f"names '{{{name}}}', which may not be said. {hint}", "say_instead")


def _id(origin: str) -> str:
    return origin.partition(":")[2]
