"""What people ask for, where and in which language, and what they get: sections made from counts."""

from collections import Counter
from collections.abc import Callable, Mapping
from operator import attrgetter

from bot.languages import SPANISH
from bot.policy import NO_NEED
from console.plots import Bar
from console.sections import (
    Counts,
    Names,
    Section,
    bars_plot,
    by_step,
    count_bars,
    plots_over_time,
    ranked,
    table_over_time,
    topic_words,
    totals,
)
from console.suppression import drawn, publish, share
from console.tabling import Share, Table, shown
from console.words import gettext
from stores.insights import HelpCount, OutcomeCount

CLARIFIED, UNKNOWN = "clarified", "unknown"
ASKED = frozenset({"answered", CLARIFIED, UNKNOWN, "handoff"})
"""Outcomes of messages that wanted to know something; the others are menus, orders and silence."""

GREETINGS = "conversation"
CHANNELS = {"whatsapp": "WhatsApp", "sms": "SMS"}


def topics(counts: Counts, names: Names) -> Section:
    """Return what is asked, over time by topic, and by question."""
    steps = by_step([(count.day, names.topic(count.intent), count.turns) for count in counts.intents], counts.grain)
    kinds = [topic for topic, _ in ranked(totals(steps)) if topic]
    questions: Counter[str] = Counter()
    for count in counts.intents:
        questions[count.intent] += count.turns
    largest = ranked(questions)
    rows = [
        (names.intent(intent), topic_words(names.topic(intent)), publish(number))
        for intent, number in largest
        if intent
    ]
    columns = (gettext("Pregunta"), gettext("Tema"), gettext("Veces"))
    every_kind = [*kinds, *([""] if "" in totals(steps) else [])]
    return Section(
        "topics",
        gettext("Qué se pregunta"),
        _most_asked(dict(largest), totals(steps), names),
        plots_over_time(counts, steps, topic_words, kinds),
        (
            table_over_time("topics", gettext("Mensajes por tema"), counts, steps, topic_words, every_kind),
            Table("questions", gettext("Mensajes por pregunta"), columns, rows),
        ),
        gettext("Cada dibujo es un tema. Todos usan la misma escala."),
    )


def _most_asked(questions: Mapping[str, int], topics: Mapping[str, int], names: Names) -> str:
    real = [(intent, n) for intent, n in ranked(questions) if names.topic(intent) and intent not in NO_NEED]
    themes = [(topic, n) for topic, n in ranked(topics) if topic not in {"", GREETINGS}]
    if not real or not themes:
        return gettext("Todavía no hay preguntas en estas fechas.")
    return gettext(
        "Lo más preguntado: %(question)s (%(asked)s). El tema más grande: %(topic)s (%(number)s).",
        question=names.intent(real[0][0]),
        asked=shown(publish(real[0][1])),
        topic=topic_words(themes[0][0]),
        number=shown(publish(themes[0][1])),
    )


def _asked_by(counts: Counts, kind: Callable[[OutcomeCount], str]) -> Counter[str]:
    asked: Counter[str] = Counter()
    for count in counts.outcomes:
        if count.outcome in ASKED:
            asked[kind(count)] += count.turns
    return asked


def locales(counts: Counts, names: Names) -> Section:
    """Return questions by language."""
    asked = _asked_by(counts, attrgetter("locale"))
    mayan = share(asked.total() - asked[SPANISH], asked.total())
    sentence = gettext("Todavía no hay preguntas en estas fechas.")
    if asked and mayan is None:
        sentence = gettext("Se pregunta sobre todo en %(name)s.", name=names.locale(ranked(asked)[0][0]))
    elif asked:
        sentence = gettext("En idiomas mayas llega %(share)s de las preguntas.", share=shown(Share(mayan)))
    return _by_kind("locales", gettext("En qué idioma"), sentence, asked, names.locale)


def departments(counts: Counts, names: Names) -> Section:
    """Return questions by the department of the place that people named."""
    asked = _asked_by(counts, attrgetter("department"))
    known = ranked({name: number for name, number in asked.items() if name})
    if not known:
        sentence = gettext("Nadie nombró un lugar en estas fechas.")
    else:
        sentence = gettext(
            "El departamento más nombrado: %(name)s (%(number)s).", name=known[0][0], number=shown(publish(known[0][1]))
        )
    section = _by_kind("departments", gettext("Desde dónde"), sentence, asked, _department)
    bars = count_bars(known)
    note = gettext("Cuenta el departamento del último lugar que la persona nombró. Muchas no nombran ninguno.")
    return Section(section.id, section.title, sentence, bars_plot(section.title, bars), section.tables, note)


def _department(name: str) -> str:
    return name or gettext("No se sabe")


def channels(counts: Counts, names: Names) -> Section:
    """Return questions by channel."""
    asked = _asked_by(counts, attrgetter("channel"))
    sentence = gettext("Todavía no hay preguntas en estas fechas.")
    if asked:
        first, number = ranked(asked)[0]
        sentence = gettext("Sobre todo por %(name)s (%(number)s).", name=_channel(first), number=shown(publish(number)))
    return _by_kind("channels", gettext("Por qué canal"), sentence, asked, _channel)


def _channel(name: str) -> str:
    return CHANNELS.get(name, name)


def _by_kind(name: str, title: str, sentence: str, asked: Mapping[str, int], words: Callable[[str], str]) -> Section:
    rows = [(words(kind), number) for kind, number in ranked(asked)]
    table = Table(name, title, (title, gettext("Preguntas")), [(kind, publish(number)) for kind, number in rows])
    return Section(name, title, sentence, bars_plot(title, count_bars(rows)), (table,))


def unanswered(counts: Counts, names: Names) -> Section:
    """Return by language how often nothing was understood, and how often we had to ask back."""
    asked = _asked_by(counts, attrgetter("locale"))
    lost = _with_outcome(counts, UNKNOWN)
    unclear = _with_outcome(counts, CLARIFIED)
    order = [locale for locale, _ in ranked(asked)]
    rows = [
        (
            names.locale(locale),
            publish(asked[locale]),
            publish(lost[locale]),
            Share(share(lost[locale], asked[locale])),
            publish(unclear[locale]),
            Share(share(unclear[locale], asked[locale])),
        )
        for locale in order
    ]
    columns = (
        gettext("Idioma"),
        gettext("Preguntas"),
        gettext("No se entendió"),
        gettext("De cada 100"),
        gettext("Se preguntó cuál"),
        gettext("De cada 100"),
    )
    plots = [
        plot
        for caption, counted in ((gettext("No se entendió"), lost), (gettext("Se preguntó cuál"), unclear))
        for plot in bars_plot(
            caption, [_share_bar(names.locale(tag), counted[tag], asked[tag]) for tag in order], caption
        )
    ]
    title = gettext("Lo que no se entendió")
    return Section("unanswered", title, _worst(lost, asked, names), plots, (Table("unanswered", title, columns, rows),))


def _with_outcome(counts: Counts, outcome: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for count in counts.outcomes:
        if count.outcome == outcome:
            found[count.locale] += count.turns
    return found


def _share_bar(name: str, part: int, whole: int) -> Bar:
    value = share(part, whole)
    return Bar(name, value or 0.0, shown(Share(value)))


def _worst(lost: Mapping[str, int], asked: Mapping[str, int], names: Names) -> str:
    shares = {tag: value for tag in asked if (value := share(lost.get(tag, 0), asked[tag])) is not None}
    if not shares:
        return gettext("Hay muy pocas preguntas para dar partes de cien.")
    worst = max(shares, key=lambda tag: (shares[tag], tag))
    return gettext(
        "Donde menos se entiende: %(name)s; no se entendió %(share)s de %(number)s preguntas.",
        name=names.locale(worst),
        share=shown(Share(shares[worst])),
        number=shown(publish(asked[worst])),
    )


def helpful(counts: Counts, names: Names) -> Section:
    """Return by answer how often people said that it helped."""
    said = sorted(counts.help, key=lambda count: (-drawn(count.said), count.answer))
    shares = {count: share(count.helped, count.said) for count in said}
    rows = [(names.intent(count.answer), publish(count.said), Share(shares[count])) for count in said]
    told = [count for count in said if shares[count] is not None]
    bars = [_share_bar(names.intent(count.answer), count.helped, count.said) for count in told]
    title = gettext("Si la respuesta ayudó")
    columns = (gettext("Respuesta"), gettext("Opiniones"), gettext("Ayudó"))
    return Section(
        "helpful",
        title,
        _least_helpful(told, shares, names),
        bars_plot(title, bars),
        (Table("helpful", title, columns, rows),),
        gettext("Los filtros de idioma, canal y departamento no cambian esta parte.") if counts.is_filtered else None,
    )


def _least_helpful(told: list[HelpCount], shares: Mapping[HelpCount, float | None], names: Names) -> str:
    if not told:
        return gettext("Todavía hay muy pocas opiniones en estas fechas.")
    worst = min(told, key=lambda count: (shares[count] or 0.0, count.answer))
    every = share(sum(count.helped for count in told), sum(count.said for count in told))
    return gettext(
        "Ayudó en %(share)s de las opiniones. La que menos: %(name)s, %(least)s de %(number)s.",
        share=shown(Share(every)),
        name=names.intent(worst.answer),
        least=shown(Share(shares[worst])),
        number=shown(publish(worst.said)),
    )
