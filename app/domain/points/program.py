"""The shop's rules for points: read by every earning, changed once in a while."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update

from app.db import db, transaction
from app.domain.points import limits
from app.domain.points.definition import NewBonus, NewRules
from app.domain.points.errors import BadPoints
from app.domain.points.models import PointBonus, PointProgram, PointTier
from app.domain.points.rules import Bonus, Program, Tier
from app.domain.shops import queries as shops
from app.remember import Remembered


@dataclass(frozen=True)
class Rules:
    """All rules at once; tiers are in the order of their thresholds, with their ids beside."""

    program: Program
    tiers: tuple[Tier, ...]
    tier_ids: tuple[int, ...]
    bonuses: tuple[Bonus, ...]

    def percent(self, tier_id: int | None) -> int:
        """The multiplier of a tier; 100 without one."""
        place = self.place(tier_id)
        return 100 if place is None else self.tiers[place].percent

    def place(self, tier_id: int | None) -> int | None:
        """Where the tier stands among all; None without one."""
        return self.tier_ids.index(tier_id) if tier_id in self.tier_ids else None


NONE = Program(earn_yen=1, earn_points=0, expiry="fixed", expiry_days=limits.DAYS)
"""The rules of a shop that has set none: nothing is earned."""


_ONE = 1  # There is one company, hence one set of rules.


def rules() -> Rules:
    """The rules in force; another process sees a change within two seconds."""
    return _rules(_ONE)


def set_program(program: Program) -> None:
    """Save the rules, for what comes from now on. Raises BadPoints."""
    _check(program)
    company_id = shops.company_id()
    with transaction():
        row = db.session.get(PointProgram, company_id) or PointProgram(company_id=company_id)
        for name, value in asdict(program).items():
            setattr(row, name, value)
        db.session.add(row)
    _rules.forget(_ONE)


def put_tier(tier: Tier) -> None:
    """Save a tier under its code, in place of what was there. Raises BadPoints."""
    _positive("percent", tier.percent, 1, limits.PERCENT)
    _positive("threshold", tier.threshold, 0, limits.PAID * 10)
    _put(PointTier, tier.code, name=dict(tier.name), threshold=tier.threshold, percent=tier.percent)


def put_bonus(bonus: Bonus) -> None:
    """Save a bonus under its code, in place of what was there. Raises BadPoints."""
    _positive("percent", bonus.percent, 1, limits.PERCENT)
    values = asdict(bonus) | {"weekdays": list(bonus.weekdays)}
    _put(PointBonus, values.pop("code"), **values)


def put(new: NewRules) -> None:
    """Save all rules at once. A bonus that is not named ends; a tier that is not named stays, as
    members may have it. Raises BadPoints for a store that is not there, and for a threshold that
    is another tier's."""
    stores = shops.store_ids()
    if unknown := {bonus.store for bonus in new.bonuses} - {None, *stores}:
        raise BadPoints(
            f"bonuses: there is no store {', '.join(map(str, sorted(unknown, key=str)))}"
        )
    named = {tier.code for tier in new.tiers}
    taken = {tier.threshold for tier in rules().tiers if tier.code not in named}
    if twice := taken & {tier.threshold for tier in new.tiers}:
        raise BadPoints(f"tiers: a tier that stays begins at {min(twice)}")
    with transaction():
        set_program(Program(**new.program.model_dump()))
        # Out of each other's way, as two tiers may change places.
        moving = update(PointTier).where(PointTier.code.in_(named))
        db.session.execute(moving.values(threshold=-PointTier.id))
        for tier in new.tiers:
            put_tier(Tier(**tier.model_dump()))
        for code in {bonus.code for bonus in rules().bonuses} - {each.code for each in new.bonuses}:
            end_bonus(code)
        for bonus in new.bonuses:
            put_bonus(_bonus(bonus, stores))
    _rules.forget(_ONE)  # Somebody may have read them in the meantime.


def _bonus(new: NewBonus, stores: Mapping[str, int]) -> Bonus:
    values = new.model_dump(exclude={"store", "weekdays"})
    store_id = None if new.store is None else stores[new.store]
    return Bonus(**values, weekdays=tuple(new.weekdays), store_id=store_id)


def end_bonus(code: str) -> None:
    """Take a bonus away, if it is there."""
    company_id = shops.company_id()
    with transaction():
        db.session.execute(delete(PointBonus).filter_by(company_id=company_id, code=code))
    _rules.forget(_ONE)


def _put(table: Any, code: str, **values: Any) -> None:
    company_id = shops.company_id()
    with transaction():
        found = db.session.scalar(select(table).filter_by(company_id=company_id, code=code))
        row = found or table(company_id=company_id, code=code)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.add(row)
    _rules.forget(_ONE)


def _read(_one: int) -> Rules:
    if shops.company_name() is None:
        return Rules(NONE, (), (), ())
    company_id = shops.company_id()
    row = db.session.get(PointProgram, company_id, populate_existing=True)
    tiers = _all(PointTier, company_id, PointTier.threshold)
    return Rules(
        program=_values(Program, row) if row else NONE,
        tiers=tuple(_values(Tier, tier) for tier in tiers),
        tier_ids=tuple(tier.id for tier in tiers),
        bonuses=tuple(
            Bonus(**{**_fields(Bonus, each), "weekdays": tuple(each.weekdays)})
            for each in _all(PointBonus, company_id, PointBonus.id)
        ),
    )


_rules = Remembered(_read)


def _all(table: Any, company_id: int, order: Any) -> Sequence[Any]:
    return db.session.scalars(select(table).filter_by(company_id=company_id).order_by(order)).all()


def _values(kind: Any, row: Any) -> Any:
    return kind(**_fields(kind, row))


def _fields(kind: Any, row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__dataclass_fields__}


def _check(program: Program) -> None:
    _positive("earn_yen", program.earn_yen, 1, limits.PAID)
    _positive("expiry_days", program.expiry_days, 1, limits.DAYS)
    _positive("tier_days", program.tier_days, 1, limits.DAYS)
    _positive("grace_days", program.grace_days, 0, limits.DAYS)
    for name in ("earn_points", "link_points", "birthday_points"):
        _positive(name, getattr(program, name), 0, limits.POINTS)


def _positive(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadPoints(f"{name} is a whole number from {least} to {most}")
