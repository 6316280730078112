"""What Flask-Security says to people, in our words; it finds them in our own catalogue of translations."""


def N_(text: str) -> str:  # noqa: N802  # gettext's name for a text that is translated when it is shown
    """Mark a text for translation."""
    return text


MESSAGES: dict[str, tuple[str, str]] = {
    "GENERIC_AUTHN_FAILED": (N_("El correo o la contraseña no son correctos."), "error"),
    "INVALID_PASSWORD": (N_("La contraseña no es correcta."), "error"),
    "INVALID_PASSWORD_CODE": (N_("La contraseña o el código no son correctos."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Falta la contraseña."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("La contraseña debe tener entre %(length)s y 128 caracteres."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("La contraseña nueva debe ser distinta de la de antes."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("Las dos contraseñas no son iguales."), "error"),
    "PASSWORD_CHANGE": (N_("Su contraseña cambió. Las demás sesiones se cerraron."), "success"),
    "EMAIL_NOT_PROVIDED": (N_("Falta el correo."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("Eso no es un correo."), "error"),
    "DISABLED_ACCOUNT": (N_("Esta cuenta está desactivada."), "error"),
    "API_ERROR": (N_("Algo faltaba en lo que se envió. Intente de nuevo."), "error"),
    "UNAUTHENTICATED": (N_("Entre para ver esta página."), "error"),
    "ANONYMOUS_USER_REQUIRED": (N_("Usted ya entró."), "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Antes de seguir, muestre otra vez que es usted."), "warning"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Gracias. Puede seguir."), "success"),
    "INVALID_RECOVERY_CODE": (N_("Ese código de recuperación no es correcto o ya se usó."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (N_("El código no es correcto. Espere el siguiente y escríbalo."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("Le damos la bienvenida."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Empiece de nuevo con su correo y su contraseña."), "warning"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Esa forma no está disponible."), "error"),
    "WEBAUTHN_EXPIRED": (N_("Pasó demasiado tiempo. Empiece de nuevo."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (N_("Falta el nombre de la llave."), "error"),
    "WEBAUTHN_NAME_INUSE": (N_("Ya tiene una llave que se llama «%(name)s»."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (N_("No tiene una llave que se llame «%(name)s»."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (N_("El nombre solo lleva letras, números, espacios y guiones."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (N_("La llave «%(name)s» se quitó."), "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("La llave «%(name)s» quedó guardada."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("Esa llave ya está guardada."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (N_("No conocemos esa llave de acceso."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (N_("No conocemos esa llave de acceso."), "error"),
    "WEBAUTHN_NO_VERIFY": (N_("La llave de acceso no se pudo comprobar."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (N_("Esa llave no sirve para esto."), "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (N_("Esa llave es de otra cuenta."), "error"),
    "INVALID_INPUT": (N_("Eso no se puede escribir aquí."), "error"),
    "INVALID_INPUT_LENGTH": (N_("Es demasiado largo."), "error"),
}
