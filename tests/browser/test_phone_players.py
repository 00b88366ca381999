"""Sounds, films, pictures with areas, and what stands in their place where they cannot be shown."""

import io
import wave
from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Page, expect

from tests.support import browser as browsers
from tests.support.phone_page import Json, befriend, note_playing, said, serve

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
    expect(page.get_by_role("link", name="くわしく")).to_be_hidden()
    page.get_by_role("button", name="動画を再生").click()

    expect(page.get_by_role("link", name="くわしく")).to_have_attribute("href", link["linkUri"])
    expect(page.get_by_role("link", name="くわしく")).to_be_visible()
    # By now the message has arrived at its place and size.
    whole = page.locator(".imagemap").bounding_box()
    film = page.locator(".imagemap-film").bounding_box()
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


@pytest.mark.parametrize(("width", "scheme"), browsers.WIDE)
def test_everybody_can_use_sounds_films_and_what_stands_for_them(
    chrome, sandbox, media, width, scheme
):
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with browsers.context(chrome, width=width, **look) as context:
        page = context.new_page()
        watch = browsers.Watch(page)
        page.goto(f"{sandbox.url}/phone/#hanako/main")
        befriend(page)
        send_sound(page, sandbox, f"{media}/short.wav")
        send_film(page, sandbox, f"{media}/film.mp4")
        send(page, sandbox, {**_IMAGEMAP, "baseUrl": f"{media}/broken"})
        expect(page.locator(".missing-picture")).to_have_text("春の豆")
        faults = browsers.accessibility_faults(page) + browsers.layout_faults(page)
        page.get_by_role("button", name="動画を再生").click()
        expect(page.locator("video")).to_have_js_property("ended", True)
        faults += browsers.accessibility_faults(page) + browsers.layout_faults(page)

        assert faults == []
        assert watch.complaints == []


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
