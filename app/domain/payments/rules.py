"""Which addresses of a provider people are led to: a pure rule."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from app.domain.payments import limits


def is_page(url: str) -> bool:
    """Whether a customer may be led there: over https, or to a stand-in on this very machine."""
    if len(url) > limits.URL or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or "\\" in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
