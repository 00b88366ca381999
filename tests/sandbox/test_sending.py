"""Push, multicast, retry keys and what the answers say."""

import uuid

import pytest

from tests.sandbox.helpers import Client, text

DAY = 24 * 60 * 60


def key() -> str:
    return str(uuid.uuid4())


def test_a_push_appears_on_a_friends_phone(sandbox: Client, user_ids: dict[str, str]) -> None:
    sandbox.act("add")
    answer = sandbox.push(user_ids["hanako"], text("一"), text("二"))
    assert answer.status == 200
    assert [set(sent) for sent in answer.body["sentMessages"]] == [{"id", "quoteToken"}] * 2
    assert sandbox.screen()[1:] == ["account: 一", "account: 二"]
    (accepted,) = sandbox.accepted()
    assert accepted["to"] == accepted["shown_to"] == [user_ids["hanako"]]
    assert accepted["request_id"] == answer.headers["x-line-request-id"]


@pytest.mark.parametrize("actions", [[], ["add", "block"]])
def test_a_push_to_a_stranger_or_blocker_is_accepted_and_not_shown(
    sandbox: Client, user_ids: dict[str, str], actions: list[str]
) -> None:
    for action in actions:
        sandbox.act(action)
    assert sandbox.push(user_ids["hanako"]).status == 200
    assert sandbox.accepted()[0]["shown_to"] == []
    assert "account: hello" not in sandbox.screen()


def test_a_stranger_who_wrote_can_be_sent_messages_for_seven_days(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("text", {"text": "質問です"})
    sandbox.push(user_ids["hanako"], text("within"))
    sandbox.post("/control/clock", {"forward": 7 * DAY})
    sandbox.push(user_ids["hanako"], text("too late"))
    assert sandbox.screen() == ["person: 質問です", "account: within"]


def test_a_push_to_an_unknown_person_is_refused(sandbox: Client) -> None:
    answer = sandbox.push("U" + "0" * 32)
    assert (answer.status, answer.body) == (400, {"message": "Failed to send messages"})
    assert sandbox.push("nobody").status == 400
    assert sandbox.accepted() == []


def test_a_person_has_another_id_in_another_provider(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    other = {"slug": "other", "name": "Other", "webhook_url": "http://127.0.0.1:9/"}
    token = sandbox.post("/control/accounts", {**other, "provider": "other"})["access_token"]
    mine = sandbox.post(
        "/control/accounts",
        {"slug": "sister", "name": "Sister", "webhook_url": other["webhook_url"]},
    )
    people = sandbox.get("/control/state")["people"]
    ids = next(person["user_ids"] for person in people if person["key"] == "hanako")
    assert ids["main"] == ids["sister"] != ids["other"]
    sandbox.token = token
    assert sandbox.push(user_ids["hanako"]).status == 400
    sandbox.token = mine["access_token"]
    assert sandbox.push(user_ids["hanako"]).status == 200


def test_a_repeated_retry_key_is_answered_409_with_the_first_answer(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    again = key()
    first = sandbox.push(user_ids["hanako"], key=again)
    second = sandbox.push(user_ids["hanako"], key=again)
    assert (first.status, second.status) == (200, 409)
    assert second.body["sentMessages"] == first.body["sentMessages"]
    first_id = first.headers["x-line-request-id"]
    assert second.headers["x-line-accepted-request-id"] == first_id
    assert second.headers["x-line-request-id"] != first_id
    assert len(sandbox.accepted()) == 1


def test_a_retry_key_counts_as_new_after_24_hours(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    again = key()
    sandbox.push(user_ids["hanako"], key=again)
    sandbox.post("/control/clock", {"forward": DAY - 60})
    assert sandbox.push(user_ids["hanako"], key=again).status == 409
    sandbox.post("/control/clock", {"forward": 61})
    assert sandbox.push(user_ids["hanako"], key=again).status == 200
    assert len(sandbox.accepted()) == 2


def test_a_refused_request_leaves_its_retry_key_free(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    again = key()
    assert sandbox.push("U" + "0" * 32, key=again).status == 400
    assert sandbox.push(user_ids["hanako"], key=again).status == 200


def test_a_retry_key_belongs_to_one_account(sandbox: Client, user_ids: dict[str, str]) -> None:
    again = key()
    sandbox.push(user_ids["hanako"], key=again)
    sister = {"slug": "sister", "name": "Sister", "webhook_url": "http://127.0.0.1:9/"}
    sandbox.token = sandbox.post("/control/accounts", sister)["access_token"]
    assert sandbox.push(user_ids["hanako"], key=again).status == 200


def test_a_retry_key_elsewhere_or_of_another_form_is_refused(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    assert sandbox.push(user_ids["hanako"], key="again").status == 400
    sandbox.act("text", {"text": "hi"})
    assert sandbox.reply("token", X_Line_Retry_Key=key()).status == 400
    info = sandbox.line("GET", "/v2/bot/info", X_Line_Retry_Key=key())
    assert info.status == 400


def test_multicast_reaches_friends_only_and_answers_nothing(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    again = key()
    body = {"to": [*user_ids.values(), user_ids["hanako"]], "messages": [text("全員へ")]}
    answers = [
        sandbox.line("POST", "/v2/bot/message/multicast", body, X_Line_Retry_Key=again)
        for _ in range(2)
    ]
    assert [(answer.status, answer.body.get("sentMessages")) for answer in answers] == [
        (200, None),
        (409, None),
    ]
    (accepted,) = sandbox.accepted()
    assert accepted["to"] == list(user_ids.values())
    assert accepted["shown_to"] == [user_ids["hanako"]]
    assert sandbox.screen()[-1] == "account: 全員へ"


def test_multicast_to_an_unknown_person_follows_the_accounts_setting(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    body = {"to": [user_ids["hanako"], "U" + "0" * 32], "messages": [text("hi")]}
    assert sandbox.line("POST", "/v2/bot/message/multicast", body).status == 400
    assert sandbox.screen() == ["system: 友だちになりました"]
    sandbox.call("PATCH", "/control/accounts/main", {"multicast_unknown": "ignore"})
    assert sandbox.line("POST", "/v2/bot/message/multicast", body).status == 200
    assert sandbox.screen()[-1] == "account: hi"


def test_a_message_can_quote_one_of_the_same_talk_only(
    sandbox: Client, user_ids: dict[str, str]
) -> None:
    sandbox.act("add")
    quote = sandbox.push(user_ids["hanako"]).body["sentMessages"][0]["quoteToken"]
    message = {**text("あれのこと"), "quoteToken": quote}
    assert sandbox.push(user_ids["hanako"], message).status == 200
    refused = sandbox.push(user_ids["emma"], message)
    assert refused.status == 400
    assert refused.body["details"][0]["property"] == "messages[0].quoteToken"
