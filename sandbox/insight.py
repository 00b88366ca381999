"""Insight figures, made of what phones really saw and tapped.

LINE: https://developers.line.biz/en/reference/messaging-api/#get-insight. Figures of fewer than 20
people are withheld.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from sandbox import clock
from sandbox.api import Api, ApiError, Call, needed
from sandbox.quota_api import day
from sandbox.requests import Reaction, SentRequest, What
from sandbox.world import World

_PATH = "/v2/bot/insight"
_LEAST_PEOPLE = 20
# LINE: the longest spans in days, of a unit and of a rich menu.
_UNIT_DAYS, _SUMMARY_DAYS, _DAILY_DAYS = 30, 396, 99
_QUARTERS = ("25Percent", "50Percent", "75Percent", "100Percent")
_SENT = {
    "apiBroadcast": "broadcast",
    "apiPush": "push",
    "apiMulticast": "multicast",
    "apiNarrowcast": "narrowcast",
    "apiReply": "reply",
}
Json = dict[str, Any]


class InsightApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints; LINE's rate is the same for each."""
        for path, handler in (
            ("message/delivery", self._delivery),
            ("followers", self._followers),
            ("demographic", self._demographic),
            ("message/event", self._event),
            ("message/event/aggregation", self._unit),
            ("richmenu/<menu_id>/summary", self._menu_summary),
            ("richmenu/<menu_id>/daily", self._menu_daily),
        ):
            api.add("GET", f"{_PATH}/{path}", "insight", self._locked(handler))

    def _locked(self, handler: Callable[..., Json]) -> Callable[..., Json]:
        def locked(call: Call, _body: None, **parts: str) -> Json:
            with self._world.lock:
                return handler(call, **parts)

        return locked

    def _delivery(self, call: Call) -> Json:
        date_, counts = day(call, "date"), self._world.counts
        if date_ >= self._today():
            return {"status": "unready"}
        sent = {name: counts.of(call.account.slug, of, date_) for name, of in _SENT.items()}
        return {"status": "ready", **{name: n for name, n in sent.items() if n}}

    def _followers(self, call: Call) -> Json:
        """LINE: `followers` counts who has ever added the account; it never goes down."""
        date_, counts = day(call, "date"), self._world.counts
        if date_ >= self._today():
            return {"status": "unready"}
        followers = counts.until(call.account.slug, "added", date_)
        blocks = counts.until(call.account.slug, "blocked", date_)
        reach = followers - blocks
        return {
            "status": "ready",
            "followers": followers,
            "targetedReaches": reach,
            "blocks": blocks,
        }

    def _demographic(self, _call: Call) -> Json:
        """People here have no age, gender or place."""
        return {"available": False}

    def _event(self, call: Call) -> Json:
        """LINE: of broadcasts and narrowcasts only."""
        sent = self._world.sent_requests.requests.get(needed(call, "requestId"))
        if sent is None or sent.account != call.account.slug:
            raise ApiError(404, "Not found")
        if sent.endpoint not in ("broadcast", "narrowcast"):
            raise ApiError(404, "Not found")
        overview = {
            "requestId": sent.request_id,
            "timestamp": sent.at // 1000,
            "delivered": sent.shown_to,
        }
        return self._figures([sent], overview)

    def _unit(self, call: Call) -> Json:
        name = needed(call, "customAggregationUnit")
        first, last = _span(call, _UNIT_DAYS)
        sent = [
            one
            for one in self._world.sent_requests.requests.values()
            if one.account == call.account.slug
            and one.unit == name
            and first <= clock.day(one.at) <= last
        ]
        return self._figures(sent, {})

    def _figures(self, sent: list[SentRequest], overview: Json) -> Json:
        found = list(self._world.sent_requests.reactions({one.request_id for one in sent}))
        most = max((len(one.message_ids) for one in sent), default=0)
        return {
            "overview": {**overview, **_overview(found)},
            "messages": [_message(found, seq) for seq in range(1, most + 1)],
            "clicks": _clicks(found),
        }

    def _menu_summary(self, call: Call, menu_id: str) -> Json:
        first, last = _span(call, _SUMMARY_DAYS)
        return self._menu(call, menu_id, first, last, _total)

    def _menu_daily(self, call: Call, menu_id: str) -> Json:
        first, last = _span(call, _DAILY_DAYS)
        return self._menu(call, menu_id, first, last, _by_day)

    def _menu(
        self, call: Call, menu_id: str, first: str, last: str, shape: Callable[..., Any]
    ) -> Json:
        menu = self._world.rich_menus.find(call.account.slug, menu_id)
        if menu is None:
            raise ApiError(404, "richmenu not found")
        found = [
            one
            for one in self._world.sent_requests.reactions({menu.id})
            if first <= one.detail <= last
        ]
        days = sorted({one.detail for one in found})
        told: Json = {"richMenuId": menu.id}
        if len(_people(found)) < _LEAST_PEOPLE:
            return told | {"metricsFrom": None, "metricsTo": None}
        seen = [one for one in found if one.what == "impression"]
        clicks = [
            {"bounds": area["bounds"], "metrics": shape(tapped)}
            for seq, area in enumerate(menu.body["areas"])
            if (tapped := [one for one in found if one.what == "click" and one.seq == seq])
        ]
        span = {"metricsFrom": days[0], "metricsTo": days[-1]}
        return told | span | {"impression": {"metrics": shape(seen)}, "clicks": clicks}

    def _today(self) -> str:
        return clock.day(self._world.clock.now())


def _span(call: Call, most_days: int) -> tuple[str, str]:
    first, last = day(call, "from"), day(call, "to")
    long = date.fromisoformat(last) - date.fromisoformat(first)
    if not timedelta(0) <= long <= timedelta(days=most_days):
        raise ApiError(400, f"'to' must be at most {most_days} days after 'from'")
    return first, last


def _of(found: Iterable[Reaction], what: What, seq: int | None = None) -> list[Reaction]:
    return [one for one in found if one.what == what and seq in (None, one.seq)]


def _people(found: Iterable[Reaction]) -> set[str]:
    return {one.person for one in found}


def _unique(found: list[Reaction]) -> int | None:
    """LINE: null for fewer than 20 people."""
    people = len(_people(found))
    return people if people >= _LEAST_PEOPLE else None


def _number(found: list[Reaction]) -> int | None:
    return None if _unique(found) is None else sum(one.number for one in found)


def _overview(found: list[Reaction]) -> Json:
    played = _unique(_of(found, "played"))
    return {
        "uniqueImpression": _unique(_of(found, "impression")),
        "uniqueClick": _unique(_of(found, "click")),
        "uniqueMediaPlayed": played,
        "uniqueMediaPlayed100Percent": played,
    }


def _message(found: list[Reaction], seq: int) -> Json:
    """A phone here plays a video to its end, so all the quarters are the same."""
    seen, played = _of(found, "impression", seq), _of(found, "played", seq)
    told: Json = {"seq": seq, "impression": _number(seen), "uniqueImpression": _unique(seen)}
    for part in ("", *_QUARTERS):
        told[f"mediaPlayed{part}"] = _number(played)
        told[f"uniqueMediaPlayed{part}"] = _unique(played)
    return told


def _clicks(found: list[Reaction]) -> list[Json]:
    taps = [one for one in _of(found, "click") if one.detail]
    links = sorted({(one.seq, one.detail) for one in taps})
    told = []
    for seq, url in links:
        of_link = [one for one in taps if (one.seq, one.detail) == (seq, url)]
        of_request = [one for one in taps if one.detail == url]
        told.append(
            {
                "seq": seq,
                "url": url,
                "click": _number(of_link),
                "uniqueClick": _unique(of_link),
                "uniqueClickOfRequest": _unique(of_request),
            }
        )
    return told


def _total(found: list[Reaction]) -> Json:
    return {"count": sum(one.number for one in found), "uniqueUsers": len(_people(found))}


def _by_day(found: list[Reaction]) -> list[Json]:
    days = sorted({one.detail for one in found})
    return [{"date": at} | _total([one for one in found if one.detail == at]) for at in days]
