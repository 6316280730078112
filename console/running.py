"""How the line itself fares: speed, cost, what did not arrive, which facts are soon due; sections from counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask_babel import LazyString, format_decimal, lazy_gettext

from bot.facts import Validity
from console.needs import CHANNELS
from console.plots import draw_columns
from console.sections import (
    Counts,
    Names,
    Plot,
    Section,
    bars_plot,
    by_step,
    count_bars,
    plots_over_time,
    ranked,
    step_words,
    table_over_time,
    totals,
)
from console.suppression import SMALL, drawn, publish
from console.tabling import Cell, Period, Table, shown
from console.words import gettext, ngettext
from stores.counts import BUCKETS_MS

CODES: Mapping[str, LazyString] = {
    "20429": lazy_gettext("Demasiados envíos a la vez"),
    "21211": lazy_gettext("El número no existe"),
    "21408": lazy_gettext("No enviamos a ese país"),
    "21610": lazy_gettext("La persona pidió no recibir más"),
    "21614": lazy_gettext("No es un celular"),
    "30003": lazy_gettext("Apagado o fuera de alcance"),
    "30004": lazy_gettext("El teléfono bloquea el mensaje"),
    "30006": lazy_gettext("Teléfono fijo"),
    "30007": lazy_gettext("La operadora lo filtró"),
    "63016": lazy_gettext("Pasaron 24 horas en WhatsApp"),
    "63018": lazy_gettext("Demasiados mensajes de WhatsApp"),
    "63024": lazy_gettext("No tiene WhatsApp"),
    "": lazy_gettext("Sin código"),
}
"""Why a message did not arrive, by Twilio's error codes."""

CODES_DRAWN = 3
SOON = timedelta(days=14)

HALF, MOST = 0.50, 0.95


def times(counts: Counts, _: Names) -> Section:
    """Return how long replies took, in buckets."""
    taken: Counter[int] = Counter()
    for count in counts.times:
        taken[count.up_to_ms] += count.turns
    bounds = (*BUCKETS_MS, 0)
    bars = count_bars([(bucket_words(bound), taken[bound]) for bound in bounds])
    per_channel = {count.channel: _of_channel(counts, count.channel) for count in counts.times}
    rows: list[Sequence[Cell]] = [
        (CHANNELS.get(name, name), publish(some.total()), _slowest(some, HALF), _slowest(some, MOST))
        for name, some in sorted(per_channel.items())
    ]
    columns = (gettext("Canal"), gettext("Respuestas"), gettext("La mitad"), gettext("95 de cada 100"))
    title = gettext("Cuánto tarda en responder")
    return Section(
        "times",
        title,
        _speed(taken),
        bars_plot(title, bars),
        (
            Table("times", title, (gettext("Tiempo"), gettext("Respuestas")), [
                (bucket_words(bound), publish(taken[bound])) for bound in bounds
            ]),
            Table("times_by_channel", gettext("Tiempo por canal"), columns, rows),
        ),
        gettext("Los filtros de idioma y departamento no cambian esta parte.") if counts.is_filtered else None,
    )  # fmt: skip


def _of_channel(counts: Counts, channel: str) -> Counter[int]:
    return Counter({count.up_to_ms: count.turns for count in counts.times if count.channel == channel})


def _speed(taken: Counter[int]) -> str:
    if publish(taken.total()) in {0, SMALL}:
        return gettext("Todavía hay muy pocas respuestas en estas fechas.")
    return gettext(
        "La mitad de las respuestas tardó %(half)s; 95 de cada 100, %(most)s.",
        half=_slowest(taken, HALF),
        most=_slowest(taken, MOST),
    )


def _slowest(taken: Counter[int], part: float) -> str | None:
    """Return the time within which a part of the replies was made, as far as buckets tell; None for too few."""
    if publish(taken.total()) in {0, SMALL}:
        return None
    done = 0
    for bound in BUCKETS_MS:
        done += taken[bound]
        if done >= part * taken.total():
            return bound_words(bound)
    return bound_words(0)


def bound_words(bound_ms: int) -> str:
    """Return what the upper bound of a bucket says of the time within it."""
    if not bound_ms:
        return gettext("más de %(time)s", time=_time_words(BUCKETS_MS[-1]))
    return gettext("a lo sumo %(time)s", time=_time_words(bound_ms))


def bucket_words(bound_ms: int) -> str:
    """Return a bucket in words, by its upper bound."""
    if not bound_ms:
        return bound_words(0)
    lower = max((bound for bound in BUCKETS_MS if bound < bound_ms), default=0)
    return gettext("%(lower)s a %(upper)s", lower=_time_words(lower), upper=_time_words(bound_ms))


def _time_words(milliseconds: int) -> str:
    if milliseconds < 1000:
        return gettext("%(number)s ms", number=format_decimal(milliseconds))
    return gettext("%(number)s s", number=format_decimal(milliseconds / 1000))


def sms(counts: Counts, _: Names) -> Section:
    """Return the SMS segments over time and what they cost."""
    replies = {count.day: count.turns for count in counts.sms}
    # Where the replies are hidden, so is what they cost.
    billed = {count.day: count.segments for count in counts.sms if publish(count.turns) != SMALL}
    every = sum(billed.values())
    rows: list[Sequence[Cell]] = [
        (
            Period(day, counts.grain),
            publish(replies.get(day, 0)),
            *((publish(billed[day]), drawn(billed[day]) * counts.sms_price_usd) if day in billed else (None, None)),
        )
        for day in reversed(counts.steps)
    ]
    bars = count_bars(list(zip(step_words(counts), (billed.get(day, 0) for day in counts.steps), strict=True)))
    title = gettext("SMS: segmentos y costo")
    columns = (gettext("Fecha"), gettext("Mensajes"), gettext("Segmentos"), gettext("Costo"))
    sentence = gettext("Sin respuestas por SMS en estas fechas.")
    if drawn(every):
        sentence = gettext(
            "%(segments)s segmentos: unos %(cost)s, si cada uno cuesta %(price)s.",
            segments=shown(drawn(every)),
            cost=shown(drawn(every) * counts.sms_price_usd),
            price=shown(counts.sms_price_usd),
        )
    plots = (Plot(lambda: draw_columns(title, bars)),) if any(bar.length for bar in bars) else ()
    return Section("sms", title, sentence, plots, (Table("sms", title, columns, rows),))


def failures(counts: Counts, _: Names) -> Section:
    """Return the messages that did not arrive, over time and by Twilio's code."""
    steps = by_step([(count.day, count.code, count.messages) for count in counts.failures], counts.grain)
    codes = ranked(totals(steps))
    kinds = [code for code, _ in codes]
    title = gettext("Mensajes que no llegaron")
    rows = [(code_words(code), code, publish(number)) for code, number in codes]
    columns = (gettext("Motivo"), gettext("Código de Twilio"), gettext("Mensajes"))
    sentence = gettext("No consta que fallara ningún mensaje en estas fechas.")
    if codes:
        sentence = gettext(
            "No llegaron %(number)s. El motivo más frecuente: %(why)s (%(times)s).",
            number=shown(publish(sum(number for _, number in codes))),
            why=code_words(codes[0][0]),
            times=shown(publish(codes[0][1])),
        )
    return Section(
        "failures",
        title,
        sentence,
        plots_over_time(counts, steps, code_words, kinds, CODES_DRAWN),
        (
            Table("failures", title, columns, rows),
            table_over_time("failures_by_date", gettext("Por fecha y motivo"), counts, steps, code_words, kinds),
        ),
        gettext("Los filtros de idioma, canal y departamento no cambian esta parte.") if counts.is_filtered else None,
    )


def code_words(code: str) -> str:
    """Return why a message did not arrive."""
    return str(CODES[code]) if code in CODES else gettext("Código %(code)s", code=code)


def due(counts: Counts, names: Names) -> Section:
    """Return the facts and offices that somebody must look at again, the first due on top. They are about nobody."""
    facts = [(fact.label, gettext("Dato"), fact.validity) for fact in names.catalogue.facts.values()]
    offices = [(office.name, gettext("Oficina"), office.validity) for office in names.catalogue.offices]
    until = counts.today + SOON
    soon = sorted(
        (item for item in (*facts, *offices) if _is_soon(item[2], until, counts)),
        key=lambda item: (item[2].review_by, item[0]),
    )
    rows = [(name, kind, validity.review_by, validity.last_day) for name, kind, validity in soon]
    columns = (gettext("Qué"), gettext("Tipo"), gettext("Revisar a más tardar el"), gettext("Se envía hasta"))
    late = sum(validity.is_due(counts.today) for _, _, validity in soon)
    sentence = gettext("Ningún dato está por revisar en los próximos 14 días.")
    if soon:
        sentence = ngettext(
            "%(num)s dato se revisa en 14 días o ya se pasó de fecha (atrasados: %(late)s).",
            "%(num)s datos se revisan en 14 días o ya se pasaron de fecha (atrasados: %(late)s).",
            len(soon),
            late=late,
        )
    title = gettext("Datos por revisar")
    link = ("/facts", gettext("Ir a los datos"))
    return Section("due", title, sentence, (), (Table("due", title, columns, rows),) if rows else (), link=link)


def _is_soon(validity: Validity, until: date, counts: Counts) -> bool:
    return validity.review_by <= until and validity.may_be_sent(counts.today)
