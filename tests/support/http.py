"""HTTP of tests: as urllib3's own, without its three seconds, which a busy machine exceeds."""

from typing import Any, Final

import urllib3

PATIENCE: Final = 20.0
"""Seconds."""


def request(method: str, url: str, **what: Any) -> urllib3.BaseHTTPResponse:
    """`urllib3.request`, with more patience."""
    return urllib3.request(method, url, **{"timeout": PATIENCE, **what})
