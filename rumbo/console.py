"""What gunicorn serves to staff: `rumbo.console:create()`."""

import logging

from flask import Flask

from rumbo.settings import read_settings
from rumbo.wiring import build_console


def create() -> Flask:
    """Return the console, built from the environment."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("twilio", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return build_console(read_settings())
