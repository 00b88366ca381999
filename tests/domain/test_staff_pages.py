"""The staff pages over HTTP: what leads in, what is refused, and what a browser is told."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from freezegun import freeze_time
from werkzeug.test import TestResponse

from app.domain.audit import queries as audit
from app.domain.members import queries as members
from app.domain.staff import limits, service
from app.factory import create_app
from app.staff.identity import COOKIE
from tests.support.members import a_member
from tests.support.staff import BROWSER, OWNER, PASSWORD, an_owner, code_of, hired, link

HTML = {"Accept": "text/html", "Accept-Language": "ja"}
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
WRONG = "メールアドレスかパスワードが違います。"

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("inside"),
]
Send = Callable[..., TestResponse]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that speaks https, for the cookies are Secure."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["SERVER_PORT"] = "443"
    return client


@pytest.fixture
def send(client: FlaskClient) -> Send:
    """Opens a page and sends its first form."""

    def send(path: str, to: str | None = None, **form: str) -> TestResponse:
        page = client.get(path, headers=HTML)
        (csrf, *_) = CSRF.findall(page.text)
        return client.post(to or path, data={"csrf": csrf, **form}, headers=HTML)

    return send


def log_in(send: Send, path: str = "/staff/login", password: str = PASSWORD) -> TestResponse:
    return send(path, email=OWNER, password=password)


def cookie(answer: TestResponse) -> str:
    """What is told about the cookie of the session."""
    set_cookies = answer.headers.getlist("Set-Cookie")
    return next((each for each in set_cookies if each.startswith(COOKIE)), "")


def test_the_session_is_a_cookie_that_scripts_and_other_sites_do_not_have(send):
    an_owner()
    told = cookie(log_in(send))
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in told
    assert "Domain" not in told
    assert "Max-Age" not in told


def test_nothing_written_in_a_page_can_run_and_nobody_keeps_a_copy(client):
    answer = client.get("/staff/login", headers=HTML)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/staff/team", "/staff/team"),
        ("https://evil.example/", "/staff/"),
        ("//evil.example", "/staff/"),
        ("/staff/../evil", "/staff/"),
        ("/staff/\\evil.example", "/staff/"),
    ],
)
def test_a_login_leads_back_to_pages_of_ours_alone(client, send, wanted, leads_to):
    an_owner()
    asked = client.get("/staff/team", headers=HTML)
    assert (asked.status_code, asked.location) == (303, "/staff/login?next=%2Fstaff%2Fteam")
    answer = log_in(send, f"/staff/login?next={wanted}")
    assert (answer.status_code, answer.location) == (303, leads_to)


def test_the_words_are_the_same_for_people_who_do_not_exist(send):
    an_owner()
    known = log_in(send, password="wrong horse")
    unknown = send("/staff/login", email="nobody@x.example", password="wrong horse")
    for answer in (known, unknown):
        assert answer.status_code == 403
        assert WRONG in answer.text
        assert cookie(answer) == ""


def test_too_many_tries_are_told_with_their_time(send):
    an_owner()
    for _ in range(limits.TRIES):
        log_in(send, password="wrong horse")
    answer = log_in(send)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 800) == (429, True)


def test_a_login_form_of_another_site_is_refused(client):
    an_owner()
    form = {"email": OWNER, "password": PASSWORD}
    assert client.post("/staff/login", data=form, headers=HTML).status_code == 403
    assert client.post("/staff/login", data=form | {"csrf": ""}, headers=HTML).status_code == 403


@pytest.mark.parametrize("page", ["totp", "reset", "invited"])
def test_a_form_of_another_site_is_refused_before_anybody_is_known(client, page):
    form = {"email": OWNER, "password": "battery staple", "code": "000000"}
    for more in ({}, {"csrf": ""}):
        answer = client.post(f"/staff/{page}?token=x", data=form | more, headers=HTML)
        assert (answer.status_code, cookie(answer)) == (403, "")


def test_a_program_without_a_session_gets_a_problem(client):
    answer = client.get("/staff/me", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["type"]) == (401, "urn:tsunagu:not_logged_in")


def test_the_second_factor_is_set_up_and_asked_for(client, send):
    an_owner()
    with freeze_time("2026-11-22T00:00:00Z") as time:
        log_in(send)
        setup = send("/staff/me", "/staff/me/totp")
        found = re.search(r'spaced">([A-Z2-7 ]+)<', setup.text)
        assert found
        secret = found[1].replace(" ", "")
        (csrf, *_) = CSRF.findall(setup.text)
        done = client.post(
            "/staff/me/totp/confirm", data={"csrf": csrf, "code": code_of(secret)}, headers=HTML
        )
        assert len(re.findall(r"<li>\w{5}-\w{5}</li>", done.text)) == limits.RECOVERY
        send("/staff/me", "/staff/logout")

        assert log_in(send).location == "/staff/totp?next=%2Fstaff%2F"
        assert client.get("/staff/", headers=HTML).location.startswith("/staff/login")
        time.tick(timedelta(seconds=30))
        assert send("/staff/totp", code="000000").status_code == 403
        assert send("/staff/totp", code=code_of(secret)).location == "/staff/"
        assert client.get("/staff/", headers=HTML).status_code == 200


def test_a_forgotten_password_is_reset_over_the_mail(client, send):
    an_owner()
    for address in (OWNER, "nobody@x.example"):
        assert "メールをご確認ください" in send("/staff/reset", email=address).text
    service.ask_reset(OWNER, "http://shop.example/staff/reset", BROWSER)
    page = f"/staff/reset?token={link('reset')}"
    assert send(page, password="short").status_code == 422
    assert send(page, password="battery staple").location == "/staff/login?done=reset"
    assert client.get(page, headers=HTML).status_code == 410
    assert log_in(send, password="battery staple").location == "/staff/"


def test_a_member_number_is_noted_on_the_page_of_a_colleague(client, send):
    clerk = hired(an_owner(), "clerk")
    member = members.member(a_member())
    log_in(send)
    page = f"/staff/team/{clerk.staff_id}"
    assert send(page, f"{page}/member", number="K-nobody").status_code == 422
    assert send(page, f"{page}/member", number=member.number).status_code == 303
    assert member.number in client.get(page, headers=HTML).text
    send(page, f"{page}/suspend", reason="退職")
    noted = [(entry.action, entry.network) for entry in audit.listed(limit=2)]
    assert noted == [("staff.suspended", "127.0.0.1"), ("staff.member_set", "127.0.0.1")]


def test_a_sole_owner_notes_their_own_member_number_and_cannot_take_it_back(client, send):
    an_owner()
    member = members.member(a_member())
    log_in(send)
    page, to = "/staff/me", "/staff/me/member"
    for nobodys in ("K-nobody", ""):
        assert send(page, to, number=nobodys).status_code == 422
    assert send(page, to, number=member.number).location == "/staff/me?done=member"
    assert member.number in client.get(page, headers=HTML).text
    assert send(page, to, number="").status_code == 422
    other = members.member(a_member("other@example.jp"))
    assert send(page, to, number=other.number).status_code == 403
    assert member.number in client.get(page, headers=HTML).text
    assert audit.listed(limit=1)[0].action == "staff.member_set"


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "198.51.100.7")])
def test_the_network_is_the_visitors_behind_our_own_proxies(settings, proxies, seen):
    app = create_app(settings.model_copy(update={"proxies": proxies}))
    seen_by: list[str | None] = []

    @app.before_request
    def look() -> None:
        seen_by.append(request.remote_addr)

    forged = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    app.test_client().get("/healthz", headers=forged)
    assert seen_by == [seen]
