"""What the audit's actions are called where people read it; one that stands not here is shown as it is."""

from flask_babel import LazyString, lazy_gettext

ACTION_NAMES: dict[str, LazyString] = {
    "login": lazy_gettext("Entró"),
    "login.failed": lazy_gettext("No pudo entrar"),
    "login.locked": lazy_gettext("La cuenta quedó bloqueada por intentos fallidos"),
    "logout": lazy_gettext("Salió"),
    "password.changed": lazy_gettext("Cambió su contraseña"),
    "authenticator.added": lazy_gettext("Puso la aplicación de códigos"),
    "authenticator.removed": lazy_gettext("Quitó la aplicación de códigos"),
    "passkey.added": lazy_gettext("Agregó una llave de acceso"),
    "passkey.removed": lazy_gettext("Quitó una llave de acceso"),
    "recovery_codes.made": lazy_gettext("Hizo códigos de recuperación"),
    "recovery_codes.used": lazy_gettext("Usó un código de recuperación"),
    "staff.added": lazy_gettext("Agregó una cuenta"),
    "staff.role": lazy_gettext("Cambió el rol de una cuenta"),
    "staff.reset": lazy_gettext("Reinició una cuenta"),
    "staff.disabled": lazy_gettext("Desactivó una cuenta"),
    "staff.enabled": lazy_gettext("Activó una cuenta"),
    "staff.sessions_ended": lazy_gettext("Cerró las sesiones de una cuenta"),
}
