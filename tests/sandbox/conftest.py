"""A sandbox with one account, two people and a bot's server."""

from collections.abc import Iterator

import pytest

from sandbox import server
from sandbox.world import World
from tests.sandbox.helpers import Client, Receiver
from tests.support.openapi import LINE_OPENAPI, Checker


@pytest.fixture(scope="session")
def messaging_checker() -> Checker | None:
    file = LINE_OPENAPI / "messaging-api.yml"
    return Checker(file) if file.exists() else None


@pytest.fixture(scope="session")
def checkers(messaging_checker: Checker | None) -> dict[str, Checker]:
    """LINE's OpenAPI files by the paths they describe; none where they are not at hand."""
    if messaging_checker is None:
        return {}
    return {
        "/v2/bot/audienceGroup": Checker(LINE_OPENAPI / "manage-audience.yml"),
        "/v2/bot/insight": Checker(LINE_OPENAPI / "insight.yml"),
        "/v2/bot": messaging_checker,
    }


@pytest.fixture(scope="session")
def webhook_checker() -> Checker | None:
    file = LINE_OPENAPI / "webhook.yml"
    return Checker(file) if file.exists() else None


@pytest.fixture
def receiver(webhook_checker: Checker | None) -> Iterator[Receiver]:
    """A bot's server; at the end the webhooks it got are held against LINE's OpenAPI file."""
    receiver = Receiver()
    yield receiver
    receiver.stop()
    if webhook_checker:
        for headers, body in receiver.got:
            assert webhook_checker.check_request("POST", "/callback", headers, body) == []


@pytest.fixture
def sandbox(receiver: Receiver, checkers: dict[str, Checker]) -> Iterator[Client]:
    """A sandbox with the account "main" and the people hanako (ja) and emma (en)."""
    handle = server.run_in_thread(World())
    client = Client(handle.url, checkers)
    account = {"slug": "main", "name": "こもれび珈琲", "webhook_url": receiver.url}
    client.token = client.post("/control/accounts", account)["access_token"]
    client.post("/control/people", {"key": "hanako", "name": "山田 花子"})
    client.post("/control/people", {"key": "emma", "name": "Emma Wilson", "language": "en"})
    yield client
    handle.stop()
    client.close()
    assert client.problems == []


@pytest.fixture
def user_ids(sandbox: Client) -> dict[str, str]:
    """The people's user ids for the account "main"."""
    people = sandbox.get("/control/state")["people"]
    return {person["key"]: person["user_ids"]["main"] for person in people}
