"""The headers of pages for members: what their browser may load, call, send to, and frame."""

from collections.abc import Sequence

from flask import Response, request

from app.config import Settings
from app.web import headers as web
from app.web.headers import origin

# What LINE's SDK 2.31 loads and calls (read in its code); its access pages are navigations.
_LINE_SCRIPTS = ("https://static.line-scdn.net",)
_LINE_CALLS = (
    "https://api.line.me",
    "https://liffsdk.line-scdn.net",
    "https://uts-front.line-apps.com",
)


def secure(
    answer: Response,
    settings: Settings,
    *,
    form_target: str = "",
    pictures: Sequence[str] = (),
) -> Response:
    """Give a page its headers. `form_target`: an address its form's answer redirects to;
    `pictures`: other origins of its pictures."""
    return web.secure(answer, policy(settings, form_target, pictures))


def shell(answer: Response, settings: Settings, *, pictures: Sequence[str] = ()) -> Response:
    """Give a page that is the same for everybody its headers; unchanged, it is not sent again."""
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Language"
    answer.add_etag()
    answer.make_conditional(request)
    return secure(answer, settings, pictures=pictures)


def policy(settings: Settings, form_target: str = "", pictures: Sequence[str] = ()) -> str:
    """The Content Security Policy: LINE's hosts, or those of the stand-in that is set for LINE."""
    api, sdk = origin(settings.line_api_base), origin(settings.liff_sdk_url)
    lines_sdk = sdk in _LINE_SCRIPTS
    # Only the sandbox's phone shows pages in a frame; LINE's app opens them as a page of its own.
    framed_by = "'none'" if api in _LINE_CALLS else api
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", sdk],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *web.pictures(settings.line_api_base), *pictures],
        "connect-src": ["'self'", *(_LINE_CALLS if lines_sdk else (api, sdk))],
        # Browsers hold a form's target against where the answer redirects, too.
        "form-action": ["'self'", *([origin(form_target)] if form_target else ())],
        "base-uri": ["'none'"],
        "frame-ancestors": [framed_by],
    }
    return web.policy(rules)
