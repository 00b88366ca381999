"""`flask doctor`: is this installation sound?"""

import json
import sys
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from app import schema
from app.domain.accounts import queries as accounts
from app.domain.audit import invariants as audit
from app.domain.cards import invariants as cards
from app.domain.catalogue import invariants as catalogue
from app.domain.counter import invariants as counter
from app.domain.coupons import invariants as coupons
from app.domain.hooks import invariants as hooks
from app.domain.links import invariants as links
from app.domain.menus import invariants as menus
from app.domain.orders import invariants as orders
from app.domain.payments import invariants as payments
from app.domain.points import invariants as points
from app.domain.reservations import invariants as reservations
from app.errors import Unavailable
from app.facts import invariants as facts
from app.inbox import invariants as inbox
from app.invariants import Broken, broken
from app.outbox import invariants as outbox

SOUND, UNSOUND, UNKNOWN = 0, 1, 2


@click.command("doctor")
@click.option("--deep", is_flag=True, help="Also check every invariant on every row.")
@click.option("--json", "as_json", is_flag=True, help="Answer one JSON object.")
@with_appcontext
def doctor(deep: bool, as_json: bool) -> None:
    """Check the database. Exit status: 0 sound, 1 something is wrong, 2 it could not be checked."""
    try:
        why = None if schema.is_newest() else "the schema is not the newest: flask migrate up"
    except Unavailable as error:
        why = f"the database does not answer: {error}"
    found = check() if deep and why is None else []
    click.echo(_as_json(why, found) if as_json else _in_words(why, found))
    sys.exit(UNKNOWN if why else UNSOUND if found else SOUND)


def check() -> list[Broken]:
    """The invariants that do not hold."""
    paused = list(accounts.paused_accounts())
    waiting = [*inbox.invariants(), *outbox.invariants(paused), *menus.invariants(paused)]
    lasting = [*facts.invariants(), *links.invariants(), *audit.invariants(), *hooks.invariants()]
    shop = [*cards.invariants(), *counter.invariants(), *coupons.invariants(), *points.invariants()]
    offered = [*reservations.invariants(), *catalogue.invariants(), *orders.invariants()]
    offered += payments.invariants()
    return broken([*waiting, *lasting, *shop, *offered])


def _as_json(why: str | None, found: list[Broken]) -> str:
    sound = why is None and not found
    return json.dumps({"sound": sound, "reason": why, "broken": [asdict(one) for one in found]})


def _in_words(why: str | None, found: list[Broken]) -> str:
    if why:
        return why
    lines = [
        f"{one.name} ({one.promise}): {one.count} rows, such as {', '.join(one.examples)}"
        for one in found
    ]
    return "\n".join(lines) or "sound"
