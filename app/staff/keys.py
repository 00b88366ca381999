"""/staff/keys: the keys of the shop's own systems: made, shown once, ended (docs/api.md)."""

from typing import Final

from flask import Blueprint, Response, current_app, request

from app.config import Settings
from app.domain.keys import queries, service
from app.domain.keys.errors import BadKey
from app.domain.keys.scopes import SCOPES
from app.domain.keys.service import NewKey
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.errors import TsunaguError
from app.i18n import in_language
from app.staff import forms, words
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told

bp = Blueprint("staff_keys", __name__, url_prefix="/staff/keys")

_MANAGE: Final = "keys.manage"


@bp.get("")
@as_staff(_MANAGE)
def everything(actor: Actor) -> Response:
    """The keys there are, and a form for another."""
    return _list(actor)


@bp.post("")
@as_staff(_MANAGE)
def make(actor: Actor) -> Response:
    """A new key; its secret is shown once, here. Sent twice it is made once."""
    secrets: list[str] = []

    def work(_key: str) -> str:
        made = service.create(_wanted(), actor=actor, network=browser().network)
        secrets.append(made.secret)
        return str(made.id)

    try:
        forms.submit(actor, "key", work)
    except TsunaguError as refusal:
        if refusal.status >= 500:
            raise
        return _list(actor, refusal=refusal)
    if not secrets:  # The same form again: nobody keeps the secret, so it is not shown again.
        return found("/staff/keys?done=made_before")
    return _list(actor, secret=secrets[0])


@bp.post("/<int(max=2147483647):key_id>/revoke")
@as_staff(_MANAGE)
def revoke(actor: Actor, key_id: int) -> Response:
    """End a key at once."""
    service.revoke(key_id, actor=actor, network=browser().network)
    return found("/staff/keys?done=revoked")


def _wanted() -> NewKey:
    code = request.form.get("store", "")
    store_id = shops.store_ids().get(code)
    if code and store_id is None:
        raise BadKey("no such store")
    return NewKey(request.form.get("name", ""), request.form.getlist("scope"), store_id=store_id)


def _list(actor: Actor, *, secret: str = "", refusal: TsunaguError | None = None) -> Response:
    settings: Settings = current_app.extensions["settings"]
    names = shops.store_names()
    said = words.language()
    return page(
        "keys",
        actor,
        status=refusal.status if refusal else 200,
        here="keys",
        error=told(refusal) if refusal else "",
        done=request.args.get("done", ""),
        secret_shown=secret,
        keys=queries.everything(),
        scopes=list(SCOPES),
        chosen=request.form.getlist("scope"),
        form=request.form if refusal else {},
        stores={code: in_language(names[each], said) for code, each in shops.store_ids().items()},
        store_names={each: in_language(name, said) for each, name in names.items()},
        zone=settings.zone,
        key=forms.new_key(),
    )
