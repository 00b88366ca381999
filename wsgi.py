"""The app, for gunicorn and for `flask --app wsgi`."""

import sys

from app import log
from app.config import SettingsError
from app.factory import create_app

try:
    app = create_app()
except SettingsError as error:
    # Without a traceback: the reader needs the names of the variables, nothing else.
    sys.exit(f"Tsunagu cannot start:\n{error}")

log.configure(app.extensions["settings"].log_level)
