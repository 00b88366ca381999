"""The app, for gunicorn and for `flask --app wsgi`."""

import gc
import sys

gc.disable()  # Nothing that is imported is garbage: looking for some takes a fifth of the start.

from app import log  # noqa: E402
from app.config import SettingsError  # noqa: E402
from app.factory import create_app  # noqa: E402

try:
    app = create_app()
except SettingsError as error:
    # Without a traceback: the reader needs the names of the variables, nothing else.
    sys.exit(f"Tsunagu cannot start:\n{error}")

log.configure(app.extensions["settings"].log_level)
gc.freeze()  # What is there now stays, so forked workers share its pages and nobody scans them.
gc.enable()
