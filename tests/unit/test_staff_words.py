"""The words of the staff pages, the limits and roles that the documentation shows, and devices."""

import re

import pytest

from app.domain.staff import roles
from app.domain.staff.limits import LIMITS
from app.staff import devices, words
from app.staff.pages import DOORS
from tests.support import tree

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SAID = re.compile(r"""w\[["']([a-z_.]+)["']\]""")

SPOKEN = re.compile(r'"((?:counter|week|board)\.[a-z_]+)"')
# "door." + name, t(`counter.act_${kind}`) and the like.
COMPOSED = (
    *("door.", "role.", "action.", "refused.", "me.done_", "team.stores", "team.accounts"),
    *("member.kind_", "member.coupon_", "member.way_", "member.done_"),
    *("member.to_next_", "member.to_keep_"),
    "member.adjust_",
    *("member.suspend", "member.resume", "adjust.done_"),
    *("counter.camera_", "counter.act_", "counter.done_", "counter.refused_"),
    *("counter.earn", "counter.redeem", "counter.booked_", "week.refused_"),
    *("reservations.before_", "reservations.after_", "reservations.view_", "reservations.state_"),
    *("reservations.weekday_", "reservations.done_", "reservations.to_day_"),
    *("reservation.act_", "reservation.done_", "reservation.origin_"),
    *("booking.walk_in", "booking.book", "day_off."),
    *("orders.column_", "orders.empty_", "orders.way_", "orders.origin_", "orders.state_"),
    *("orders.to_", "orders.text_", "orders.done_", "orders.online_", "orders.nameless"),
    "orders.menu_done_",
    *("board.done_", "board.refused_", "keys.done_", "keys.scope_"),
    *("booking.walked_in", "reservations.nameless", "feeds.event", "feeds.make", "feeds.renew"),
)


def test_both_languages_have_the_same_words_with_the_same_values():
    taken = [
        {key: sorted(PLACEHOLDER.findall(text)) for key, text in words.TEXTS[language].items()}
        for language in ("ja", "en")
    ]

    assert list(words.TEXTS["ja"]) == list(words.TEXTS["en"])
    assert taken[0] == taken[1]


def test_every_word_that_a_template_says_is_there_and_every_word_is_said():
    pages = "".join(path.read_text() for path in tree.files("app/templates/staff"))
    folders = ("app/domain", "app/staff", "app/cli")
    code = "".join(path.read_text() for path in tree.files(*folders, suffix=".py"))
    scripts = "".join(path.read_text() for path in tree.files("app/static/staff", suffix=".js"))
    said = set(SAID.findall(pages)) | set(SPOKEN.findall(scripts))
    actions = {f"action.{each}" for each in re.findall(r'note\(\s*(?:actor, )?"([a-z_.]+)"', code)}
    actions |= {f"action.counter.{each}" for each in re.findall(r'_act\(actor, \w+, "(\w+)"', code)}

    assert said - words.TEXTS["ja"].keys() == set()
    unsaid = words.TEXTS["ja"].keys() - said
    assert {key for key in unsaid if not key.startswith(COMPOSED)} == set()
    assert actions == {key for key in words.TEXTS["ja"] if key.startswith("action.")}


@pytest.mark.parametrize("kind", ["", "_text", "_short"])
def test_doors_and_roles_have_names(kind):
    for door in DOORS:
        if not (kind == "_text" and door.name == "home"):
            assert f"door.{door.name}{kind}" in words.TEXTS["ja"]
    assert all(f"role.{role}" in words.TEXTS["ja"] for role in roles.ROLES)
    assert all(door.permission in {None, *roles.PERMISSIONS} for door in DOORS)


def test_the_documentation_shows_the_whole_table_of_limits():
    page = (tree.ROOT / "docs" / "limits.md").read_text().partition("## スタッフ / Staff")[2]
    shown = [line for line in page.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]

    assert shown == [
        f"| {row.name} | {row.value:,} | {row.unit} | {row.source} |" for row in LIMITS
    ]


def test_the_documentation_shows_what_each_role_may_do():
    page = (tree.ROOT / "docs" / "staff.md").read_text()
    shown = [line for line in page.splitlines() if re.match(r"\| `[a-z_.]+` \|", line)]

    assert shown == [
        f"| `{permission}` | {' | '.join('○' if role in may else '—' for role in roles.ROLES)} |"
        for permission, may in roles.PERMISSIONS.items()
    ]


def test_the_documentation_shows_how_much_each_role_may_do():
    page = (tree.ROOT / "docs" / "staff.md").read_text()
    shown = re.findall(r"^\| (\w+) \| ([\d,]+|—) \| ([\d,]+|—) \|$", page, re.MULTILINE)

    def figure(table, role):
        return f"{table[role]:,}" if role in table else "—"

    assert shown == [
        (role, figure(roles.ADJUSTMENT, role), figure(roles.REDEEM_AFTER_LOOK_UP, role))
        for role in roles.ROLES
        if role in {*roles.ADJUSTMENT, *roles.REDEEM_AFTER_LOOK_UP}
    ]


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150",
         "Edge, Linux"),
        ("curl/8", "curl/8"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_has_a_name_its_owner_knows(device, name):
    assert devices.named(device) == name
