"""What gunicorn serves: `rumbo.web:create()`."""

import logging

from flask import Flask

from rumbo.settings import read_settings
from rumbo.wiring import build_app


def create() -> Flask:
    """Return the application, built from the environment."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Twilio's client and urllib3 write URLs and numbers at INFO.
    for name in ("twilio", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Editors look there for what became of their changes.
    logging.getLogger("content").setLevel(logging.INFO)
    return build_app(read_settings())
