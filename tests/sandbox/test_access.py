"""Coverage on the command line, and the shared secret of a sandbox that others can reach."""

from collections.abc import Iterator

import pytest

from sandbox.app import create_app, stop
from sandbox.world import World
from tests.sandbox.test_process import start
from tests.support.openapi import LINE_OPENAPI
from tests.support.ports import free_port


@pytest.fixture
def guarded() -> Iterator[object]:
    world = World()
    app = create_app(world, "open sesame")
    yield app.test_client()
    stop(app, world)


def test_the_secret_is_asked_for(guarded) -> None:
    for path in ("/phone/", "/phone/api/state", "/control/state", "/"):
        refused = guarded.get(path)
        assert refused.status_code == 401
        assert refused.content_type == "application/problem+json"
    header = {"X-Sandbox-Secret": "open sesame"}
    assert guarded.get("/control/state", headers=header).status_code == 200
    assert guarded.get("/control/state", headers={"X-Sandbox-Secret": "x"}).status_code == 401


def test_a_page_opened_with_the_secret_keeps_it(guarded) -> None:
    assert guarded.get("/phone/?secret=wrong").status_code == 401
    opened = guarded.get("/phone/?secret=open%20sesame")
    assert (opened.status_code, opened.location) == (302, "/phone/")
    assert guarded.get("/phone/api/state").status_code == 200


def test_bots_need_their_token_only(guarded) -> None:
    answer = guarded.get("/v2/bot/info")
    assert answer.status_code == 401
    assert "invalid token" in answer.json["message"]


def test_what_line_guards_by_tokens_stays_open(guarded) -> None:
    for path in ("/message/v3/share", "/user/v1/deauthorize", "/v2/oauth/accessToken"):
        answer = guarded.post(path)
        assert answer.content_type == "application/json"
        assert answer.json["message"]
    assert guarded.get("/liff/v2/apps/1-x/contextToken").status_code == 404
    for path in ("/oauth2/v2.1/authorize", "/liff.line.me/1-x"):
        assert guarded.get(path).content_type == "application/problem+json"


def test_an_open_host_needs_a_secret() -> None:
    process = start("--host", "0.0.0.0", "--port", str(free_port()))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "--secret" in output


def test_coverage_names_what_is_built() -> None:
    if not LINE_OPENAPI.is_dir():
        pytest.skip("LINE's OpenAPI files are not there: nothing to compare with")
    process = start("coverage", str(LINE_OPENAPI))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    assert "built POST   /v2/bot/message/push  (messaging-api.yml)" in output
    assert "501   GET    /v2/bot/membership/list  (messaging-api.yml)" in output
    assert output.splitlines()[-1].endswith("are built")


def test_coverage_without_the_files_says_so(tmp_path) -> None:
    process = start("coverage", str(tmp_path / "nothing"))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "no OpenAPI files" in output
