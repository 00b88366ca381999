"""What is said about coupons and gift codes."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from app.i18n import in_language
from app.line import limits
from app.messages.blocks import Buttons, Card, Message, Open, Row, Say, Text
from app.messages.registry import notice
from app.messages.translator import Translator, spellings

COUPON_WORDS = (*spellings("words.coupon"), "coupons", "クーポンを見る")
"""What people type to see their coupons, or before a coupon's code."""

_REFUSALS: Final = {
    "wrong_coupon_code": "coupons.refused.wrong_coupon_code",
    "coupon_over": "coupons.refused.coupon_over",
    "out_of_stock": "coupons.refused.out_of_stock",
    "over_limit": "coupons.refused.over_limit",
    "too_many_tries": "coupons.refused.too_many_tries",
}
_ROWS = 8  # As many as a card takes; the wallet has them all.


class Granted(BaseModel):
    """A coupon as the notice shows it. `until`: the last moment of its time, None without end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: dict[str, str]
    picture: str | None = None
    until: str | None = None


class News(BaseModel):
    """The coupons that somebody was given at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coupons: tuple[Granted, ...] = Field(min_length=1)


@notice("coupons.granted", push=True)
def granted(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Tell somebody of their new coupons. Data: `News`."""
    news = News.model_validate(data).coupons
    return [
        Card(
            image=_picture(news),
            title=t("coupons.granted"),
            text=t("coupons.granted.text"),
            rows=tuple(_row(each, t) for each in news[:_ROWS]),
            buttons=(_see(t),),
        )
    ]


@notice("gifts.granted", push=True)
def gift(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Tell somebody of a gift code, which only their page shows. Data: `title` in languages."""
    title = in_language(data["title"], t.language)
    return [Buttons(text=t("gifts.granted", title=title), buttons=(_see(t),))]


@notice("gifts.none", push=True)
def no_gift(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that all gift codes are gone. Data: `title` in languages."""
    return [Text(text=t("gifts.none", title=in_language(data["title"], t.language)))]


@notice("coupons.wallet", push=False)
def wallet(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say how many coupons can be used. Data: `count`, and `url` of the page or None."""
    key = "coupons.count" if data["count"] else "coupons.none"
    text = t(key, count=data["count"])
    if not data["url"]:
        return [Text(text=text)]
    return [Buttons(text=text, buttons=(Open(label=t("coupons.open"), uri=data["url"]),))]


@notice("coupons.refused", push=False)
def refused(data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say why a code brings no coupon. Data: `why`, a key of _REFUSALS; `minutes`."""
    return [Text(text=t(_REFUSALS[data["why"]], minutes=data.get("minutes", 1)))]


@notice("coupons.link_first", push=False)
def link_first(_data: Mapping[str, Any], t: Translator) -> list[Message]:
    """Say that coupons are for members whose LINE is linked. No data."""
    way = Say(label=t("links.offer.button"), text=t("words.link"))
    return [Buttons(text=t("coupons.link_first"), buttons=(way,))]


def _see(t: Translator) -> Say:
    return Say(label=t("coupons.see"), text=t("words.coupon"))


def _row(each: Granted, t: Translator) -> Row:
    until = t("coupons.until", until=each.until) if each.until else t("coupons.no_end")
    return Row(label=until, text=t.data(in_language(each.title, t.language)))


def _picture(news: tuple[Granted, ...]) -> str | None:
    """The picture of a single coupon; LINE takes it by its address alone."""
    url = news[0].picture or ""
    fits = url.startswith("https://") and len(url) <= limits.MEDIA_URL_UNITS
    return url if fits and len(news) == 1 else None
