"""Rich menus over LINE's API, and what a phone shows of them."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.sandbox.helpers import Answer, Client

PATH = "/v2/bot/richmenu"
USER = "/v2/bot/user"
MENU: dict[str, Any] = {
    "size": {"width": 2500, "height": 1686},
    "selected": True,
    "name": "main",
    "chatBarText": "メニュー",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 1250, "height": 1686},
            "action": {"type": "richmenuswitch", "richMenuAliasId": "other", "data": "tab=other"},
        }
    ],
}


def area(x: int, y: int, width: int, height: int) -> dict[str, Any]:
    bounds = {"x": x, "y": y, "width": width, "height": height}
    return {"bounds": bounds, "action": MENU["areas"][0]["action"]}


def picture(width: int = 800, height: int = 540, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(file, kind)
    return file.getvalue()


def create(sandbox: Client, *, image: bool = True, **changes: Any) -> str:
    answer = sandbox.line("POST", PATH, MENU | changes)
    assert answer.status == 200, answer
    menu_id: str = answer.body["richMenuId"]
    if image:
        assert upload(sandbox, menu_id, picture()).status == 200
    return menu_id


def upload(sandbox: Client, menu_id: str, data: bytes, kind: str = "image/png") -> Answer:
    return sandbox.line("POST", f"{PATH}/{menu_id}/content", data, Content_Type=kind)


def shown(sandbox: Client, person: str = "hanako") -> Any:
    return sandbox.get(f"/phone/api/talks/{person}/main/richmenu")["richmenu"]


def alias(sandbox: Client, name: str, menu_id: str) -> Answer:
    return sandbox.line("POST", f"{PATH}/alias", {"richMenuAliasId": name, "richMenuId": menu_id})


def test_a_menu_is_made_listed_read_and_deleted(sandbox: Client) -> None:
    menu_id = create(sandbox, image=False)
    expected = {"richMenuId": menu_id, **MENU}
    assert sandbox.line("GET", f"{PATH}/{menu_id}").body == expected
    assert sandbox.line("GET", f"{PATH}/list").body == {"richmenus": [expected]}
    assert sandbox.line("DELETE", f"{PATH}/{menu_id}").status == 200
    assert sandbox.line("GET", f"{PATH}/{menu_id}").status == 404
    assert sandbox.line("DELETE", f"{PATH}/{menu_id}").status == 404


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"size": {"width": 799, "height": 400}}, "size"),
        ({"size": {"width": 2501, "height": 400}}, "size"),
        ({"size": {"width": 800, "height": 249}}, "size"),
        ({"size": {"width": 1000, "height": 690}}, "size"),
        ({"size": {}}, "size"),
        ({"name": "n" * 301}, "name"),
        ({"chatBarText": "c" * 15}, "chatBarText"),
        ({"chatBarText": ""}, "chatBarText"),
        ({"selected": None}, "selected"),
        ({"areas": MENU["areas"] * 21}, "areas"),
        ({"areas": [{"bounds": {"x": 0, "y": 0, "width": 1, "height": 1}}]}, "areas[0].action"),
        ({"areas": [{**MENU["areas"][0], "bounds": {"x": 0}}]}, "areas[0].bounds.y"),
        ({"areas": [area(-1, 0, 100, 100)]}, "areas[0].bounds.x"),
        ({"areas": [area(0, 0, 0, 100)]}, "areas[0].bounds.width"),
        ({"areas": [area(0, 0, 2501, 1686)]}, "areas[0].bounds.width"),
        ({"areas": [area(0, 0, 10, 10), area(1251, 0, 1250, 10)]}, "areas[1].bounds.width"),
        ({"areas": [area(2500, 0, 1, 1)]}, "areas[0].bounds.width"),
        ({"areas": [area(0, 843, 2500, 844)]}, "areas[0].bounds.height"),
        ({"size": {"width": 800, "height": 540}}, "areas[0].bounds.width"),
        (
            {"areas": [{**MENU["areas"][0], "action": {"type": "camera", "label": "c"}}]},
            "areas[0].action.type",
        ),
        (
            {"areas": [{**MENU["areas"][0], "action": {"type": "uri", "uri": "ftp://x"}}]},
            "areas[0].action.uri",
        ),
    ],
)
def test_a_bad_menu_is_refused_with_its_place(
    sandbox: Client, changes: dict[str, Any], place: str
) -> None:
    for path in (PATH, f"{PATH}/validate"):
        answer = sandbox.line("POST", path, MENU | changes)
        assert answer.status == 400
        assert answer.body["details"][0]["property"] == place


def test_areas_may_reach_the_edges_and_lie_over_each_other(sandbox: Client) -> None:
    areas = [area(0, 0, 2500, 1686), area(1250, 843, 1250, 843), area(2499, 1685, 1, 1)]
    assert sandbox.line("POST", f"{PATH}/validate", MENU | {"areas": areas}).body == {}


def test_each_area_out_of_bounds_is_named(sandbox: Client) -> None:
    areas = [area(0, 0, 3000, 2000), area(0, 0, 100, 2000)]
    answer = sandbox.line("POST", PATH, MENU | {"areas": areas})
    assert answer.body["message"] == "The request body has 3 error(s)"
    places = [detail["property"] for detail in answer.body["details"]]
    assert places == [
        "areas[0].bounds.width",
        "areas[0].bounds.height",
        "areas[1].bounds.height",
    ]


def test_the_bar_counts_what_a_reader_sees(sandbox: Client) -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    assert sandbox.line("POST", f"{PATH}/validate", MENU | {"chatBarText": family * 14}).body == {}


def test_a_picture_is_uploaded_once_and_comes_back(sandbox: Client) -> None:
    menu_id = create(sandbox, image=False)
    assert sandbox.line("GET", f"{PATH}/{menu_id}/content").status == 404
    data = picture(kind="JPEG")
    assert upload(sandbox, menu_id, data, "image/jpeg").status == 200
    assert sandbox.line("GET", f"{PATH}/{menu_id}/content").body == data
    assert upload(sandbox, menu_id, data, "image/jpeg").status == 400


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (picture(), "image/gif", 415),
        (picture(), "image/jpeg", 400),
        (b"no picture", "image/png", 400),
        (picture(799), "image/png", 400),
        (picture(2501, 900), "image/png", 400),
        (picture(800, 249), "image/png", 400),
        (picture(800, 600), "image/png", 400),
        (picture() + bytes(1024 * 1024), "image/png", 413),
    ],
)
def test_a_picture_line_would_not_take(
    sandbox: Client, data: bytes, kind: str, status: int
) -> None:
    menu_id = create(sandbox, image=False)
    assert upload(sandbox, menu_id, data, kind).status == status


def test_without_a_picture_a_menu_cannot_be_used(sandbox: Client, user_ids: dict[str, str]) -> None:
    menu_id, user_id = create(sandbox, image=False), user_ids["hanako"]
    users = {"richMenuId": menu_id, "userIds": [user_id]}
    step = {"type": "link", "from": create(sandbox), "to": menu_id}
    for answer in (
        sandbox.line("POST", f"{USER}/all/richmenu/{menu_id}"),
        sandbox.line("POST", f"{USER}/{user_id}/richmenu/{menu_id}"),
        sandbox.line("POST", f"{PATH}/bulk/link", users),
        sandbox.line("POST", f"{PATH}/batch", {"operations": [step]}),
        alias(sandbox, "a", menu_id),
    ):
        assert answer.status == 400


def test_a_users_own_menu_comes_before_the_default(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    default, own = create(sandbox), create(sandbox, name="own")
    assert shown(sandbox) is None
    assert sandbox.line("GET", f"{USER}/all/richmenu").status == 404
    sandbox.line("POST", f"{USER}/all/richmenu/{default}")
    assert sandbox.line("GET", f"{USER}/all/richmenu").body == {"richMenuId": default}
    assert shown(sandbox)["id"] == shown(sandbox, "emma")["id"] == default
    path = f"{USER}/{user_ids['hanako']}/richmenu"
    assert sandbox.line("GET", path).status == 404
    sandbox.line("POST", f"{path}/{own}")
    assert sandbox.line("GET", path).body == {"richMenuId": own}
    menu = shown(sandbox)
    assert (menu["id"], menu["areas"]) == (own, MENU["areas"])
    assert sandbox.call("GET", menu["image"]).body == picture()
    sandbox.line("DELETE", path)
    assert shown(sandbox)["id"] == default
    sandbox.line("DELETE", f"{USER}/all/richmenu")
    assert shown(sandbox) is None


def test_linking_a_stranger_is_accepted_without_effect(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    path = f"{USER}/{user_ids['hanako']}/richmenu"
    assert sandbox.line("POST", f"{path}/{create(sandbox)}").status == 200
    assert sandbox.line("GET", path).status == 404
    assert sandbox.line("POST", f"{USER}/U1/richmenu/{create(sandbox)}").status == 400
    assert sandbox.line("POST", f"{path}/richmenu-unknown").status == 404


def test_a_deleted_menu_is_gone_from_phones(sandbox: Client, user_ids: dict[str, str]) -> None:
    sandbox.act("add")
    menu_id = create(sandbox)
    sandbox.line("POST", f"{USER}/{user_ids['hanako']}/richmenu/{menu_id}")
    sandbox.line("POST", f"{USER}/all/richmenu/{menu_id}")
    sandbox.line("DELETE", f"{PATH}/{menu_id}")
    assert shown(sandbox) is None
    assert sandbox.line("GET", f"{USER}/all/richmenu").status == 404


def test_a_block_ends_the_link(sandbox: Client, user_ids: dict[str, str]) -> None:
    sandbox.act("add")
    sandbox.line("POST", f"{USER}/{user_ids['hanako']}/richmenu/{create(sandbox)}")
    sandbox.act("block")
    assert shown(sandbox) is None
    sandbox.act("unblock")
    assert shown(sandbox) is None


def test_bulk_links_many_and_answers_202(sandbox: Client, user_ids: dict[str, str]) -> None:
    for person in user_ids:
        sandbox.act("add", person=person)
    menu_id, users = create(sandbox), list(user_ids.values())
    body = {"richMenuId": menu_id, "userIds": users}
    assert sandbox.line("POST", f"{PATH}/bulk/link", body).status == 202
    assert {shown(sandbox, person)["id"] for person in user_ids} == {menu_id}
    assert sandbox.line("POST", f"{PATH}/bulk/unlink", {"userIds": users}).status == 202
    assert shown(sandbox, "emma") is None
    for wrong in ([], ["x"], users * 251):
        assert sandbox.line("POST", f"{PATH}/bulk/link", body | {"userIds": wrong}).status == 400


def test_aliases_follow_lines_rules(sandbox: Client) -> None:
    first, second = create(sandbox), create(sandbox)
    assert alias(sandbox, "tab-a", first).status == 200
    assert alias(sandbox, "tab-a", first).status == 400
    assert alias(sandbox, "Tab", first).status == 400
    assert alias(sandbox, "tab-b", "richmenu-unknown").status == 400
    path = f"{PATH}/alias/tab-a"
    assert sandbox.line("POST", path, {"richMenuId": second}).status == 200
    expected = {"richMenuAliasId": "tab-a", "richMenuId": second}
    assert sandbox.line("GET", path).body == expected
    assert sandbox.line("GET", f"{PATH}/alias/list").body == {"aliases": [expected]}
    assert sandbox.line("DELETE", path).status == 200
    assert sandbox.line("POST", path, {"richMenuId": second}).status == 404
    assert sandbox.line("GET", path).status == sandbox.line("DELETE", path).status == 404


def test_tapping_a_tab_switches_the_menu(sandbox: Client, user_ids: dict[str, str]) -> None:
    sandbox.act("add")
    menu_id = create(sandbox)
    alias(sandbox, "other", menu_id)

    def switch(name: str) -> dict[str, str]:
        sandbox.act("richmenu_switch", {"richMenuAliasId": name, "data": "tab"})
        sandbox.settle()
        postback = sandbox.deliveries()[-1]["events"][0]["postback"]
        assert postback["data"] == "tab"
        params: dict[str, str] = postback["params"]
        return params

    assert switch("other") == {"newRichMenuAliasId": "other", "status": "SUCCESS"}
    assert shown(sandbox)["id"] == menu_id
    path = f"{USER}/{user_ids['hanako']}/richmenu"
    assert sandbox.line("GET", path).body == {"richMenuId": menu_id}
    assert switch("none")["status"] == "RICHMENU_ALIAS_ID_NOTFOUND"
    sandbox.line("DELETE", f"{PATH}/{menu_id}")
    assert switch("other")["status"] == "RICHMENU_NOTFOUND"


def test_a_thousand_menus_are_the_end(sandbox: Client) -> None:
    sandbox.call("PATCH", "/control/accounts/main", {"rates": False})
    for _ in range(1000):
        create(sandbox, image=False)
    assert sandbox.line("POST", PATH, MENU).status == 400


def test_menus_are_made_a_hundred_times_an_hour(sandbox: Client) -> None:
    for _ in range(100):
        create(sandbox, image=False)
    refused = sandbox.line("POST", PATH, MENU)
    assert refused.status == 429
    assert refused.body == {"message": "The API rate limit has been exceeded. Try again later."}
    sandbox.post("/control/clock", {"forward": 37})
    assert sandbox.line("POST", PATH, MENU).status == 200
    assert sandbox.line("POST", PATH, MENU).status == 429
