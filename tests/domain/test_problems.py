"""Errors: problem details (RFC 9457) for programs, one calm page for people, and no internals."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import TooManyRequests

from app.errors import NotFound, TsunaguError, Unavailable

CANARY = "山田花子"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Taken(TsunaguError):
    status = 409
    code = "taken"


RAISED = {
    "/fault": ValueError(CANARY),
    "/ours": Taken(CANARY),
    "/absent": NotFound(CANARY),
    "/away": Unavailable("OperationalError"),
    "/many": TooManyRequests(CANARY, retry_after=7),
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The app with a route for each way to fail."""
    for path, error in RAISED.items():
        app.add_url_rule(path, path, _raising(error))
    return app.test_client()


def _raising(error: Exception) -> Any:
    def view() -> None:
        raise error

    return view


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/fault", 500, "internal_error"),
        ("/ours", 409, "taken"),
        ("/absent", 404, "not_found"),
        ("/away", 503, "unavailable"),
        ("/many", 429, "too_many_requests"),
        ("/nowhere", 404, "not_found"),
        ("/webhook/main", 405, "method_not_allowed"),
    ],
)
def test_a_program_gets_problem_details(client, path: str, status: int, kind: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == f"urn:tsunagu:{kind}"
    assert answer.json["status"] == status
    assert set(answer.json) == {"type", "title", "status", "detail", "instance"}


@pytest.mark.parametrize("path", [*RAISED, "/nowhere"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_nothing_of_the_inside_is_told(client, path: str, accept: str) -> None:
    body = client.get(path, headers={"Accept": accept}).text
    assert CANARY not in body
    assert "Error" not in body
    assert "Traceback" not in body


def test_what_is_absent_looks_like_what_is_not_yours(client) -> None:
    absent, other = client.get("/absent").json, client.get("/nowhere").json
    assert absent.pop("instance") != other.pop("instance")
    assert absent == other


def test_the_log_and_the_answer_name_each_other(client, caplog) -> None:
    answer = client.get("/fault")
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.instance == answer.json["instance"]


@pytest.mark.parametrize(
    ("accepts", "title"),
    [
        (None, "ページが見つかりません"),
        ("ja,en;q=0.5", "ページが見つかりません"),
        ("de,en;q=0.5", "Page not found"),
        ("en-GB", "Page not found"),
        ("fr", "ページが見つかりません"),
        ("*", "ページが見つかりません"),
        (";;;,,=", "ページが見つかりません"),
    ],
)
def test_titles_are_in_the_readers_language(client, accepts: str | None, title: str) -> None:
    headers = {} if accepts is None else {"Accept-Language": accepts}
    assert client.get("/nowhere", headers=headers).json["title"] == title
    page = client.get("/nowhere", headers=HTML | headers)
    assert f"<h1>{title}</h1>" in page.text


def test_a_person_gets_a_page_that_runs_and_loads_nothing_foreign(client) -> None:
    page = client.get("/nowhere", headers=HTML)
    assert page.status_code == 404
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'self'"
    assert '<html lang="ja">' in page.text
    assert "<script" not in page.text
    with client.get("/static/calm.css") as style:
        assert style.status_code == 200


@pytest.mark.parametrize("accept", ["*/*", "", "application/json", "image/png", "\xff;;q"])
def test_who_does_not_ask_for_a_page_gets_none(client, accept: str) -> None:
    answer = client.get("/nowhere", headers={"Accept": accept})
    assert answer.content_type == "application/problem+json"


def test_the_ways_that_are_open_are_told(client) -> None:
    assert "POST" in client.get("/webhook/main").headers["Allow"]
    assert client.get("/many").headers["Retry-After"] == "7"


@pytest.mark.parametrize("path", ["/%ff", "/%00", "/" + "x" * 5000, "/../../etc/passwd", "//"])
def test_no_address_makes_a_fault(client, path: str) -> None:
    assert client.get(path).status_code in (404, 308)
