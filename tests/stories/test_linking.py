"""ID連携 inside LINE, from the page and from the talk, and what is refused there."""

import pytest
from freezegun import freeze_time

from app.db import db
from app.domain.accounts.queries import find
from tests.support.linking import linked_members, mailed_code, member, prove, said
from tests.support.members import EMAIL
from tests.support.shop import CHANNEL
from tests.support.visitor import InLine


def test_a_member_links_in_line_and_is_told_in_the_talk(shop, phone):
    member(shop)
    hanako = phone("hanako").adds()
    who = InLine(shop)

    before = who.get("me").json
    assert (before["linked"], before["member"], before["person"]["name"]) == (
        False,
        None,
        "山田 花子",
    )
    started = who.post("link/start", who=EMAIL)
    assert (started.status, started.json["expires_in"]) == (202, 600)
    linked = who.post("link/prove", session=started.json["session"], code=mailed_code(shop))

    assert (linked.status, linked.json) == (201, {"linked": True})
    after = who.get("me").json
    assert after["member"]["name"] == "山田 花子"
    assert said(hanako, "会員情報との連携が完了しました")


def test_somebody_new_joins_and_is_linked(shop, phone):
    hanako = phone("hanako").adds()
    who = InLine(shop)
    refused = who.post("join", name="", phone="12", consents={})
    assert (refused.status, refused.code) == (422, "bad_member")
    assert {problem["field"] for problem in refused.json["problems"]} >= {"name", "phone"}

    wanted = {"name": "山田 花子", "kana": "やまだ はなこ", "email": EMAIL}
    no_consent = who.post("join", **wanted, consents={"news": True})
    assert no_consent.json["problems"][0]["field"] == "consents.terms"
    joined = who.post("join", **wanted, consents={"terms": True, "news": True})

    assert (joined.status, joined.json["linked"]) == (201, True)
    mine = who.get("me").json
    assert (mine["member"]["kana"], mine["member"]["email"]) == ("ヤマダ ハナコ", None)
    assert [consent["given"] for consent in mine["consents"]] == [True, True]
    session = joined.json["confirm_email"]["session"]
    proved = who.post("email/prove", session=session, code=mailed_code(shop))
    assert (proved.status, proved.json) == (200, {"email": EMAIL})
    assert said(hanako, "会員情報との連携が完了しました")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_can_have_no_more_codes_joins_all_the_same(shop, phone):
    phone("hanako").adds()
    who = InLine(shop)
    for number in range(5):
        assert who.post("link/start", who=f"nobody{number}@example.jp").status == 202

    joined = who.post("join", name="山田 花子", email=EMAIL, consents={"terms": True})

    assert (joined.status, joined.json["confirm_email"]) == (201, None)
    assert joined.json["email_unsaved"] is True
    assert who.put("profile", name="鈴木 花子", email=EMAIL).code == "too_many_tries"
    mine = who.get("me").json["member"]
    assert (mine["name"], mine["email"]) == ("山田 花子", None)


def test_nothing_a_page_says_about_who_it_is_counts(shop, phone):
    member(shop)
    phone("hanako").adds()
    who = InLine(shop)
    started = who.post("link/start", who=EMAIL)
    session = started.json["session"]
    stranger = InLine(shop, "taro")

    hers = mailed_code(shop)
    for claimed in ({"userId": "U1"}, {"memberId": 1}):
        assert who.post("link/prove", session=session, code=hers, **claimed).status == 422
    assert stranger.post("link/prove", session=session, code=hers).code == "session_over"
    assert linked_members(shop) == [0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", ["id token", "access token", "other app", "signature", "nobody"])
def test_whoever_line_does_not_name_is_nobody(shop, door):
    member(shop)
    who, other = InLine(shop), InLine(shop, "taro")
    session = who.post("link/start", who=EMAIL).json["session"]
    expected = "bad_token"
    match door:
        case "id token":
            who.id_token = "made.up.token"
        case "access token":  # A stolen ID token beside one's own access token.
            who.access_token = other.access_token
        case "other app":
            shop.control("POST", "login_channels", provider="default", name="x", channel_id="99")
            with shop.app.app_context():
                find("main").login_channel_id = "99"
                db.session.commit()
        case "signature":
            who.id_token = who.id_token[:-8] + "AAAAAAAA"
        case "nobody":
            who.id_token, expected = "", "not_logged_in"

    refused = who.post("link/prove", session=session, code=mailed_code(shop))

    assert (refused.status, refused.code) == (401, expected)
    assert linked_members(shop) == [0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_access_token_that_has_ended_is_too_old(shop):
    member(shop)
    who = InLine(shop)
    session = who.post("link/start", who=EMAIL).json["session"]
    with shop.line.world.lock:
        shop.line.world.logins.revoke(who.access_token)

    refused = who.post("link/prove", session=session, code=mailed_code(shop))

    assert (refused.status, refused.code) == (401, "token_expired")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_id_token_is_too_old_after_an_hour(shop):
    who = InLine(shop)
    with freeze_time("2027-01-01", ignore=["sandbox"]):
        refused = who.get("me")
    assert (refused.status, refused.code) == (401, "token_expired")


def test_nobody_is_let_in_while_line_is_down(shop):
    member(shop)
    who = InLine(shop)
    session = who.post("link/start", who=EMAIL).json["session"]
    shop.control("POST", "faults", kind="500_before", endpoint="login.verify_access")

    refused = who.post("link/prove", session=session, code=mailed_code(shop))

    assert (refused.status, refused.code) == (503, "line_unavailable")
    assert linked_members(shop) == [0]


def test_too_many_tries_say_when_to_come_again(shop):
    member(shop)
    who = InLine(shop)
    session = who.post("link/start", who=EMAIL).json["session"]
    for _ in range(5):
        assert who.post("link/prove", session=session, code="000").code == "wrong_proof"

    refused = who.post("link/prove", session=session, code=mailed_code(shop))

    assert (refused.status, refused.code) == (429, "too_many_tries")
    assert 880 <= int(refused.headers["Retry-After"]) <= 901
    assert "繰り返し試みられました" in shop.mail_to(EMAIL)


def test_a_new_line_takes_over_and_the_old_one_is_told(shop, phone):
    member(shop)
    hanako, taro = phone("hanako").adds(), phone("taro").adds()
    assert prove(shop, InLine(shop)).status == 201
    second = InLine(shop, "taro")
    session = second.post("link/start", who=EMAIL).json["session"]
    elsewhere = second.post("link/prove", session=session, code=mailed_code(shop))
    assert (elsewhere.status, elsewhere.code, elsewhere.json["relink"]) == (
        409,
        "linked_elsewhere",
        True,
    )

    assert second.post("link/relink", session=session).status == 201

    assert linked_members(shop) == [1]
    assert InLine(shop).get("me").json["linked"] is False
    assert hanako.screen[-1].startswith("お客様の会員情報が、別のLINEアカウント")
    assert said(taro, "会員情報との連携が完了しました")


def test_a_member_unlinks_on_the_page_and_line_is_told(shop, phone):
    member(shop)
    hanako = phone("hanako").adds()
    prove(shop, InLine(shop))
    ended = InLine(shop).post("unlink")

    assert (ended.status, ended.json) == (200, {"linked": False, "line_told": True})
    assert hanako.screen[-1].startswith("会員情報との連携を解除しました")
    world = shop.line.world
    assert world.logins.granted(world.logins.channels[CHANNEL], "hanako") == set()


def test_a_member_unlinks_in_the_talk(shop, phone):
    member(shop)
    hanako = phone("hanako").adds()
    hanako.types("連携解除")
    assert hanako.screen[-1].startswith("会員情報とは連携されていません")
    prove(shop, InLine(shop))

    hanako.types("連携解除").taps("解除する")

    assert hanako.screen[-1].startswith("会員情報との連携を解除しました")
    assert linked_members(shop) == [0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_talk_leads_to_the_page(shop, phone):
    hanako = phone("hanako").adds()
    hanako.types("連携")
    assert "会員連携をはじめる" in hanako.buttons


def test_the_member_sees_and_changes_their_own_data(shop, phone):
    member(shop)
    phone("hanako").adds()
    who = InLine(shop)
    assert who.put("profile", name="x").code == "not_linked"
    prove(shop, who)

    changed = who.put("profile", phone="090-1234-5678", prefecture="東京都", city="渋谷区")
    assert (changed.status, changed.json["member"]["phone"]) == (200, "09012345678")
    assert who.put("profile", birthday="2999-01-01").code == "bad_member"
    assert who.put("profile", number="1").code == "bad_body"
    news = who.put("consents", news=True, terms=False).json["consents"]
    assert {one["purpose"]: one["given"] for one in news} == {"terms": None, "news": True}
    assert who.put("consents", news="yes", sub="U1").json["fields"] == ["news", "sub"]
    assert who.put("language", language="en").json["language"] == "en"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_postcode_fills_the_address(shop):
    who = InLine(shop)
    found = who.get("address?postal_code=180-0004").json
    assert (found["prefecture"], found["city"]) == ("東京都", "武蔵野市")
    assert who.get("address?postal_code=0000000").status == 404
    assert who.get("address?postal_code=x").status == 404


def test_a_language_of_ones_own_is_spoken_in_the_talk(shop, phone):
    hanako = phone("hanako").adds()
    InLine(shop).put("language", language="en")
    hanako.types("連携")
    assert "Link my membership" in hanako.buttons


def test_no_log_tells_who_it_was(shop, phone, caplog):
    caplog.set_level("DEBUG", logger="app")
    member(shop, "correct horse")
    phone("hanako").adds()
    who = InLine(shop)
    session = who.post("link/start", who=EMAIL).json["session"]
    secret = mailed_code(shop)
    who.post("link/prove", session=session, code="000000")
    who.post("link/prove", session=session, password="correct horse")
    who.put("profile", phone="090-1234-5678", street="吉祥寺本町1-2-3")
    who.post("unlink")

    said = "\n".join(str(vars(record)) for record in caplog.records)
    assert "line.call" in said
    canaries = [EMAIL, session, secret, who.id_token, who.access_token, "correct horse"]
    for canary in [*canaries, "山田", "1234-5678", "+8190", "吉祥寺", shop.user_id("hanako")]:
        assert canary not in said
