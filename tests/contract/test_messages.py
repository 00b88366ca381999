"""What notices become is held against the SDK's own models and LINE's OpenAPI description."""

import uuid

import pytest
from linebot.v3.messaging.models.message import Message

from app.line import client
from app.messages.catalogue import render
from tests.support.openapi import LINE_OPENAPI, Checker
from tests.unit.messages.examples import EVERY

LANGUAGES = ["ja", "en"]


def said(name, data, language):
    return render(name, data, language=language, person_name="花子 \x00{", shop="こもれび珈琲")


@pytest.fixture(scope="module")
def checker():
    path = LINE_OPENAPI / "messaging-api.yml"
    if not path.exists():
        pytest.skip("LINE's OpenAPI description does not lie beside this checkout")
    return Checker(path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "data"), EVERY)
def test_the_sdk_knows_everything_in_every_message(name, data, language):
    for message in said(name, data, language):
        assert is_within(message, Message.from_dict(message).to_dict())


def is_within(ours, theirs) -> bool:
    """Tell whether the SDK kept all that we wrote; it may add its defaults."""
    if isinstance(ours, dict):
        return all(name in theirs and is_within(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(is_within, ours, theirs))
    return ours == theirs


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "data"), EVERY)
def test_every_message_is_as_line_describes_it(checker, name, data, language):
    messages = said(name, data, language)
    headers = {"content-type": "application/json"}
    keyed = headers | {"x-line-retry-key": str(uuid.uuid4())}
    user = "U" + "0" * 32

    assert [
        *checker.check_request(
            "POST", client.PATHS["reply"], headers, client.encode_reply("0" * 32, messages)
        ),
        *checker.check_request(
            "POST", client.PATHS["push"], keyed, client.encode_push(user, messages)
        ),
        *checker.check_request(
            "POST", client.PATHS["multicast"], keyed, client.encode_multicast([user], messages)
        ),
    ] == []
