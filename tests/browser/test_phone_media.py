"""Sounds, films, pictures with areas, and Flex as their makers meant them."""

import io
import wave
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from playwright.sync_api import Page, expect

from tests.support.phone_page import befriend, call, flex, push, said, say, serve, text

pytestmark = pytest.mark.browser

_IMAGEMAP = {
    "type": "imagemap",
    "altText": "春の豆",
    "baseSize": {"width": 1040, "height": 520},
    "actions": [
        {
            "type": "message",
            "label": "豆を見る",
            "text": "豆",
            "area": {"x": 0, "y": 0, "width": 520, "height": 520},
        }
    ],
}


def tone(seconds: float) -> bytes:
    """Silence as a WAV file, which every browser plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * int(8000 * seconds))
    return file.getvalue()


@pytest.fixture
def media() -> Iterator[str]:
    """The address of a server with a short sound, also given out as a film."""
    app = Flask("media")
    sound = tone(0.3)
    app.add_url_rule("/sound.wav", "sound", lambda: Response(sound, mimetype="audio/wav"))
    with serve(app) as url:
        yield url


def send(page: Page, sandbox, message) -> None:
    # LINE wants HTTPS for media, so the message comes from the sandbox's own hand.
    talk = sandbox.world.talk("hanako", "main")
    with sandbox.world.lock:
        sandbox.world.say(talk, "account", message)


def test_a_sound_can_be_played_to_its_end(page, sandbox, media):
    befriend(page)
    address = f"{media}/sound.wav"
    send(page, sandbox, {"type": "audio", "originalContentUrl": address, "duration": 61_000})
    player = page.get_by_label("音声", exact=True)
    expect(said(page, "account")).to_contain_text("1:01")
    player.evaluate("(node) => node.play()")

    expect(page.locator("audio")).to_have_js_property("ended", True)


def test_the_end_of_a_followed_film_is_told(page, sandbox, media, shop):
    befriend(page)
    film = {"type": "video", "originalContentUrl": f"{media}/sound.wav", "trackingId": "film-1"}
    send(page, sandbox, {**film, "previewImageUrl": f"{sandbox.url}/static/phone/icon.svg"})
    page.get_by_label("動画").evaluate("(node) => node.play()")

    expect(page.locator("video")).to_have_js_property("ended", True)
    expect(page.locator(".record", has_text="videoPlayComplete")).to_have_count(1)
    assert shop.told("videoPlayComplete")[0]["videoPlayComplete"] == {"trackingId": "film-1"}


def test_a_tap_on_an_area_of_an_imagemap_is_said(page, sandbox):
    befriend(page)
    send(page, sandbox, {**_IMAGEMAP, "baseUrl": f"{sandbox.url}/static/phone/icon.svg?"})
    page.get_by_role("button", name="豆を見る").click()

    expect(said(page, "person")).to_have_text("豆")


def test_a_flex_text_shrinks_until_it_fits(page, sandbox):
    befriend(page)
    long = "とても長いことばを一行に収めるために小さくします。もう少しだけ続きます。"
    push(sandbox, flex({"type": "text", "text": long, "adjustMode": "shrink-to-fit"}))
    node = page.locator(".fx-text")
    expect(node).to_have_text(long)

    expect(node).not_to_have_css("font-size", "16px")
    assert node.evaluate("(node) => node.scrollWidth - node.clientWidth") <= 1


def test_a_quote_names_what_it_answers(page, sandbox):
    befriend(page)
    world = sandbox.world
    to = world.user_id(world.account("main"), world.person("hanako"))
    sent = call(sandbox, "message/push", {"to": to, "messages": [text("何名様ですか")]})
    push(sandbox, {**text("先ほどの件です"), "quoteToken": sent["sentMessages"][0]["quoteToken"]})

    expect(page.locator(".quote")).to_have_text("何名様ですか")


def test_a_mention_names_the_person_who_reads(page, sandbox):
    befriend(page)
    world = sandbox.world
    who = world.user_id(world.account("main"), world.person("hanako"))
    mention = {"type": "mention", "mentionee": {"type": "user", "userId": who}}
    emoji = {"type": "emoji", "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}
    words = {"type": "textV2", "text": "{you}さん {smile}"}
    push(sandbox, {**words, "substitution": {"you": mention, "smile": emoji}})

    expect(said(page, "account")).to_have_text("@山田 花子さん ")
    expect(said(page, "account").get_by_role("img", name="絵文字")).to_be_visible()


def test_unsent_messages_far_up_are_known_after_a_broken_line(page, sandbox):
    befriend(page)
    world = sandbox.world
    talk = world.talk("hanako", "main")
    with world.lock:
        lines = [world.say(talk, "person", {"type": "text", "text": f"{n}"}) for n in range(100)]
    expect(said(page, "person").last).to_have_text("99")
    with world.lock:
        lines[40].unsent = True
    world.hub.close()

    expect(page.get_by_text("メッセージの送信を取り消しました")).to_have_count(1)


def test_what_can_be_said_is_offered_once(page, sandbox):
    befriend(page)
    push(sandbox, text("どうぞ", say("はい"), say("いいえ")))

    expect(page.get_by_role("group", name="返信の候補").get_by_role("button")).to_have_count(2)


def test_a_coupon_is_shown_and_taken(page, sandbox):
    befriend(page)
    now = sandbox.world.clock.now() // 1000
    made = {
        "title": "ドリンク 1杯無料",
        "startTimestamp": now - 60,
        "endTimestamp": now + 86_400,
        "timezone": "ASIA_TOKYO",
        "visibility": "UNLISTED",
        "maxUseCountPerTicket": 1,
        "acquisitionCondition": {"type": "normal"},
        "reward": {"type": "free"},
    }
    coupon_id = call(sandbox, "coupon", made)["couponId"]
    push(sandbox, {"type": "coupon", "couponId": coupon_id, "deliveryTag": "spring"})
    expect(said(page, "account")).to_contain_text("ドリンク 1杯無料")
    page.get_by_role("button", name="クーポンを獲得する").click()

    expect(page.get_by_role("button", name="獲得しました")).to_be_disabled()
    assert sandbox.world.coupons.get(coupon_id).acquired == ["hanako"]


def test_what_was_seen_and_tapped_is_told(page, sandbox):
    befriend(page)
    address = "https://komorebi.example/menu"
    push(sandbox, text("どうぞ", {"type": "uri", "label": "メニュー表", "uri": address}))
    with page.expect_request("**/seen") as seen:
        expect(page.get_by_role("button", name="メニュー表")).to_be_visible()
    message = sandbox.world.talk("hanako", "main").messages[-1]

    assert seen.value.post_data_json == {"message_ids": [message.id]}
