"""The edge where errors become answers: RFC 9457 for programs, one calm page for people."""

import logging
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from app.errors import TsunaguError
from app.i18n import LANGUAGES, Language, language_of

log = logging.getLogger(__name__)

_TITLES: dict[Language, dict[int, str]] = {
    "ja": {
        400: "内容を読み取れませんでした",
        401: "もう一度お試しください",
        403: "このページはご利用いただけません",
        404: "ページが見つかりません",
        405: "この操作はご利用いただけません",
        409: "ほかの操作と重なりました",
        410: "時間切れです",
        412: "ほかの人が先に変更しました",
        413: "データが大きすぎます",
        422: "入力内容をご確認ください",
        429: "しばらくしてからお試しください",
        503: "ただいま混み合っています",
    },
    "en": {
        400: "We could not read that",
        401: "Please try again",
        403: "This page is not available to you",
        404: "Page not found",
        405: "This cannot be done here",
        409: "Something else happened at the same time",
        410: "That took too long",
        412: "Somebody else changed it first",
        413: "That is too large",
        422: "Please check what you entered",
        429: "Please try again in a while",
        503: "We are busy right now",
    },
}
_OTHER: dict[Language, str] = {"ja": "エラーが発生しました", "en": "Something went wrong"}
_ADVICE: dict[Language, str] = {
    "ja": "お手数ですが、少し時間をおいてもう一度お試しください。"
    "続くようでしたらお店までお知らせください。",
    "en": "Please try again in a little while. If it keeps happening, let the shop know.",
}


def install(app: Flask) -> None:
    """Answer every error of the app from here."""
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(TsunaguError, _from_ours)
    app.register_error_handler(Exception, _from_fault)


def _from_http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.get_response())
    code = (error.name or "error").lower().replace(" ", "_")
    answer = _answer(error.code or 500, code, _instance())
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            answer.headers[name] = value
    return answer


def _from_ours(error: TsunaguError) -> Response:
    instance = _instance()
    why = {"action": "http.refused", "code": error.code, "why": str(error), "instance": instance}
    log.info("refused", extra=why)
    answer = _answer(error.status, error.code, instance, error.extra)
    answer.headers.update(error.headers)
    if "retry_after" in error.extra:
        answer.headers["Retry-After"] = str(error.extra["retry_after"])
    return answer


def _from_fault(error: Exception) -> Response:
    instance = _instance()
    where = {"action": "http.fault", "endpoint": request.endpoint, "instance": instance}
    log.error("fault", exc_info=error, extra=where)
    return _answer(500, "internal_error", instance)


def _instance() -> str:
    """Names this one occurrence, in the answer and in the log; an address could hold an id."""
    return f"urn:uuid:{uuid.uuid4()}"


def _answer(
    status: int, code: str, instance: str, extra: Mapping[str, Any] = MappingProxyType({})
) -> Response:
    language = language_of(request.accept_languages.best_match(LANGUAGES))
    words = {"title": _TITLES[language].get(status, _OTHER[language]), "detail": _ADVICE[language]}
    if _for_a_person():
        page = render_template("error.html", status=status, language=language, **words)
        answer = make_response(page, status)
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'"
        return answer
    problem = {"type": f"urn:tsunagu:{code}", **words, "status": status, "instance": instance}
    problem |= extra
    answer = make_response(problem, status)
    answer.headers["Content-Type"] = "application/problem+json"
    return answer


def _for_a_person() -> bool:
    offers = ["application/problem+json", "application/json", "text/html"]
    return request.accept_mimetypes.best_match(offers) == "text/html"
