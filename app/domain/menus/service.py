"""Verbs about what people see: a change leaves a row, from which app/richmenu brings LINE along.

They are called inside the transaction of the change. Accounts without menus of ours leave no row.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, literal, select

from app import clock
from app.db import UtcDateTime, db, insertion, transaction, wake_after_commit
from app.domain.menus.models import MenuBoard, MenuMember, PersonMenu, RichMenu
from app.domain.people.models import Friendship

LANE = "menus"


def touch_person(person_id: int) -> None:
    """Something changed that decides about this person's menu, at whichever account."""
    make_due(Friendship.line_user_id == person_id, urgent=True)


def touch_friend(account_id: int, person_id: int) -> None:
    """The person follows the account, or again; LINE may have dropped what it was told before."""
    of_both = and_(Friendship.line_user_id == person_id, Friendship.account_id == account_id)
    make_due(of_both, urgent=True, sure=False)


def touch_member(member_id: int) -> None:
    """Something changed that decides about this member's menu."""
    touch_members(select(literal(member_id)))


def touch_members(member_ids: Select[Any]) -> None:
    """The same for many: a SELECT of their ids."""
    with transaction():
        db.session.execute(insertion(MenuMember).from_select(["member_id"], member_ids))
        wake_after_commit(LANE)


def touch_account(account_id: int) -> None:
    """Something changed that may decide about everybody's menu at this account."""
    with transaction():
        board = db.session.get(MenuBoard, account_id, with_for_update=True, populate_existing=True)
        if board is not None:
            board.sweep_after, board.sweep_round = 0, board.sweep_round + 1
            board.settle_at, board.settle_tries = clock.now(), 0
            wake_after_commit(LANE)


def switched(account_id: int, person_id: int, alias: str) -> None:
    """The person went to another menu by a tab: LINE shows it as their own from now on."""
    with transaction():
        there = select(RichMenu.id).filter_by(account_id=account_id, alias=alias, state="live")
        menu_id = db.session.scalar(there)
        if menu_id is None:
            return
        seen = insertion(PersonMenu).values(
            account_id=account_id, person_id=person_id, told_id=menu_id, switched=True, **_settled()
        )
        # Where LINE is about to be told anyway, that comes later and wins.
        db.session.execute(
            seen.on_conflict_do_update(
                index_elements=["account_id", "person_id"],
                set_={"told_id": menu_id, "switched": True},
                where=PersonMenu.state == "done",
            )
        )


def resolve(limit: int, people_of: Callable[[int], Sequence[int]]) -> int:
    """Find the people of touched members (`people_of`: member id -> person ids) and touch them.

    Answers how many members were taken.
    """
    with transaction():
        some = select(MenuMember.id).order_by(MenuMember.id).limit(limit)
        some = some.with_for_update(skip_locked=True)
        taken = delete(MenuMember).where(MenuMember.id.in_(some)).returning(MenuMember.member_id)
        member_ids = list(db.session.scalars(taken))
        people = {one for member_id in set(member_ids) for one in people_of(member_id)}
        for person_id in sorted(people):
            touch_person(person_id)
        return len(member_ids)


def make_due(
    which: ColumnElement[bool], *, urgent: bool, sure: bool = True, known: bool = True
) -> None:
    """Let these friendships be looked at, and told where LINE does not show what it should.

    Not `sure`: LINE may show something else than it was told. Not `known`: the same of people whom
    it was never told anything about.
    """
    with transaction():
        columns = PersonMenu.__table__.c
        new = {"urgent": urgent, **fresh(sure=known)}
        values = [literal(value, columns[name].type) for name, value in new.items()]
        who = (
            select(Friendship.account_id, Friendship.line_user_id, *values)
            .join(MenuBoard, MenuBoard.account_id == Friendship.account_id)
            .where(which, Friendship.following.is_not(False))
        )
        rows = insertion(PersonMenu).from_select(["account_id", "person_id", *new], who)
        changes = touching(urgent=urgent) | ({} if sure else {"sure": False})
        db.session.execute(
            rows.on_conflict_do_update(index_elements=["account_id", "person_id"], set_=changes)
        )
        wake_after_commit(LANE)


def touching(*, urgent: bool) -> dict[str, Any]:
    """What a change does to a row that is there.

    While LINE is being told, nobody else may begin to: the holder sees `touched` and does it again.
    A row is never due sooner for it, since it may be waiting for LINE on purpose.
    """
    row, now = PersonMenu, literal(clock.now(), UtcDateTime)
    busy = row.state == "telling"
    return {
        "touched": row.touched + 1,
        "state": case((busy, "telling"), else_="pending"),
        "due_at": case((row.due_at > now, row.due_at), else_=now),
        "urgent": literal(True) if urgent else row.urgent,
        "finished_at": None,
    }


def fresh(*, sure: bool) -> dict[str, Any]:
    """The columns of a row that is due for the first time, without whose it is."""
    known = {"sure": sure, "switched": False, "touched": 0}
    return {**known, "state": "pending", "attempts": 0, "fence": 0, "due_at": clock.now()}


def _settled() -> dict[str, Any]:
    now = clock.now()
    work = {"state": "done", "attempts": 0, "fence": 0, "due_at": now, "finished_at": now}
    return {**work, "sure": True, "urgent": False, "touched": 0}
