"""Who may make whom, in which stores and accounts; and what ends when somebody leaves."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.domain.staff import queries, roles, service, sessions, team
from app.domain.staff.actor import Actor
from app.domain.staff.errors import (
    BadStaff,
    LastOwner,
    LetterOver,
    NoSuchStaff,
    NotAllowed,
    WrongLogin,
)
from app.domain.staff.team import Place
from tests.support.cast import add_store
from tests.support.members import a_member
from tests.support.staff import BROWSER, OWNER, PAGE, PASSWORD, an_owner, hired, link, logged_in

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def owner() -> Actor:
    return an_owner()


@pytest.fixture
def stores() -> tuple[int, int]:
    return add_store("ginza"), add_store("ueno")


def test_an_invitation_is_accepted_once(owner):
    team.invite(owner, "Clerk@Shop.example", "佐藤", Place("clerk"), PAGE)
    token = link("invite")
    with pytest.raises(WrongLogin):
        sessions.log_in("clerk@shop.example", PASSWORD, BROWSER)
    assert sessions.enter(service.accept(token, PASSWORD, BROWSER).token)

    with pytest.raises(LetterOver):
        service.accept(token, PASSWORD, BROWSER)
    with pytest.raises(BadStaff):
        team.invite(owner, "clerk@shop.example", "佐藤", Place("clerk"), PAGE)
    assert logged_in("clerk@shop.example").role == "clerk"


def test_a_new_invitation_ends_the_first_one(owner):
    staff_id = team.invite(owner, "clerk@shop.example", "佐藤", Place("clerk"), PAGE)
    first = link("invite")
    team.invite_again(owner, staff_id, PAGE)
    assert not service.letter_works(first, "invite")
    service.accept(link("invite"), PASSWORD, BROWSER)
    with pytest.raises(NotAllowed):
        team.invite_again(owner, staff_id, PAGE)


@pytest.mark.parametrize("maker", roles.ROLES)
def test_who_may_make_whom(owner, maker):
    actor = owner if maker == "owner" else hired(owner, maker)
    made = set()
    for role in roles.ROLES:
        try:
            team.invite(actor, f"{role}@new.example", role, Place(role), PAGE)
            made.add(role)
        except NotAllowed:
            continue
    assert made == roles.MAKES.get(maker, frozenset())


def test_nobody_gives_away_more_than_they_have(owner, stores):
    ginza, ueno = stores
    manager = hired(owner, "manager", store_ids=[ginza])
    for scope in (None, [ueno], [ginza, ueno]):
        with pytest.raises(NotAllowed):
            team.invite(manager, "x@new.example", "x", Place("clerk", scope), PAGE)
    with pytest.raises(BadStaff):
        team.invite(owner, "x@new.example", "x", Place("clerk", [999]), PAGE)
    team.invite(manager, "x@new.example", "x", Place("clerk", [ginza]), PAGE)


def test_people_of_another_store_are_not_there(owner, stores):
    ginza, ueno = stores
    manager = hired(owner, "manager", store_ids=[ginza])
    near, far = (hired(owner, "clerk", store_ids=[store]) for store in (ginza, ueno))

    assert {card.id for card in queries.team(manager)} == {manager.staff_id, near.staff_id}
    for act in (
        lambda: queries.card(manager, far.staff_id),
        lambda: team.change(manager, far.staff_id, Place("clerk", [ginza])),
        lambda: team.suspend(manager, far.staff_id, ""),
        lambda: team.resume(manager, 999),
    ):
        with pytest.raises(NoSuchStaff):
            act()


def test_nobody_changes_themselves_or_those_above(owner):
    manager = hired(owner, "manager")
    for act in (
        lambda: team.change(manager, manager.staff_id, Place("clerk")),
        lambda: team.suspend(manager, owner.staff_id, ""),
        lambda: team.change(owner, owner.staff_id, Place("clerk")),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_changed_role_counts_from_the_next_request(owner, stores):
    team.invite(owner, "a@shop.example", "a", Place("manager"), PAGE)
    token = service.accept(link("invite"), PASSWORD, BROWSER).token
    before = sessions.enter(token)
    assert before is not None
    assert before.may("team.manage")
    team.change(owner, before.staff_id, Place("clerk", stores[:1]))

    after = sessions.enter(token)
    assert after is not None
    assert not after.may("team.manage")
    assert (after.sees_store(stores[0]), after.sees_store(stores[1])) == (True, False)


def test_who_is_suspended_is_out_at_once_and_comes_back_with_the_old_password(owner):
    clerk = hired(owner, "clerk")
    email = queries.card(owner, clerk.staff_id).email
    token = sessions.log_in(email, PASSWORD, BROWSER).token
    team.suspend(owner, clerk.staff_id, "退職")

    assert sessions.enter(token) is None
    with pytest.raises(WrongLogin):
        sessions.log_in(email, PASSWORD, BROWSER)
    team.resume(owner, clerk.staff_id)
    assert sessions.enter(token) is None
    assert logged_in(email)


def test_somebodys_own_membership_is_noted_by_another(owner):
    clerk, member_id = hired(owner, "clerk"), a_member()
    team.set_member(owner, clerk.staff_id, member_id)
    assert queries.member_of(clerk.staff_id) == member_id
    with pytest.raises(NotAllowed):
        team.set_member(clerk, clerk.staff_id, None)


def test_the_shop_keeps_an_owner(owner):
    second = hired(owner, "owner")
    team.change(owner, second.staff_id, Place("manager"))
    team.change(owner, second.staff_id, Place("owner"))
    team.suspend(logged_in(queries.card(owner, second.staff_id).email), owner.staff_id, "")
    assert queries.any_owner()


def at_once(app: Flask, *acts: Callable[[], None]) -> list[str]:
    """What becomes of things done at the same moment."""

    def run(act: Callable[[], None]) -> str:
        with app.app_context():
            try:
                act()
            except LastOwner:
                return "last"
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_two_owners_cannot_remove_each_other(owner, app):
    second = hired(owner, "owner")
    assert at_once(
        app,
        lambda: team.suspend(owner, second.staff_id, ""),
        lambda: team.suspend(second, owner.staff_id, ""),
    ) == ["done", "last"]


def test_the_first_owner_comes_by_a_command(app: Flask):
    run = app.test_cli_runner(catch_exceptions=False).invoke
    asked = ["staff", "create-owner", "--email", OWNER, "--name", "店主"]
    assert run(args=asked, input=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    assert logged_in(OWNER).role == "owner"
    again = run(args=asked, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert (again.exit_code, "bad_staff" in again.output) == (1, True)
