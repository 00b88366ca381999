"""Orders, their lines and steps, when stores hand out and where they deliver, and baskets"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OUTSIDE = sa.text("external_id IS NOT NULL")


def upgrade() -> None:
    _create_rules()
    _create_area()
    _create_slot()
    _create_order()
    _create_line()
    _create_step()
    _create_basket()


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _words(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _create_rules() -> None:
    op.create_table(
        "order_rules",
        _whole("store_id"),
        _words("pickup_times", 200, nullable=True),
        _words("delivery_times", 200, nullable=True),
        _whole("slot_minutes"),
        _whole("slot_capacity"),
        _whole("lead_minutes"),
        _whole("horizon_days"),
        _words("usual", 5),
        _refers("order_rules", "store_id", "store"),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_order_rules")),
    )


def _create_area() -> None:
    op.create_table(
        "delivery_area",
        sa.Column("id", sa.Integer(), nullable=False),
        _whole("store_id"),
        _words("prefix", 7),
        _whole("minimum"),
        _whole("fee"),
        _refers("delivery_area", "store_id", "store"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_area")),
        sa.UniqueConstraint("store_id", "prefix", name=op.f("uq_delivery_area_store_id_prefix")),
    )


def _create_slot() -> None:
    op.create_table(
        "order_slot",
        sa.Column("id", _BIG, nullable=False),
        _whole("store_id"),
        _moment("starts_at"),
        _whole("taken"),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_order_slot_taken_not_negative")),
        _refers("order_slot", "store_id", "store"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_slot")),
        sa.UniqueConstraint("store_id", "starts_at", name=op.f("uq_order_slot_store_id_starts_at")),
    )


def _create_order() -> None:
    table = "shop_order"
    op.create_table(
        table,
        sa.Column("id", _BIG, nullable=False),
        _words("number", 12),
        _words("origin", 10),
        _words("external_id", 100, nullable=True),
        _words("scope", 40),
        _words("key", 120),
        _words("asked", 64),
        _whole("store_id", nullable=True),
        _whole("account_id", nullable=True),
        _whole("person_id", nullable=True),
        _whole("member_id", nullable=True),
        _words("way", 8),
        _moment("slot_at", nullable=True),
        _words("state", 10),
        _whole("version"),
        _whole("total"),
        _whole("fee"),
        sa.Column("taxes", sa.JSON(), nullable=False),
        _whole("points"),
        sa.Column("earns", sa.Boolean(), nullable=False),
        sa.Column("spent_id", _BIG, nullable=True),
        sa.Column("earned_id", _BIG, nullable=True),
        sa.Column("coupon_use_id", _BIG, nullable=True),
        _words("name", 100, nullable=True),
        _words("phone", 20, nullable=True),
        _words("postal_code", 7, nullable=True),
        _words("address", 300, nullable=True),
        _words("note", 200, nullable=True),
        _words("carrier", 60, nullable=True),
        _words("tracking", 60, nullable=True),
        _moment("ready_at", nullable=True),
        _words("reason", 200, nullable=True),
        _moment("placed_at"),
        _moment("updated_at"),
        _refers(table, "store_id", "store"),
        _refers(table, "account_id", "account"),
        _refers(table, "person_id", "line_user"),
        _refers(table, "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order")),
        sa.UniqueConstraint("number", name=op.f("uq_shop_order_number")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_shop_order_scope_key")),
    )
    op.create_index(
        "uq_shop_order_external",
        table,
        ["origin", "external_id"],
        unique=True,
        sqlite_where=_OUTSIDE,
        postgresql_where=_OUTSIDE,
    )
    op.create_index("ix_shop_order_member_id", table, ["member_id", "id"])
    op.create_index("ix_shop_order_person_id", table, ["person_id", "id"])
    op.create_index("ix_shop_order_store_id", table, ["store_id", "state", "slot_at"])


def _create_line() -> None:
    op.create_table(
        "order_line",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("order_id", _BIG, nullable=False),
        _whole("position"),
        _whole("variant_id", nullable=True),
        _words("code", 60),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("size", sa.JSON(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        _whole("pieces"),
        _whole("price"),
        _whole("tax"),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_order_line_pieces_positive")),
        _refers("order_line", "order_id", "shop_order"),
        _refers("order_line", "variant_id", "variant"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_line_order_id_position")),
    )
    op.create_index("ix_order_line_variant_id", "order_line", ["variant_id"])


def _create_step() -> None:
    op.create_table(
        "order_step",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("order_id", _BIG, nullable=False),
        _words("state", 10),
        _moment("at"),
        _whole("staff_id", nullable=True),
        _refers("order_step", "order_id", "shop_order"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_step")),
        sa.UniqueConstraint("order_id", "state", name=op.f("uq_order_step_order_id_state")),
    )


def _create_basket() -> None:
    op.create_table(
        "basket",
        _whole("person_id"),
        _whole("store_id"),
        sa.Column("lines", sa.JSON(), nullable=False),
        _moment("updated_at"),
        _refers("basket", "person_id", "line_user"),
        _refers("basket", "store_id", "store"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_basket")),
    )


def downgrade() -> None:
    for table in ("basket", "order_step", "order_line", "shop_order"):
        op.drop_table(table)
    for table in ("order_slot", "delivery_area", "order_rules"):
        op.drop_table(table)
