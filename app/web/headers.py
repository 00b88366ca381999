"""The headers that every page of ours has; which hosts it needs is for its edge to say."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from flask import Response

NOTHING = "camera=(), geolocation=(), microphone=()"
"""The Permissions-Policy of a page that needs none of them."""

_LINE = "https://api.line.me"
# https://developers.line.biz/en/reference/line-login/#get-user-profile: where pictures are.
_LINE_PICTURES = ("https://profile.line-scdn.net", "https://*.line-scdn.net")


def secure(answer: Response, content: str, permissions: str = NOTHING) -> Response:
    """Give a page its headers: its Content Security Policy, and what else keeps it to itself."""
    answer.headers["Content-Security-Policy"] = content
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Permissions-Policy"] = permissions
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def policy(rules: Mapping[str, Sequence[str]]) -> str:
    """A Content Security Policy from directive -> sources, each named once."""
    return "; ".join(f"{name} {' '.join(dict.fromkeys(to))}" for name, to in rules.items())


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def pictures(line_api_base: str) -> list[str]:
    """Where pictures of LINE users are: LINE's hosts, and the stand-in that is set for LINE."""
    api = origin(line_api_base)
    return [*_LINE_PICTURES, *(() if api == _LINE else (api,))]
