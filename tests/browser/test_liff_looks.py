"""Every view of the LIFF pages in its looks: axe-core, narrow screens, dark mode, large letters."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.cards import rules
from tests.support import browser as browsers
from tests.support import order_states
from tests.support.liff_states import (
    FAMILY,
    NO_COUPONS,
    POINTS,
    STANDING,
    WALLET,
    Api,
    card,
    me,
    problem,
    shown,
)
from tests.support.reserve_states import BOOKING, HELD, MONTH, PAGE, TIMES
from tests.support.shop import Shop

pytestmark = pytest.mark.browser

WORDS = {
    "member": {"ja": "すでに会員の方", "en": "I am a member"},
    "new": {"ja": "はじめての方", "en": "I am new here"},
    "password": {"ja": "パスワードで確認する", "en": "Use my password instead"},
    "edit": {"ja": "変更する", "en": "Change"},
    "show": {"ja": "スタッフに見せる", "en": "Show it to our staff"},
    "gift": {"ja": "コードを表示する", "en": "Show the code"},
    "unlink": {"ja": "連携を解除する", "en": "End the link"},
}


class Walk:
    """Goes through all views in a language, and looks at each of them."""

    def __init__(self, page: Page, liff: str, language: str, scale: int) -> None:
        self.page, self.liff, self.language, self.scale = page, liff, language, scale
        self.api = Api(page)
        self.faults: list[str] = []

    def look(self, name: str) -> None:
        self.opened()
        self.page.evaluate("(size) => { document.documentElement.style.fontSize = size; }",
                           f"{100 * self.scale}%")  # fmt: skip
        found = browsers.layout_faults(self.page)
        # Large letters change the layout only; what axe-core looks at is the same in both sizes.
        found += browsers.accessibility_faults(self.page) if self.scale == 1 else []
        # WCAG 1.4.3 leaves out what is part of a brand: LINE prescribes this button's colours.
        self.faults += [f"{name}: {fault}" for fault in found if "line-login" not in fault]

    def opened(self) -> None:
        expect(self.page.locator("main[aria-busy]")).to_have_count(0)

    def open(self, path: str, *, linked: bool) -> None:
        self.api.says("GET", "/me", 200, me(linked=linked, language=self.language))
        self.page.goto(self.liff + path)
        self.opened()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=WORDS[name][self.language]).first.click()

    def code(self) -> None:
        self.open("link", linked=False)
        self.api.says("POST", "/link/start", 202, {"session": "s1", "expires_in": 600})
        self.press("member")
        self.page.locator("[name=who]").fill("hanako@example.jp")
        self.page.locator("form .button").click()
        expect(self.page.locator("[name=code]")).to_be_visible()

    def proved(self, name: str, status: int, body: dict[str, object], shows: str) -> None:
        self.code()
        self.api.says("POST", "/link/prove", status, body)
        self.page.locator("[name=code]").fill("123456")
        self.page.locator("form .button").click()
        expect(self.page.locator(shows).first).to_be_visible()
        self.look(name)


def homes(walk: Walk) -> None:
    for linked in (False, True):
        walk.open("", linked=linked)
        walk.look(f"home, linked {linked}")


def linking(walk: Walk) -> None:
    walk.open("link", linked=False)
    walk.look("choose")
    walk.press("member")
    walk.look("who")
    walk.code()
    walk.page.locator("summary").click()
    walk.look("code")
    walk.press("password")
    walk.look("password")
    walk.proved("wrong", *problem("wrong_proof", 403, tries_left=4), ".error")
    walk.proved("family", *problem("choose_member", 409, members=FAMILY), ".choice")
    walk.proved("move", *problem("linked_elsewhere", 409, relink=True), ".calm")
    walk.proved("no move", *problem("linked_elsewhere", 409, relink=False), ".calm")
    walk.proved("wait", *problem("too_many_tries", 429, retry_after=754), ".left")
    walk.proved("over", *problem("session_over", 410), "[name=who]")
    walk.proved("done", 201, {"linked": True}, ".calm")


def joining(walk: Walk) -> None:
    walk.open("link", linked=False)
    walk.press("new")
    walk.page.locator("summary").first.click()
    walk.look("join")
    walk.page.locator("[name=name]").fill("")
    walk.page.locator("form .button").click()
    expect(walk.page.locator(".summary")).to_be_visible()
    walk.look("join, incomplete")


def profiles(walk: Walk) -> None:
    walk.open("profile", linked=False)
    walk.look("nobody")
    walk.open("profile", linked=True)
    walk.look("profile")
    walk.press("edit")
    walk.look("edit")
    walk.open("profile", linked=True)
    walk.press("unlink")
    walk.look("unlink?")
    walk.api.says("POST", "/unlink", 200, {"linked": False, "line_told": False})
    # By the key: the letters have just grown, so a busy browser may click where the button was.
    walk.page.locator("dialog .button-bad").press("Enter")
    expect(walk.page.locator(".calm")).to_be_visible()
    walk.look("unlinked")


def cards(walk: Walk) -> None:
    walk.open("card", linked=False)
    walk.look("no card")
    use = {"at": "2026-11-22T03:05:00+00:00", "store": "吉祥寺店"}
    for standing, code, used in (
        (STANDING, (201, shown(rules.new_code())), None),
        (None, (201, shown(rules.new_code())), use),
        (None, problem("unavailable", 503), None),
    ):
        walk.api.says("GET", "/card", 200, card(standing=standing))
        walk.api.says("POST", "/card/code", *code)
        walk.api.says("GET", "/card/used", 200, {"used": used})
        walk.open("card", linked=True)
        what = ".pass-used" if used else ".pass-qr" if standing else ".pass-said"
        expect(walk.page.locator(what)).to_be_visible()
        walk.look(f"card {what}")
    walk.api.says("GET", "/card", 200, card(suspended=True))
    walk.open("card", linked=True)
    walk.look("suspended")


def coupons(walk: Walk) -> None:
    walk.api.says("GET", "/coupons", 200, NO_COUPONS)
    for linked in (False, True):
        walk.open("coupons", linked=linked)
        walk.look(f"no coupons, linked {linked}")
    walk.api.says("GET", "/coupons", 200, WALLET)
    walk.api.says("GET", "/coupons/1", 200, WALLET["usable"][0])
    walk.api.says("POST", "/coupons/1/code", 201, shown("T2" + "0" * 26))
    walk.api.says("POST", "/gifts/1", 200, {"code": "ABCD-1234-EFGH-5678"})
    walk.api.says("POST", "/coupons/typed", *problem("wrong_coupon_code", 404, tries_left=4))
    walk.open("coupons", linked=True)
    walk.press("gift")
    expect(walk.page.locator(".gift-code")).to_be_visible()
    walk.page.locator("[name=code]").fill("NATSU")
    walk.page.locator("form .button").click()
    expect(walk.page.locator(".error")).to_be_visible()
    for folded in walk.page.locator("summary").all():
        folded.click()
    walk.look("wallet")
    walk.page.locator(".ticket").first.click()
    walk.look("coupon")
    walk.press("show")
    expect(walk.page.locator(".paper-code")).to_be_visible()
    walk.look("code")
    walk.api.says("GET", "/coupons/1", 200, WALLET["usable"][0] | {"state": "used"})
    expect(walk.page.locator(".paper-code")).to_have_count(0)
    walk.look("used")


def points(walk: Walk) -> None:
    walk.open("points", linked=False)
    walk.look("points, nobody")
    walk.api.says("GET", "/points", 200, POINTS)
    walk.api.says("GET", "/points/history", 200, {"rows": [], "older": None})
    walk.open("points", linked=True)
    expect(walk.page.locator(".happened li")).to_have_count(5)
    walk.look("points")
    walk.page.locator("#filter-ended").click()
    expect(walk.page.locator(".happened")).to_have_count(0)
    walk.look("points, nothing")


def reservations(walk: Walk) -> None:
    walk.api.says("GET", "/reserve", 200, PAGE)
    walk.api.says("POST", "/reserve/month", 200, MONTH)
    walk.api.says("POST", "/reserve/times", 200, TIMES)
    walk.open("reserve", linked=True)
    walk.page.locator("summary").click()
    walk.look("reservations")
    walk.page.locator(".ticket").first.click()
    walk.look("reservation")
    walk.page.go_back()
    walk.page.locator(".choice").first.click()
    walk.look("wish")
    walk.page.locator("form .button").click()
    expect(walk.page.locator(".day")).to_have_count(31)
    for day, shows in (("04", ".card .button"), ("06", ".slot")):
        walk.page.locator(f"#day-2030-05-{day}").click()
        expect(walk.page.locator(shows).first).to_be_visible()
        walk.look(f"month, {day}")
    nearest = ["2030-05-06T10:30:00+09:00", "2030-05-07T10:00:00+09:00"]
    walk.api.says("POST", "/reservations/holds", *problem("slot_taken", 409, nearest=nearest))
    walk.page.locator(".slot").first.click()
    expect(walk.page.locator(".slot")).to_have_count(2)
    walk.look("taken")
    walk.api.says("POST", "/reservations/holds", 201, {"reservation": HELD})
    walk.page.locator(".slot").first.click()
    walk.look("confirm")
    walk.api.says("POST", f"/reservations/{HELD['code']}/confirm", 200, {"reservation": BOOKING})
    walk.page.locator("form .button").click()
    expect(walk.page.locator(".calm")).to_be_visible()
    walk.look("reserved")


def orders(walk: Walk) -> None:
    walk.api.says("GET", "/order", 200, order_states.PAGE)
    walk.api.says("GET", "/order/menu", 200, order_states.MENU)
    walk.api.says("GET", "/order/slots", 200, order_states.SLOTS)
    walk.api.says("POST", "/order/quote", 200, order_states.QUOTE)
    walk.api.says("POST", "/orders", 201, {"order": order_states.ORDER})
    walk.open("order", linked=True)
    walk.page.locator("summary").click()
    walk.look("orders")
    walk.page.locator(".ticket").first.click()
    walk.look("an order")
    walk.page.locator(".button-text").click()
    walk.look("cancel?")
    walk.open("order", linked=True)
    walk.page.locator(".choice").last.click()
    expect(walk.page.locator(".dish")).to_have_count(3)
    walk.look("menu")
    walk.page.locator(".dish").first.click()
    walk.look("product")
    walk.page.go_back()
    walk.page.locator(".foot .button").click()
    walk.look("basket")
    walk.page.locator("main > .button").click()
    walk.page.locator(".choice").last.click()
    expect(walk.page.locator("#field-slot")).to_be_visible()
    walk.look("checkout")
    walk.page.locator("form .button").click()
    expect(walk.page.locator(".happened")).to_be_visible()
    walk.look("confirm order")
    walk.page.locator("main > .button").click()
    expect(walk.page.locator(".order-number")).to_be_visible()
    walk.look("ordered")


def payments(walk: Walk) -> None:
    """An order that is paid online: under way, and in each state that one may come back to."""
    ended = {"may_cancel": False, "reason": "お支払いの期限を過ぎました / not paid in time"}
    number = order_states.ORDER["number"]
    states = {
        "to be paid": order_states.paying(url="https://pays.example/1"),
        "paid": order_states.paying("paid"),
        "refused": order_states.paying("wanted", refused=True),
        "too late": order_states.paying("cancelled") | {"state": "cancelled", **ended},
    }
    for name, told in states.items():
        walk.api.says("GET", f"/orders/{number}", 200, {"order": told})
        walk.api.says("POST", f"/payments/{number}", 200, told["payment"])
        walk.open(f"order?number={number}", linked=True)
        expect(walk.page.locator(".calm")).to_be_visible()
        walk.look(f"payment, {name}")
    asking = order_states.paying("wanted", asking=True)["payment"]
    walk.api.says("GET", f"/payments/{number}", 200, asking)
    walk.open(f"order?number={number}&pay=now", linked=True)
    expect(walk.page.locator(".spinner")).to_be_visible()
    walk.look("payment, under way")
    unpaid = order_states.PAGE | {"open": [states["to be paid"]]}
    walk.api.says("GET", "/order", 200, unpaid)
    walk.open("order", linked=True)
    walk.page.locator(".ticket").first.click()
    walk.look("an order that waits to be paid")


def reorders(walk: Walk) -> None:
    for name, told in (
        ("usual order", order_states.REORDER),
        ("closed", order_states.CLOSED),
        ("none", {"proposal": None, "open": [], "stores": True}),
    ):
        walk.api.says("GET", "/reorder", 200, told)
        walk.open("reorder", linked=True)
        walk.look(name)


def troubles(walk: Walk) -> None:
    for status, body in (
        problem("not_logged_in", 401),
        problem("token_expired", 401),
        problem("line_unavailable", 503),
        problem("internal_error", 500),
    ):
        walk.api.says("GET", "/me", status, body)
        walk.page.goto(f"{walk.liff}profile")
        walk.look(str(body["type"]))


def plain(walk: Walk) -> None:
    for path in ("stores", "coupons"):
        walk.page.goto(f"{walk.liff}{path}")
        walk.look(path)


class Look(NamedTuple):
    """How somebody sees a page; `width` in px, `scale` of the letters."""

    width: int
    scheme: str
    language: str
    scale: int


def faults_of(
    parts: Sequence[Callable[[Walk], None]], chrome: Browser, shop: Shop, seen: Look
) -> list[str]:
    tag = {"ja": "ja-JP", "en": "en-US"}[seen.language]
    look = {"color_scheme": seen.scheme, "reduced_motion": "reduce", "locale": tag}
    with browsers.context(chrome, width=seen.width, **look) as context:
        walk = Walk(context.new_page(), f"{shop.url}/liff/", seen.language, seen.scale)
        for part in parts:
            part(walk)
        return walk.faults


PARTS = [homes, linking, joining, profiles, cards, points, coupons, reservations, orders, payments]
PARTS += [reorders, troubles, plain]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("width", "scheme", "language", "scale"),
    [(320, "dark", "en", 1), (375, "light", "ja", 1), (430, "dark", "ja", 2)],
)
def test_everybody_can_use_every_view(
    chrome: Browser,
    liff_shop: Shop,
    part: Callable[[Walk], None],
    width: int,
    scheme: str,
    language: str,
    scale: int,
) -> None:
    assert faults_of([part], chrome, liff_shop, Look(width, scheme, language, scale)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_wide_window_hides_no_field_of_an_order(
    chrome: Browser, liff_shop: Shop, scheme: str
) -> None:
    look = Look(1280, scheme, "ja", 1)
    assert faults_of([orders, payments, reorders], chrome, liff_shop, look) == []
