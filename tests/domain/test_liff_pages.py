"""The shells of the LIFF pages: their headers, their size, and what they hold."""

import re

import pytest
from flask.testing import FlaskClient

from app.domain.shops import service as shops
from app.domain.shops.queries import StoreCard
from app.liff import assets
from tests.support.catalogue import a_product
from tests.support.members import a_shop

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = tuple(
    f"/liff/{page}"
    for page in ("", "card", "coupons", "link", "points", "profile", "order", "reorder")
)
HTML = {"Accept": "text/html", "Accept-Language": "ja,en;q=0.5", "Accept-Encoding": "gzip"}
OURS = re.compile(r'(?:href|src)="(/liff/assets/[^"]+)"')
# The issue: at most so many bytes before LINE's SDK.
MOST_BYTES = 60 * 1024


@pytest.fixture
def client(app, account) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_small(client, page):
    answer = client.get(page, headers=HTML)
    addresses = OURS.findall(answer.text)
    answers = [client.get(address, headers=HTML) for address in addresses]

    assert [one.status_code for one in answers] == [200] * len(addresses)
    assert len(addresses) > 8
    assert len(answer.data) + sum(len(one.data) for one in answers) <= MOST_BYTES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_headers_and_no_script_of_its_own(client, page):
    answer = client.get(page, headers=HTML)

    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Accept-Language"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    # <script type="application/json"> is data and does not run.
    assert re.findall(r"<script(?![^>]*(?: src=|application/json))", answer.text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", answer.text) == []


def test_pictures_of_products_are_sent_and_no_other_file(client):
    a_shop()
    a_product(picture="demo/tart.svg")
    found = client.get("/liff/products/demo/tart.svg")
    assert (found.status_code, found.mimetype) == (200, "image/svg+xml")
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    found.close()
    for name in ("demo/drink.svg", "demo/none.svg", "consents.yaml", "demo/../../README.md"):
        assert client.get(f"/liff/products/{name}").status_code == 404, name


def test_a_page_that_has_not_changed_is_not_sent_again(client):
    first = client.get("/liff/", headers=HTML)
    again = client.get("/liff/", headers={**HTML, "If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("/liff/", "ja", "ja"),
        ("/liff/", "en-GB,en", "en"),
        ("/liff/", "de", "ja"),
        ("/liff/?lang=en", "ja", "en"),
        ("/liff/?lang=<script>", "en", "ja"),
    ],
)
def test_a_page_speaks_the_language_that_is_asked_for(client, address, accepted, language):
    answer = client.get(address, headers={**HTML, "Accept-Language": accepted})

    assert f'<html lang="{language}">' in answer.text
    assert "<script>" not in answer.text


def test_a_page_is_of_the_account_it_names(client, account):
    assert 'name="account" content="main"' in client.get("/liff/?account=main", headers=HTML).text
    assert client.get("/liff/?account=nobody", headers=HTML).status_code == 404


@pytest.mark.parametrize("page", ["/liff", "/liff/link/", "/liff/?liff.state=%2Fprofile%3Fa%3D1"])
def test_what_line_asks_for_is_answered_without_a_redirect(client, page):
    assert client.get(page, headers=HTML).status_code == 200


def test_a_page_that_is_not_there_is_a_calm_404(client):
    answer = client.get("/liff/nowhere", headers=HTML)

    assert answer.status_code == 404
    assert "ページが見つかりません" in answer.text


def test_files_of_this_release_are_kept_for_good_and_others_are_not(client):
    kept = client.get(_address(client), headers=HTML)
    stale = client.get("/liff/assets/0123456789ab/look.css", headers=HTML)

    assert "immutable" in kept.headers["Cache-Control"]
    assert (stale.status_code, stale.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get("/liff/assets/x/nothing.js").status_code == 404
    assert client.get("/liff/assets/x/..%2fcalm.css").status_code == 404


def _address(client) -> str:
    return OURS.findall(client.get("/liff/", headers=HTML).text)[0]


def test_a_browser_that_cannot_unpack_gets_plain_files(client):
    packed = client.get(_address(client), headers=HTML)
    plain = client.get(_address(client), headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.text.startswith("/* The look of all our pages")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_words_can_be_fetched_in_the_other_language(client, language):
    release = assets.release()
    told = client.get(f"/liff/assets/{release}/words/link.{language}.json")

    assert told.json["link.title"] == {"ja": "会員連携", "en": "Link your membership"}[language]
    assert client.get(f"/liff/assets/{release}/words/link.de.json").status_code == 404
    assert client.get(f"/liff/assets/{release}/words/secrets.ja.json").status_code == 404


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        ("ja", ["お店を探す", "吉祥寺店", "8時から"]),
        ("en", ["Our stores", "Kichijoji", "from 8"]),
    ],
)
def test_the_stores_say_where_they_are_and_when_they_are_open(client, app, accepted, words):
    with app.app_context():
        name = {"ja": "吉祥寺店", "en": "Kichijoji"}
        hours = {"ja": "8時から", "en": "from 8"}
        shops.put_store(StoreCard("k", name, {"ja": "東京都武蔵野市"}, hours, "0422-00-0001"))
    page = client.get("/liff/stores", headers={"Accept-Language": accepted})

    assert [word for word in words if word not in page.text] == []
    assert 'href="tel:0422-00-0001"' in page.text
    assert "script" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; ")


def test_a_tile_without_a_page_says_that_it_is_to_come(client):
    page = client.get("/liff/coupons?account=main", headers={"Accept-Language": "ja"})
    assert (page.status_code, "ただいま準備中です" in page.text) == (200, True)
    assert client.get("/liff/elsewhere").status_code == 404
