"""The catalogue: products, what stores make of them, and how prices and stocks changed"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("price_change", "stock_change")

_SQLITE = """
CREATE TRIGGER {table}_keeps_{what} BEFORE {what} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
# The function is that of the ledger, migration 0007.
_POSTGRES = """
CREATE TRIGGER {table}_keeps_{what} BEFORE {what} ON {table}
FOR EACH ROW EXECUTE FUNCTION point_append_only()
"""


def upgrade() -> None:
    _create_category()
    _create_product()
    _create_variant()
    _create_store_item()
    _create_row()
    _create_price_change()
    _create_stock_change()
    _create_favourite()
    _guard()


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _create_category() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )


def _create_product() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("picture", sa.String(length=1000), nullable=True),
        sa.Column("tax", sa.Integer(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("allergens", sa.JSON(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("times", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_product_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    op.create_index("ix_product_category_id", "product", ["category_id"])


def _create_variant() -> None:
    op.create_table(
        "variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.JSON(), nullable=True),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_variant_price_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_variant_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint("code", name=op.f("uq_variant_code")),
    )
    op.create_index("ix_variant_product_id", "variant", ["product_id"])


def _create_store_item() -> None:
    op.create_table(
        "store_item",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("times", sa.String(length=200), nullable=True),
        sa.Column("sold_out_on", sa.Date(), nullable=True),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_store_item_stock_not_negative")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_store_item_price_not_negative")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_store_item_store_id")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_store_item_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_item")),
        sa.UniqueConstraint(
            "variant_id", "store_id", name=op.f("uq_store_item_variant_id_store_id")
        ),
    )
    op.create_index("ix_store_item_store_id", "store_item", ["store_id"])


def _create_row() -> None:
    op.create_table(
        "store_item_row",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        _moment("staged_at"),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=True),
        sa.Column("sets_price", sa.Boolean(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("sets_stock", sa.Boolean(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("sets_times", sa.Boolean(), nullable=False),
        sa.Column("times", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_item_row")),
    )
    op.create_index("ix_store_item_row_import_id", "store_item_row", ["import_id"])


def _create_price_change() -> None:
    op.create_table(
        "price_change",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        _moment("at"),
        sa.Column("old", sa.Integer(), nullable=True),
        sa.Column("new", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_price_change_store_id")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_price_change_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_change")),
    )
    op.create_index("ix_price_change_variant_id", "price_change", ["variant_id", "store_id", "id"])


def _create_stock_change() -> None:
    op.create_table(
        "stock_change",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("old", sa.Integer(), nullable=True),
        sa.Column("new", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_change_store_id")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_change_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_change")),
        sa.UniqueConstraint(
            "cause",
            "variant_id",
            "store_id",
            name=op.f("uq_stock_change_cause_variant_id_store_id"),
        ),
    )
    op.create_index("ix_stock_change_variant_id", "stock_change", ["variant_id", "store_id", "id"])


def _create_favourite() -> None:
    op.create_table(
        "favourite",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=False),
        _moment("at"),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (member_id IS NULL)", name=op.f("ck_favourite_whose")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_favourite_member_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_favourite_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_favourite_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourite")),
    )
    op.create_index("ix_favourite_product_id", "favourite", ["product_id"])
    for whose in ("person", "member"):
        given = sa.text(f"{whose}_id IS NOT NULL")
        op.create_index(
            f"uq_favourite_{whose}",
            "favourite",
            [f"{whose}_id", "product_id"],
            unique=True,
            sqlite_where=given,
            postgresql_where=given,
        )


def _guard() -> None:
    """History is never changed: the database itself refuses it."""
    trigger = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES
    for table in _APPEND_ONLY:
        for what in ("UPDATE", "DELETE"):
            op.execute(trigger.format(table=table, what=what))


def downgrade() -> None:
    for table in ("favourite", "stock_change", "price_change", "store_item_row"):
        op.drop_table(table)
    for table in ("store_item", "variant", "product", "category"):
        op.drop_table(table)
