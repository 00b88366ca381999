"""What an application asks of LINE in the address of the authorization page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from sandbox.logins import BotPrompt, LiffApp, LoginChannel, Logins

Error = Literal[
    "invalid_request",
    "access_denied",
    "unsupported_response_type",
    "invalid_scope",
    "login_required",
    "interaction_required",
    "server_error",
]
_SCOPES = frozenset({"openid", "profile", "email"})
_PROMPTS = frozenset({"none", "consent", "login"})
_BOT_PROMPTS: dict[str, BotPrompt] = {"normal": "normal", "aggressive": "aggressive"}
# PKCE (RFC 7636): the SHA-256 of the verifier as Base64 for URLs.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass
class Asked:
    """A request that may be answered at its redirect URI; `app` only for LIFF."""

    channel: LoginChannel
    redirect_uri: str
    state: str | None
    scopes: list[str] = field(default_factory=list)
    nonce: str | None = None
    challenge: str | None = None
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    bot_prompt: BotPrompt = "none"
    app: LiffApp | None = None


class Returnable(Exception):
    """A mistake, or a person's refusal, that the application is told at its redirect URI."""

    def __init__(self, asked: Asked, code: Error, description: str) -> None:
        super().__init__(description)
        self.asked = asked
        self.code = code
        self.description = description


class NotReturnable(Exception):
    """A mistake that only the person is told: nobody knows where to return to."""


def read_web(query: Mapping[str, str], logins: Logins) -> Asked:
    """Read /oauth2/v2.1/authorize. Raises Returnable and NotReturnable."""
    channel = logins.channels.get(query.get("client_id", ""))
    if channel is None:
        raise NotReturnable("400 Bad Request: Invalid client_id value.")
    redirect_uri = query.get("redirect_uri", "")
    if not channel.allows(redirect_uri):
        raise NotReturnable(
            "400 Bad Request: Invalid redirect_uri value. Check if it is registered in a LINE"
            " developers site."
        )
    asked = Asked(channel, redirect_uri, query.get("state") or None, nonce=query.get("nonce"))
    asked.bot_prompt = _BOT_PROMPTS.get(query.get("bot_prompt", ""), "none")
    _read_common(asked, query)
    asked.scopes = list(dict.fromkeys(query.get("scope", "").split()))
    unknown = set(asked.scopes) - _SCOPES
    if not asked.scopes or unknown or asked.scopes == ["email"]:
        raise Returnable(asked, "invalid_scope", "The requested scope is invalid.")
    if "email" in asked.scopes and not channel.email_permission:
        raise Returnable(asked, "invalid_scope", "The channel may not ask for the e-mail address.")
    _read_prompt(asked, query)
    return asked


def read_liff(query: Mapping[str, str], logins: Logins) -> Asked:
    """Read /liff/v1/authorize, where liff.login() leads. Raises Returnable and NotReturnable."""
    app = logins.apps.get(query.get("app_id", ""))
    if app is None:
        raise NotReturnable("400 Bad Request: Invalid app_id value.")
    redirect_uri = query.get("redirect_uri") or app.endpoint
    if not is_under(app.endpoint, redirect_uri):
        raise NotReturnable(
            "400 Bad Request: redirect_uri must start with the endpoint URL of the LIFF app."
        )
    channel = logins.channels[app.channel_id]
    asked = Asked(channel, redirect_uri, query.get("state") or None, app=app)
    asked.bot_prompt = app.bot_prompt
    # LINE: outside the app nothing can be sent to a talk, so this is not asked for.
    asked.scopes = [scope for scope in app.scopes if scope != "chat_message.write"]
    _read_common(asked, query)
    if asked.challenge is None:
        raise Returnable(asked, "invalid_request", "code_challenge is required.")
    return asked


def is_under(endpoint: str, url: str) -> bool:
    """Tell whether an address is a LIFF app's endpoint or below it."""
    base, wanted = urlsplit(endpoint), urlsplit(url)
    if (base.scheme, base.netloc) != (wanted.scheme, wanted.netloc):
        return False
    root = base.path.rstrip("/")
    return wanted.path in (base.path, root) or wanted.path.startswith(root + "/")


def _read_common(asked: Asked, query: Mapping[str, str]) -> None:
    if query.get("response_type") != "code":
        raise Returnable(asked, "unsupported_response_type", "response_type must be code.")
    if asked.state is None:
        raise Returnable(asked, "invalid_request", "state is required.")
    challenge = query.get("code_challenge")
    if challenge is None and "code_challenge_method" not in query:
        return
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge or ""):
        raise Returnable(asked, "invalid_request", "code_challenge must be of method S256.")
    asked.challenge = challenge


def _read_prompt(asked: Asked, query: Mapping[str, str]) -> None:
    asked.prompt = frozenset(query.get("prompt", "").split())
    if asked.prompt - _PROMPTS or ("none" in asked.prompt and len(asked.prompt) > 1):
        raise Returnable(asked, "invalid_request", "prompt is invalid.")
    max_age = query.get("max_age")
    if max_age is not None:
        if not max_age.isdecimal():
            raise Returnable(asked, "invalid_request", "max_age must be a number of seconds.")
        asked.max_age = int(max_age)
