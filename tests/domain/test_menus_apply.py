"""Menus put up at LINE: whole or not at all, again without harm, and from wherever it died."""

from contextlib import suppress

import pytest
from freezegun.api import FrozenDateTimeFactory

from app.domain.menus import boards
from app.domain.menus.errors import MenusHeld
from app.line.errors import LineError
from app.richmenu import apply as applying
from app.richmenu import settling
from app.richmenu.apply import Account
from app.richmenu.calls import CREATE, Calls, RateUsedUp, calls_left
from app.richmenu.plan import AliasTaken, plan
from sandbox.richmenus import Alias
from tests.support.desk import Desk
from tests.support.menus import MEMBER, OTHERS, WELCOME, Counter, menu

HOME = menu("home", alias="home", person="unlinked")
HOME_2 = menu("home", look="2", alias="home", person="unlinked")
MEMBER_2 = menu("member", look="2", person="linked")

# Crash points, each with the passage at which the process dies.
DEATHS = [
    *(("menus.begun", number) for number in (1, 2, 3)),
    *(("menus.created_before_saved", number) for number in (1, 2, 3)),
    *(("menus.uploaded_before_saved", number) for number in (1, 2, 3)),
    *(("menus.before_publish", 1), ("menus.published", 1)),
    *(("menus.alias_set", 1), ("menus.alias_set", 2), ("menus.default_set", 1)),
    *(("menus.before_delete", 1), ("menus.before_delete", 2)),
    *(("menus.deleted_before_saved", 1), ("menus.deleted_before_saved", 2)),
]


class Died(Exception):  # It is no error of ours.
    """The process ended at a crash point."""


@pytest.fixture
def counter(desk: Desk) -> Counter:
    for name in ("hanako", "taro"):
        desk.person(name)
    return Counter(desk)


def test_menus_are_put_up_whole(counter: Counter) -> None:
    applied = counter.apply(HOME, MEMBER)
    assert (applied.steps.create, applied.steps.default) == (["home", "member"], "home")
    assert counter.at_line() == ["home 0", "member 0"]
    assert counter.aliases() == {"home": "home 0"}
    assert counter.sees("hanako") == ["home 0"]
    assert counter.states() == ["home live", "member live"]


def test_again_it_changes_nothing(counter: Counter) -> None:
    counter.put_up(HOME, MEMBER)
    before = counter.calls()
    assert not counter.apply(HOME, MEMBER).published
    counter.settle()
    assert counter.calls() == before


def test_a_new_version_takes_the_place_of_the_old_one(counter: Counter) -> None:
    counter.put_up(HOME, MEMBER)
    counter.links("hanako")
    counter.settle()
    counter.apply(HOME_2, MEMBER_2)
    # The old ones stay until nobody sees them.
    assert counter.at_line() == ["home 0", "home 2", "member 0", "member 2"]
    assert counter.sees("hanako") == ["member 0"]
    counter.settle()
    assert counter.sees("hanako", "taro") == ["member 2", "home 2"]
    assert counter.at_line() == ["home 2", "member 2"]
    assert counter.aliases() == {"home": "home 2"}


def test_back_to_the_version_before(counter: Counter) -> None:
    counter.put_up(HOME)
    counter.apply(HOME_2)
    applied = counter.apply(HOME)
    counter.settle()
    assert applied.steps.create == []
    assert (counter.at_line(), counter.sees("taro")) == (["home 0"], ["home 0"])


def test_menus_without_a_layout_go(counter: Counter) -> None:
    counter.put_up(HOME, MEMBER)
    counter.links("hanako")
    counter.settle()
    counter.put_up()
    assert (counter.at_line(), counter.aliases()) == ([], {})
    assert counter.sees("hanako", "taro") == [None, None]
    assert counter.states() == []


def test_the_same_menu_for_other_people(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    everybody = menu("member", priority=1)
    applied = counter.apply(WELCOME, everybody)
    counter.settle()
    assert (applied.steps.create, applied.steps.rules) == ([], ["member"])
    assert counter.sees("hanako") == ["member 0"]


@pytest.mark.parametrize(("point", "passage"), DEATHS)
def test_it_dies_anywhere_and_goes_on(
    counter: Counter, point: str, passage: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.put_up(HOME, MEMBER)
    counter.links("hanako")
    counter.settle()
    with monkeypatch.context() as patched:
        died = die_at(point, passage, patched)
        with suppress(Died):
            change(counter)
    assert len(died) >= passage
    assert None not in counter.sees("hanako", "taro")
    change(counter)
    assert counter.sees("hanako", "taro") == ["member 2", "home 2"]
    assert counter.at_line() == ["extra 0", "home 2", "member 2"]
    assert counter.aliases() == {"home": "home 2", "extra": "extra 0"}
    assert counter.calls().count("richmenu_create") == 5


def test_without_its_mark_a_menu_would_be_made_twice(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above: nobody would know the first one as ours."""
    unmarked = menu("home", alias="home", person="unlinked")
    unmarked.body["name"] = "home"
    with monkeypatch.context() as patched:
        die_at("menus.created_before_saved", 1, patched)
        with pytest.raises(Died):
            counter.apply(unmarked)
    counter.put_up(unmarked)
    assert counter.calls().count("richmenu_create") == 2


@pytest.mark.parametrize("kind", ["500_before", "500_after", "drop_after", "rate"])
@pytest.mark.parametrize("endpoint", ["richmenu_create", "richmenu_image", "richmenu_alias"])
def test_a_failed_call_leaves_nothing_twice(counter: Counter, kind: str, endpoint: str) -> None:
    counter.desk.goes_wrong(kind, endpoint)
    counter.put_up(HOME, MEMBER)
    assert counter.at_line() == ["home 0", "member 0"]
    assert counter.aliases() == {"home": "home 0"}


def test_a_refused_picture_changes_nothing_for_anybody(counter: Counter) -> None:
    counter.put_up(HOME)
    counter.desk.goes_wrong("400", "richmenu_image")
    with pytest.raises(LineError):
        counter.apply(HOME_2)
    counter.settle()
    assert counter.sees("taro") == ["home 0"]


def test_other_tools_menus_and_aliases_stay(counter: Counter) -> None:
    others = counter.others()
    world = counter.desk.line.world
    with world.lock:
        world.rich_menus.link("main", "", others.id)
    counter.put_up(HOME, MEMBER)
    counter.put_up()
    assert counter.at_line() == [OTHERS]


def test_an_alias_of_another_tool_is_not_taken(counter: Counter) -> None:
    others = counter.others()
    counter.drifted("taro", others)
    give_alias(counter, "home", others.id)
    with pytest.raises(AliasTaken):
        counter.apply(HOME)
    assert (counter.at_line(), counter.aliases()) == ([OTHERS], {"home": OTHERS})


def test_a_menu_that_somebody_deleted_is_made_again(counter: Counter) -> None:
    counter.put_up(HOME, MEMBER)
    counter.links("hanako")
    counter.settle()
    for made in counter.shown.of("main"):
        counter.shown.delete(made)
    counter.put_up(HOME, MEMBER)
    assert counter.sees("hanako", "taro") == ["member 0", "home 0"]


def test_of_two_at_once_one_waits_for_the_other(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "PATIENCE", 0.0)
    with boards.held(counter.desk.account), pytest.raises(MenusHeld):
        counter.apply(HOME)
    counter.apply(HOME)


def test_whoever_died_holds_the_menus_for_half_a_minute(counter: Counter) -> None:
    boards.open_board(counter.desk.account)
    assert boards.Hold(counter.desk.account).take()
    assert not boards.Hold(counter.desk.account).take()
    time: FrozenDateTimeFactory = counter.desk.time
    time.tick(31)
    assert boards.Hold(counter.desk.account).take()


def test_the_rate_of_creations_is_kept_and_told(counter: Counter) -> None:
    account = counter.desk.account
    counter.put_up(HOME, MEMBER)
    assert calls_left(account, CREATE) == (98, 100)
    many = [menu(f"m{number}", priority=-number) for number in range(99)]
    with pytest.raises(RateUsedUp):
        counter.apply(*many)
    assert calls_left(account, CREATE) == (0, 100)
    counter.desk.time.tick(120)
    counter.put_up(*many)
    assert len(counter.at_line()) == 99


def test_a_plan_tells_all_that_apply_would_do(counter: Counter) -> None:
    counter.put_up(HOME, MEMBER)
    before = counter.calls()
    account = Account(counter.desk.account, "main", None)
    steps = plan(applying.look(account, [MEMBER_2]), counter.desk.time())
    assert steps.create == ["member"]
    assert steps.alias_deletions == ["home"]
    assert steps.default == ""
    assert len(steps.delete) == 2
    assert counter.calls() == before
    same = applying.look(account, [HOME, MEMBER], Calls(account.id))
    assert not plan(same, counter.desk.time()).any()


def change(counter: Counter) -> None:
    """Two menus in a new version and one more; the old ones go."""
    extra = menu("extra", alias="extra", priority=-1, person="unlinked")
    counter.apply(HOME_2, MEMBER_2, extra)
    counter.settle()
    counter.settle()


def give_alias(counter: Counter, alias: str, menu_id: str) -> None:
    """An alias that another tool has made."""
    counter.shown.aliases.put(Alias("main", alias, menu_id))


def die_at(point: str, passage: int, patched: pytest.MonkeyPatch) -> list[str]:
    """Die at the n-th passage of a crash point, as SIGKILL would; answers the passages."""
    passages: list[str] = []

    def dying(name: str) -> None:
        if name == point:
            passages.append(name)
            if len(passages) == passage:
                raise Died(name)

    for module in (applying, settling):
        patched.setattr(module, "crash_point", dying)
    return passages
