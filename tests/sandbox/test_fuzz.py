"""Whatever is thrown at the sandbox's own HTTP and at LINE's paths, it never answers 5xx."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.app import create_app, stop
from sandbox.control import NewAccount, NewPerson
from sandbox.entities import Account, Person
from sandbox.world import World

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
CONTROL = [
    ("POST", "/control/accounts", [*NewAccount.model_fields]),
    ("PATCH", "/control/accounts/main", [*NewAccount.model_fields]),
    ("POST", "/control/people", [*NewPerson.model_fields]),
    ("POST", "/control/faults", ["endpoint", "kind", "times", "probability", "seconds"]),
    ("POST", "/control/clock", ["forward"]),
    ("POST", "/control/deliveries/redeliver", ["event_ids", "duplicate"]),
    ("POST", "/control/deliveries/release", ["account", "order", "seed", "together"]),
    ("POST", "/phone/api/people", ["name", "language"]),
    *(
        ("POST", f"/phone/api/talks/hanako/main/{action}", fields)
        for action, fields in {
            "text": ["text"],
            "postback": ["data", "params"],
            "image": ["content", "type"],
            "video": ["content", "duration"],
            "file": ["content", "name"],
            "location": ["latitude", "longitude"],
            "unsend": ["message_id"],
            "seen": ["message_ids"],
            "tapped": ["message_id", "uri"],
            "event": ["type", "content", "place"],
            "coupon": ["couponId"],
            "richmenu_switch": ["richMenuAliasId", "data"],
            "richmenu_tapped": ["richMenuId", "area"],
        }.items()
    ),
]
LINE = [
    ("/v2/bot/message/push", ["to", "messages", "customAggregationUnits"]),
    ("/v2/bot/message/multicast", ["to", "messages"]),
    ("/v2/bot/message/narrowcast", ["messages", "recipient", "filter", "limit"]),
    ("/v2/bot/richmenu", ["size", "selected", "name", "chatBarText", "areas"]),
    ("/v2/bot/richmenu/batch", ["operations", "resumeRequestKey"]),
    ("/v2/bot/richmenu/bulk/link", ["richMenuId", "userIds"]),
    ("/v2/bot/richmenu/alias", ["richMenuAliasId", "richMenuId"]),
    ("/v2/bot/coupon", ["title", "startTimestamp", "endTimestamp", "acquisitionCondition"]),
    ("/v2/bot/audienceGroup/upload", ["description", "audiences", "isIfaAudience"]),
    ("/v2/bot/audienceGroup/click", ["description", "requestId", "clickUrl"]),
    ("/v2/bot/chat/loading/start", ["chatId", "loadingSeconds"]),
    ("/v2/bot/chat/markAsRead", ["markAsReadToken"]),
    ("/v2/bot/channel/webhook/test", ["endpoint"]),
]
QUIET = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    world = World()
    world.add_account(Account("main", "Main", "http://127.0.0.1:9/", access_token="t", rates=False))
    world.add_person(Person("hanako", "Hanako"))
    app = create_app(world)
    yield app.test_client()
    stop(app, world)


def bodies(fields: list[str]) -> st.SearchStrategy[Any]:
    """JSON of any shape, and objects whose names are right but whose values are anything."""
    return JSON | st.dictionaries(st.sampled_from(fields), JSON, max_size=len(fields))


@pytest.mark.parametrize(("method", "path", "fields"), CONTROL, ids=[c[1] for c in CONTROL])
@QUIET
@given(data=st.data())
def test_the_sandboxs_own_paths(client, method, path, fields, data) -> None:
    body = json.dumps(data.draw(bodies(fields)))
    answer = client.open(path, method=method, data=body)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(("path", "fields"), LINE, ids=[one[0] for one in LINE])
@QUIET
@given(data=st.data())
def test_lines_paths(client, path, fields, data) -> None:
    body = json.dumps(data.draw(bodies(fields)))
    bearer = {"Authorization": "Bearer t"}
    answer = client.post(path, data=body, headers=bearer, content_type="application/json")
    assert answer.status_code < 500, answer.text


@QUIET
@given(body=st.binary(max_size=50))
def test_any_bytes(client, body) -> None:
    for path in ("/control/accounts", "/control/clock", "/phone/api/people"):
        assert 400 <= client.post(path, data=body or b"x").status_code < 500
