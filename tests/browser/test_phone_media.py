"""Sounds, films, pictures with areas, and Flex as their makers meant them."""

import io
import wave
from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Page, expect

from tests.support import browser as browsers
from tests.support.phone_page import (
    Json,
    befriend,
    call,
    flex,
    note_playing,
    push,
    said,
    say,
    serve,
    text,
)

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


def part(data: bytes, kind: str) -> Response:
    """What was asked for of a file: without this no player can jump."""
    answer = Response(data, mimetype=kind)
    return answer.make_conditional(request, accept_ranges=True, complete_length=len(data))


@pytest.fixture
def media(film) -> Iterator[str]:
    """The address of a server with a short and a long sound, a film, and things that are broken."""
    files = {
        "/short.wav": ("audio/wav", tone(0.3)),
        "/long.wav": ("audio/wav", tone(60)),
        "/film.mp4": ("video/mp4", film),
        "/broken.mp4": ("video/mp4", b"no film"),
        "/broken/700": ("image/png", b"no picture"),
    }
    app = Flask("media")
    for path, (kind, data) in files.items():
        app.add_url_rule(path, path.replace(".", "_"), partial(part, data, kind))
    with serve(app) as url:
        yield url


def send(page: Page, sandbox, message) -> None:
    # LINE wants HTTPS for media, so the message comes from the sandbox's own hand.
    talk = sandbox.world.talk("hanako", "main")
    with sandbox.world.lock:
        sandbox.world.say(talk, "account", message)


def send_film(page: Page, sandbox, address: str, **more) -> None:
    picture = f"{sandbox.url}/static/phone/icon.svg"
    film = {"type": "video", "originalContentUrl": address, "previewImageUrl": picture}
    send(page, sandbox, {**film, **more})


def send_sound(page: Page, sandbox, address: str) -> None:
    send(page, sandbox, {"type": "audio", "originalContentUrl": address, "duration": 61_000})


def test_a_sound_can_be_played_to_its_end(page, sandbox, media):
    befriend(page)
    send_sound(page, sandbox, f"{media}/short.wav")
    bubble = said(page, "account")
    expect(bubble).to_contain_text("1:01")
    note_playing(bubble.locator("audio"))
    bubble.get_by_role("button", name="再生").click()

    expect(bubble.locator("audio")).to_have_attribute("data-ended", "yes")
    expect(bubble.get_by_role("button", name="再生")).to_be_visible()
    place = bubble.get_by_role("slider", name="再生位置")
    expect(place).to_have_attribute("aria-valuetext", "0:00")


def test_a_sound_stops_where_it_is_and_goes_on_from_another_place(page, sandbox, media):
    befriend(page)
    send_sound(page, sandbox, f"{media}/long.wav")
    bubble = said(page, "account")
    bubble.get_by_role("button", name="再生").click()
    bubble.get_by_role("button", name="一時停止").click()
    audio = bubble.locator("audio")
    expect(audio).to_have_js_property("paused", True)
    bubble.get_by_role("slider", name="再生位置").fill("30000")
    expect(bubble.locator(".sound-time")).to_have_text("0:30")
    bubble.get_by_role("button", name="再生").press("Enter")

    expect(audio).to_have_js_property("paused", False)
    assert audio.evaluate("(node) => node.currentTime") >= 30


def test_a_film_plays_and_stops(page, sandbox, media):
    befriend(page)
    send_film(page, sandbox, f"{media}/film.mp4")
    video = page.locator("video")
    # However slow the machine is, it is not at its end when the key is pressed.
    video.evaluate("(node) => (node.loop = true)")
    page.get_by_role("button", name="動画を再生").click()
    expect(video).to_be_focused()
    expect(video).to_have_js_property("videoWidth", 64)
    expect(video).not_to_have_js_property("currentTime", 0)
    page.keyboard.press("Space")
    expect(video).to_have_js_property("paused", True)
    video.evaluate("(node) => (node.loop = false)")
    page.keyboard.press("Space")

    expect(video).to_have_js_property("ended", True)


def test_a_film_that_cannot_be_played_says_so(page, sandbox, media):
    befriend(page)
    send_film(page, sandbox, f"{media}/broken.mp4")
    page.get_by_role("button", name="動画を再生").click()

    expect(said(page, "account")).to_have_text("動画を再生できません")


def test_the_end_of_a_followed_film_is_told(page, sandbox, media, shop):
    befriend(page)
    send_film(page, sandbox, f"{media}/film.mp4", trackingId="film-1")
    page.get_by_role("button", name="動画を再生").click()

    expect(page.locator("video")).to_have_js_property("ended", True)
    expect(page.locator(".record", has_text="videoPlayComplete")).to_have_count(1)
    assert shop.told("videoPlayComplete")[0]["videoPlayComplete"] == {"trackingId": "film-1"}


def test_a_tap_on_an_area_of_an_imagemap_is_said(page, sandbox):
    befriend(page)
    send(page, sandbox, {**_IMAGEMAP, "baseUrl": f"{sandbox.url}/static/phone/icon.svg?"})
    page.get_by_role("button", name="豆を見る").click()

    expect(said(page, "person")).to_have_text("豆")


def test_a_film_in_an_imagemap_ends_with_its_link(page, sandbox, media):
    befriend(page)
    area = {"x": 260, "y": 100, "width": 520, "height": 300}
    link = {"linkUri": "https://komorebi.example/spring", "label": "くわしく"}
    video = {
        "originalContentUrl": f"{media}/film.mp4",
        "previewImageUrl": f"{sandbox.url}/static/phone/icon.svg",
        "area": area,
        "externalLink": link,
    }
    map_ = {**_IMAGEMAP, "baseUrl": f"{sandbox.url}/static/phone/icon.svg?", "video": video}
    send(page, sandbox, map_)
    whole = page.locator(".imagemap").bounding_box()
    film = page.locator(".imagemap-film").bounding_box()
    expect(page.get_by_role("link", name="くわしく")).to_be_hidden()
    page.get_by_role("button", name="動画を再生").click()

    expect(page.get_by_role("link", name="くわしく")).to_have_attribute("href", link["linkUri"])
    expect(page.get_by_role("link", name="くわしく")).to_be_visible()
    assert film["width"] == pytest.approx(whole["width"] / 2, abs=1)
    assert film["x"] - whole["x"] == pytest.approx(whole["width"] / 4, abs=1)


def test_a_picture_that_is_missing_leaves_its_words(page, sandbox, media):
    befriend(page)
    send(page, sandbox, {**_IMAGEMAP, "baseUrl": f"{media}/broken"})
    expect(said(page, "account")).to_contain_text("春の豆")
    page.get_by_role("button", name="豆を見る").click()

    expect(said(page, "person")).to_have_text("豆")


def test_what_cannot_be_drawn_is_told_by_its_words(page, sandbox):
    befriend(page)
    send(page, sandbox, {"type": "hologram", "altText": "春の新作です"})
    new = {"type": "template", "altText": "春の予約です", "template": {"type": "new"}}
    send(page, sandbox, new)
    expect(said(page, "account")).to_have_text(["hologram春の新作です", "春の予約です"])
    page.get_by_role("button", name="トーク一覧").click()

    talk = page.get_by_role("list", name="トーク一覧").get_by_role("button", name="こもれび珈琲")
    expect(talk).to_contain_text("春の予約です")


def hero_film(address: str, picture: str) -> Json:
    """A bubble with a film above, and what to show where the film cannot be."""
    instead = {"type": "text", "text": "動画のかわりの写真"}
    hero = {
        "type": "video",
        "url": address,
        "previewUrl": picture,
        "aspectRatio": "20:13",
        "altContent": {"type": "box", "layout": "vertical", "contents": [instead]},
    }
    body = {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "春の豆"}]}
    bubble = {"type": "bubble", "size": "mega", "hero": hero, "body": body}
    return {"type": "flex", "altText": "春の豆", "contents": bubble}


def test_a_film_in_a_flex_message_plays(page, sandbox, media):
    befriend(page)
    picture = f"{sandbox.url}/static/phone/icon.svg"
    send(page, sandbox, hero_film(f"{media}/film.mp4", picture))
    page.get_by_role("button", name="動画を再生").click()

    expect(page.locator("video")).to_have_js_property("ended", True)
    expect(page.get_by_text("動画のかわりの写真")).to_have_count(0)


def test_a_film_in_a_flex_message_gives_way_to_its_alternative(page, sandbox, media):
    befriend(page)
    picture = f"{sandbox.url}/static/phone/icon.svg"
    send(page, sandbox, hero_film(f"{media}/broken.mp4", picture))
    page.get_by_role("button", name="動画を再生").click()

    expect(said(page, "account")).to_have_text("動画のかわりの写真春の豆")
    expect(page.locator("video")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_a_giga_bubble_fits_the_screen(chrome, sandbox, width):
    with browsers.context(chrome, width=width, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        rows = [{"type": "text", "text": f"{n} 番目の豆", "wrap": True} for n in range(280)]
        giga = flex({"type": "text", "text": "春の豆", "size": "xxl"}, *rows)
        giga["contents"]["size"] = "giga"
        push(sandbox, giga)
        expect(page.get_by_text("279 番目の豆")).to_be_visible()
        bubble = page.locator(".fx-bubble").bounding_box()
        screen = page.locator(".log-box").bounding_box()

        assert bubble["width"] == pytest.approx(min(386, screen["width"] - 24), abs=1)
        assert bubble["height"] > 280 * 20
        assert browsers.layout_faults(page) == []


def test_giga_bubbles_stand_side_by_side(page, sandbox):
    befriend(page)
    bubble = flex({"type": "text", "text": "春の豆"})["contents"] | {"size": "giga"}
    carousel = {"type": "carousel", "contents": [bubble] * 12}
    push(sandbox, {"type": "flex", "altText": "春の豆", "contents": carousel})
    cards = page.locator(".fx-bubble")
    expect(cards).to_have_count(12)
    expect(cards.first).to_be_in_viewport(ratio=0.99)
    expect(cards.nth(1)).to_be_in_viewport()
    row = page.get_by_role("group", name="横に並んだカード")
    row.press("ArrowRight")

    expect(row).not_to_have_js_property("scrollLeft", 0)
    cards.last.scroll_into_view_if_needed()
    expect(cards.last).to_be_in_viewport(ratio=0.99)


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
