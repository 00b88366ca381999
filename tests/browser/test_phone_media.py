"""Flex as its makers meant it, quotes, mentions, coupons, and what the page tells of them."""

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers
from tests.support.phone_page import befriend, call, flex, push, said, say, text

pytestmark = pytest.mark.browser


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
