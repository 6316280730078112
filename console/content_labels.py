"""What the pages of content call things, in Spanish for the catalogues."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from bot.catalogue import State
from bot.facts import Confidence, FactKind, StaleRisk, Status
from content.card_changes import Fault, Way
from content.exchange import MISSING
from content.mistakes import Kind

STATES: Mapping[str, LazyString] = {
    MISSING: _l("falta"),
    State.DRAFT: _l("borrador"),
    State.REVIEWED: _l("firmada"),
    State.STALE: _l("vieja"),
}
STATE_CLASSES: Mapping[str, str] = {MISSING: "", State.DRAFT: "warn", State.REVIEWED: "good", State.STALE: "bad"}

TOPICS: Mapping[str, LazyString] = {
    "aid": _l("Ayuda en el camino y al volver"),
    "conversation": _l("Conversación"),
    "danger": _l("Peligro y protección"),
    "documents": _l("Documentos"),
    "family": _l("Familia y consulados"),
    "work": _l("Trabajo, estudios y dinero"),
    "messages": _l("Mensajes del sistema"),
}

KINDS: Mapping[str, LazyString] = {
    FactKind.PHONE: _l("teléfono"),
    FactKind.PRICE: _l("precio"),
    FactKind.HOURS: _l("horario"),
    FactKind.ADDRESS: _l("dirección"),
    FactKind.RULE: _l("regla"),
    FactKind.LINK: _l("enlace"),
    FactKind.FIGURE: _l("cifra"),
}
CONFIDENCES: Mapping[str, LazyString] = {
    Confidence.HIGH: _l("alta"),
    Confidence.MEDIUM: _l("media"),
    Confidence.LOW: _l("baja: no se dice a nadie"),
}
RISKS: Mapping[str, LazyString] = {
    StaleRisk.HIGH: _l("alto: se revisa cada 30 días"),
    StaleRisk.MEDIUM: _l("medio: se revisa cada 90 días"),
    StaleRisk.LOW: _l("bajo: se revisa cada 180 días"),
}
STATUSES: Mapping[str, LazyString] = {
    Status.OPEN: _l("vigente"),
    Status.SUPERSEDED: _l("reemplazado: ya no se dice"),
    Status.REPORTED_CLOSED: _l("cerrado, según se informó: ya no se dice"),
}
WAYS: Mapping[str, LazyString] = {
    Way.CALLED.name: _l("Llamó por teléfono"),
    Way.PAGE.name: _l("Leyó la página de la fuente"),
    Way.OFFICE.name: _l("Fue a la oficina"),
}

FIELDS: Mapping[str, LazyString] = {
    "value": _l("Valor"),
    "unit": _l("Unidad"),
    "phones": _l("Teléfonos"),
    "hours": _l("Horario"),
    "address": _l("Dirección"),
    "services": _l("Servicios"),
    "source.title": _l("Fuente"),
    "source.url": _l("Enlace de la fuente"),
    "source.date": _l("Fecha de la fuente"),
    "confidence": _l("Confianza"),
    "stale_risk": _l("Riesgo de quedar viejo"),
    "status": _l("Estado"),
    "conflict": _l("En qué no coinciden las fuentes"),
    "note": _l("Nota para quien edita"),
    "unused": _l("Por qué ninguna respuesta lo usa"),
}
HINTS: Mapping[str, LazyString] = {
    "value": _l("Así como sale en el mensaje, por ejemplo US$50."),
    "unit": _l("En qué se cuenta, por ejemplo: quetzales (Q)."),
    "phones": _l("Uno por línea. Déjelo vacío si ninguna fuente lo dice."),
    "hours": _l("Déjelo vacío si ninguna fuente lo dice."),
    "address": _l("Déjela vacía si ninguna fuente la dice."),
    "source.title": _l("Quién lo dice y en qué página o documento."),
    "source.date": _l("Como 2025-09-06, 2025-09 o 2025. Vacía si la fuente no la trae."),
    "status": _l("Una ficha no se borra: se marca reemplazada o cerrada, para que nadie la agregue de nuevo."),
    "conflict": _l("Si dice algo aquí, la persona lee que confirme antes de ir. Bórrelo cuando se resuelva."),
    "unused": _l("Solo si puede decirse y ninguna respuesta lo nombra."),
}
OPTIONS: Mapping[str, Mapping[str, LazyString]] = {
    "confidence": CONFIDENCES,
    "stale_risk": RISKS,
    "status": STATUSES,
}
LONG = frozenset({"phones", "hours", "address", "services", "conflict", "note", "unused"})
"""Fields with room for several lines."""

FAULTS: Mapping[Fault, LazyString] = {
    Fault.MISSING: _l("Falta. Escríbalo."),
    Fault.TOO_LONG: _l("Es demasiado largo. Acórtelo."),
    Fault.HIDDEN: _l("Tiene caracteres que no se ven y cambian cómo se lee. Escríbalo de nuevo a mano."),
    Fault.NO_DATE: _l("No es una fecha. Escriba una como 2025-09-06, 2025-09 o 2025."),
    Fault.NO_LINK: _l("No es un enlace. Debe empezar con https:// y no llevar espacios."),
    Fault.NO_UNIT: _l("Un precio o una cifra dice en qué se cuenta."),
    Fault.NOT_ALLOWED: _l("Eso no puede ir aquí."),
}

MISTAKES: Mapping[Kind, LazyString] = {
    Kind.CHANGED: _l("Alguien cambió este texto, su español o un dato mientras usted escribía. Vea cómo está ahora."),
    Kind.NO_TEXT: _l("Falta el texto de WhatsApp."),
    Kind.NO_SIGNER: _l("Falta el nombre de quien firma."),
    Kind.NOT_NAMED: _l("Nombra {%(name)s}, y el español no. El español nombra: %(known)s."),
    Kind.BROKEN: _l("Tiene una llave suelta. Copie el dato del español, con sus dos llaves."),
    Kind.DIGIT: _l("Tiene un número escrito a mano cerca de «%(around)s». Ponga el dato del español entre llaves."),
    Kind.HIDDEN: _l("Tiene caracteres que no se ven y cambian cómo se lee. Escríbalo de nuevo a mano."),
    Kind.NO_OFFICE: _l("El español no tiene texto junto a una oficina. Quítelo."),
    Kind.ONLY_SMS_BESIDE: _l("Hay un SMS junto a la oficina y falta el de WhatsApp."),
    Kind.LOST: _l("Falta {%(name)s}, que el español nombra."),
    Kind.NO_LIFELINE: _l("El español no tiene frase que salva vidas. Quítela."),
    Kind.LIFELINE_LOST: _l("Falta {%(name)s}: es el número que salva vidas."),
    Kind.TOO_LONG: _l("Son %(length)s letras por WhatsApp y caben %(most)s. Acórtelo."),
    Kind.STRANGE: _l("Tiene caracteres que hacen que el SMS cueste el doble: %(characters)s. Escríbalo sin ellos."),
    Kind.TOO_DEAR: _l("Cuesta %(segments)s SMS (%(length)s letras) y puede costar %(most)s. Acorte el SMS."),
    Kind.TOO_DEAR_WITHOUT_OWN: _l(
        "Cuesta %(segments)s SMS (%(length)s letras) y puede costar %(most)s. Escriba un texto más corto para SMS."
    ),
    Kind.LEAVES_OUT: _l("No nombra %(names)s, que el español sí nombra."),
    Kind.KEEPS_SMS: _l("El SMS sigue siendo el de antes, junto al texto nuevo de WhatsApp."),
}

TEXTS: Mapping[str, LazyString] = {
    "whatsapp": _l("WhatsApp"),
    "sms": _l("SMS"),
    "lifeline": _l("Frase que salva vidas"),
    "near": _l("WhatsApp, junto a una oficina"),
    "near_sms": _l("SMS, junto a una oficina"),
}

PARTS: Mapping[str, LazyString] = {
    "value": _l("valor"),
    "unit": _l("unidad"),
    "label": _l("nombre"),
    "name": _l("nombre"),
    "kind": _l("clase"),
    "where": _l("dónde vale"),
    "place": _l("lugar"),
    "address": _l("dirección"),
    "phones": _l("teléfonos"),
    "hours": _l("horario"),
    "services": _l("servicios"),
    "source": _l("fuente"),
    "link": _l("enlace"),
    "date of the source": _l("fecha de la fuente"),
    "confidence": _l("confianza"),
    "risk of being stale": _l("riesgo de quedar viejo"),
    "status": _l("estado"),
    "state": _l("estado"),
    "conflict": _l("en qué no coinciden las fuentes"),
    "expires": _l("vence"),
    "unused because": _l("sin uso porque"),
    "title": _l("título"),
    "life-saving line": _l("frase que salva vidas"),
    "WhatsApp beside an office": _l("WhatsApp junto a una oficina"),
    "SMS beside an office": _l("SMS junto a una oficina"),
    "next": _l("lo que sigue"),
    "kinds of office": _l("clases de oficina"),
    "asks for the place": _l("pregunta el lugar"),
    "states": _l("datos que dice con palabras"),
}
"""The parts that `content.comparing` names, as far as they are called otherwise here."""
