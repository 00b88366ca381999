"""A person with a phone, as stories see one: types, taps, looks at the screen."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.support import http

Json = dict[str, Any]


class Phone:
    """One person's talk with one account, by the sandbox's HTTP. `settle` waits for answers."""

    def __init__(self, url: str, person: str, account: str, settle: Callable[[], None]) -> None:
        self._talk = f"{url}/phone/api/talks/{person}/{account}"
        self._settle = settle

    def adds(self) -> "Phone":
        """Add the account as a friend."""
        return self.does("add")

    def blocks(self) -> "Phone":
        return self.does("block")

    def unblocks(self) -> "Phone":
        return self.does("unblock")

    def types(self, text: str) -> "Phone":
        return self.does("text", text=text)

    def unsends(self, message_id: str) -> "Phone":
        return self.does("unsend", message_id=message_id)

    def taps(self, label: str) -> "Phone":
        """Press the newest button of the account's that says `label`."""
        for message in reversed([line["message"] for line in self._from_account()]):
            for action in _actions(message):
                if action.get("label") == label:
                    return self._press(action)
        raise AssertionError(f"no button {label!r}; there are {self.buttons}")

    def picks(self, day: str) -> "Phone":
        """Choose a day (YYYY-MM-DD) in the newest date picker, within its bounds."""
        found = [action for line in self._from_account() for action in _actions(line["message"])]
        picker = [action for action in found if action["type"] == "datetimepicker"][-1]
        assert picker["min"] <= day <= picker["max"], picker
        return self.does("postback", data=picker["data"], params={"date": day})

    def is_at(self, latitude: float, longitude: float) -> "Phone":
        """Share where they are."""
        return self.does("location", latitude=latitude, longitude=longitude)

    def does(self, action: str, **body: Any) -> "Phone":
        """Anything a phone can do: an action of the phone's API (docs/sandbox.md) and its body."""
        answer = http.request("POST", f"{self._talk}/{action}", json=body)
        assert answer.status == 200, answer.data.decode()
        self._settle()
        return self

    @property
    def screen(self) -> list[str]:
        """What the account has said, in words: one text per bubble."""
        return [_words(line["message"]) for line in self._from_account()]

    @property
    def buttons(self) -> list[str]:
        """Labels of the buttons under the account's last bubble."""
        said = self._from_account()
        return [action["label"] for action in _actions(said[-1]["message"])] if said else []

    @property
    def links(self) -> list[str]:
        """The addresses behind the buttons of all messages, oldest first."""
        actions = [action for message in self._from_account() for action in _actions(message)]
        return [str(action["uri"]) for action in actions if "uri" in action]

    @property
    def said(self) -> list[Json]:
        """The person's own lines of the talk."""
        return [line for line in self.lines if line["from"] == "person"]

    @property
    def lines(self) -> list[Json]:
        """Every line of the talk, as the sandbox keeps it."""
        answer = http.request("GET", f"{self._talk}/messages").json()
        lines: list[Json] = answer["messages"]
        return lines

    def _from_account(self) -> list[Json]:
        return [line for line in self.lines if line["from"] == "account"]

    def _press(self, action: Json) -> "Phone":
        match action["type"]:
            case "message":
                return self.types(action["text"])
            case "postback":
                shown = {"displayText": action["displayText"]} if "displayText" in action else {}
                return self.does("postback", data=action["data"], **shown)
            case "location":
                raise AssertionError("share a place with `is_at`")
            case "datetimepicker":
                raise AssertionError("pick a day with `picks`")
            case kind:
                raise AssertionError(f"a story cannot press a {kind} button")


def _actions(message: Any) -> Iterator[Json]:
    """Every action of a message, wherever it stands."""
    if isinstance(message, list):
        for part in message:
            yield from _actions(part)
    elif isinstance(message, dict):
        if message.get("type") in ("message", "postback", "uri", "datetimepicker", "location"):
            yield message
        for part in message.values():
            yield from _actions(part)


def _words(message: Json) -> str:
    match message["type"]:
        case "text":
            return str(message["text"])
        case "flex" | "template":
            return str(message["altText"])
        case kind:
            return f"[{kind}]"
