"""What people call the roles."""

from flask_babel import LazyString, lazy_gettext

from console.permissions import Role

ROLE_NAMES: dict[str, LazyString] = {
    Role.VIEWER: lazy_gettext("Lectura"),
    Role.EDITOR: lazy_gettext("Edición"),
    Role.REVIEWER: lazy_gettext("Revisión"),
    Role.ADMIN: lazy_gettext("Administración"),
}

ROLE_TASKS: dict[str, LazyString] = {
    Role.VIEWER: lazy_gettext("ve cifras, contenido y conversaciones sin datos personales"),
    Role.EDITOR: lazy_gettext("además cambia datos, respuestas y traducciones"),
    Role.REVIEWER: lazy_gettext(
        "lo de Lectura y, además, juzga respuestas, contesta a personas y puede descubrir datos con un motivo"
    ),
    Role.ADMIN: lazy_gettext("todo, y además cuentas, registro, borrar y exportar"),
}
