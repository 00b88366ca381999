"""The endpoints of audiences."""

import re
from typing import Any

from flask import request

from sandbox.api import Api, ApiError, Call, number
from sandbox.audiences import MOST_AUDIENCES, OLDEST_MESSAGE_MS, Audience, Kind
from sandbox.world import World

_PATH = "/v2/bot/audienceGroup"
# LINE: ids in one request, as JSON and as a file.
_MOST_JSON, _MOST_FILE = 10_000, 1_500_000
_MOST_LETTERS = 120
_USER_ID = re.compile(r"U[0-9a-f]{32}")


class AudienceApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints; LINE's rate is the same for each."""
        one, name = f"{_PATH}/<int:audience_id>", "audience"
        api.add("POST", f"{_PATH}/upload", name, self._upload, status=202)
        api.add("PUT", f"{_PATH}/upload", name, self._extend, status=202)
        for method, handler in (("POST", self._upload_file), ("PUT", self._extend_file)):
            path = f"{_PATH}/upload/byFile"
            api.add(method, path, name, handler, body="none", status=202)
        api.add("POST", f"{_PATH}/click", name, self._click, status=202)
        api.add("POST", f"{_PATH}/imp", name, self._impression, status=202)
        api.add("PUT", f"{one}/updateDescription", name, self._rename)
        api.add("DELETE", one, name, self._delete)
        api.add("GET", one, name, self._get)
        api.add("GET", f"{_PATH}/list", name, self._list)

    def _upload(self, call: Call, body: Any) -> dict[str, Any]:
        ids = _ids_of(_objects(body))
        return self._made(call, body, ids).as_created()

    def _upload_file(self, call: Call, _body: None) -> dict[str, Any]:
        return self._made(call, request.form, _ids_of_file()).as_created()

    def _extend(self, call: Call, body: Any) -> dict[str, Any]:
        self._add(call, body, _ids_of(_objects(body)))
        return {}

    def _extend_file(self, call: Call, _body: None) -> dict[str, Any]:
        self._add(call, request.form, _ids_of_file())
        return {}

    def _made(self, call: Call, body: Any, user_ids: list[str]) -> Audience:
        if str(body.get("isIfaAudience", False)).lower() == "true":
            raise ApiError(501, "Audiences of IFAs are not built in this sandbox")
        audience = self._new(call, body, "UPLOAD")
        self._members(call, audience, user_ids, "")
        return audience

    def _add(self, call: Call, body: Any, user_ids: list[str]) -> None:
        audience = self._find(call, body.get("audienceGroupId"))
        if audience.kind != "UPLOAD":
            raise ApiError(400, "WRONG_AUDIENCE_TYPE")
        self._members(call, audience, user_ids, str(body.get("uploadDescription") or ""))

    def _members(self, call: Call, audience: Audience, user_ids: list[str], words: str) -> None:
        # LINE: people who have not consented, and strangers, are passed over.
        world = self._world
        known = [
            user_id
            for user_id in user_ids
            if (person := world.person_of(call.account, user_id)) and person.consent
        ]
        with world.lock:
            world.audiences.extend(audience, known, words, world.clock.now())

    def _click(self, call: Call, body: Any) -> dict[str, Any]:
        return self._of_reactions(call, body, "CLICK")

    def _impression(self, call: Call, body: Any) -> dict[str, Any]:
        return self._of_reactions(call, body, "IMP")

    def _of_reactions(self, call: Call, body: Any, kind: Kind) -> dict[str, Any]:
        _object(body)
        world, url = self._world, body.get("clickUrl") if kind == "CLICK" else None
        request_id = body.get("requestId")
        sent = world.sent_requests.requests.get(request_id) if isinstance(request_id, str) else None
        if (
            sent is None
            or sent.account != call.account.slug
            or sent.endpoint not in ("broadcast", "narrowcast")
            or world.clock.now() - sent.at > OLDEST_MESSAGE_MS
        ):
            raise ApiError(400, "REQUEST_NOT_FOUND")
        if url is not None and (not isinstance(url, str) or len(url) > 2000):
            raise ApiError(400, "The value for the 'clickUrl' parameter is invalid")
        what = "click" if kind == "CLICK" else "impression"
        with world.lock:
            people = [
                world.user_id(call.account, world.people[found.person])
                for found in world.sent_requests.reactions({sent.request_id})
                if found.what == what and url in (None, found.detail)
            ]
        audience = self._new(call, body, kind, request_id=sent.request_id, click_url=url)
        self._members(call, audience, people, "")
        more = {"requestId": sent.request_id} | ({"clickUrl": url} if url else {})
        return audience.as_created() | more

    def _new(self, call: Call, body: Any, kind: Kind, **more: Any) -> Audience:
        words, world = _description(body), self._world
        with world.lock:
            own = world.audiences.of(call.account.slug)
            if len(own) >= MOST_AUDIENCES:
                raise ApiError(400, "TOO_MANY_AUDIENCE_GROUPS")
            return world.audiences.add(call.account.slug, kind, words, world.clock.now(), **more)

    def _rename(self, call: Call, body: Any, audience_id: int) -> dict[str, Any]:
        words = _description(body)
        with self._world.lock:
            self._world.audiences.rename(self._find(call, audience_id), words)
        return {}

    def _delete(self, call: Call, _body: None, audience_id: int) -> dict[str, Any]:
        with self._world.lock:
            self._world.audiences.delete(self._find(call, audience_id))
        return {}

    def _get(self, call: Call, _body: None, audience_id: int) -> dict[str, Any]:
        audience, now = self._find(call, audience_id), self._world.clock.now()
        return {"audienceGroup": audience.as_json(now), "jobs": audience.jobs_as_json(now)}

    def _list(self, call: Call, _body: None) -> dict[str, Any]:
        page, size = number(call, "page", 1, 1, 10**6), number(call, "size", 20, 1, 40)
        now, query = self._world.clock.now(), call.query
        with self._world.lock:
            own = self._world.audiences.of(call.account.slug)
        words, status = query.get("description", ""), query.get("status")
        found = [
            one for one in own if words in one.description and status in (None, one.status(now))
        ]
        start = (page - 1) * size
        return {
            "audienceGroups": [one.as_json(now) for one in found[start : start + size]],
            "hasNextPage": len(found) > start + size,
            "totalCount": len(found),
            "readWriteAudienceGroupTotalCount": len(found),
            "page": page,
            "size": size,
        }

    def _find(self, call: Call, audience_id: Any) -> Audience:
        try:
            found = self._world.audiences.find(call.account.slug, int(audience_id))
        except (TypeError, ValueError):
            found = None
        if found is None:
            raise ApiError(400, "AUDIENCE_GROUP_NOT_FOUND")
        return found


def _object(body: Any) -> None:
    if not isinstance(body, dict):
        raise ApiError(400, "The request body must be an object")


def _objects(body: Any) -> list[Any]:
    _object(body)
    found = body.get("audiences", [])
    if not isinstance(found, list) or len(found) > _MOST_JSON:
        raise ApiError(400, f"audiences must be a list of at most {_MOST_JSON}")
    return found


def _ids_of(found: list[Any]) -> list[str]:
    return _checked([one.get("id") if isinstance(one, dict) else None for one in found])


def _ids_of_file() -> list[str]:
    file = request.files.get("file")
    if file is None:
        raise ApiError(400, "The file is missing")
    lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines()]
    return _checked([line for line in lines if line], most=_MOST_FILE)


def _checked(user_ids: list[Any], most: int = _MOST_JSON) -> list[str]:
    """LINE: one badly written id fails the whole request."""
    if len(user_ids) > most:
        raise ApiError(400, "TOO_MANY_AUDIENCES")
    for user_id in user_ids:
        if not isinstance(user_id, str) or not _USER_ID.fullmatch(user_id):
            raise ApiError(400, "INVALID_AUDIENCE_ID_FORMAT")
    return user_ids


def _description(body: Any) -> str:
    words = body.get("description") if hasattr(body, "get") else None
    if not isinstance(words, str) or not 1 <= len(words) <= _MOST_LETTERS:
        raise ApiError(400, f"description must have 1 to {_MOST_LETTERS} characters")
    return words
