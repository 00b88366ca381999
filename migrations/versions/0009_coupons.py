"""Coupons and gift codes"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVING = sa.text("undone_at IS NULL")
_FREE = sa.text("member_id IS NULL")


def upgrade() -> None:
    _create_coupon()
    _create_grant()
    _create_use()
    _create_guess()
    _create_code()
    _create_pool()
    _create_gift()


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_coupon() -> None:
    op.create_table(
        "coupon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(length=1000), nullable=True),
        _moment("starts_at"),
        _moment("ends_at"),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("per_member", sa.Integer(), nullable=False),
        sa.Column("stores", sa.JSON(), nullable=False),
        sa.Column("combinable", sa.Boolean(), nullable=False),
        sa.Column("typed", sa.String(length=5), nullable=False),
        sa.Column("on_link", sa.Boolean(), nullable=False),
        sa.Column("on_birthday", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("created_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code", name=op.f("uq_coupon_code")),
    )


def _create_grant() -> None:
    op.create_table(
        "coupon_grant",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        _moment("granted_at", nullable=False),
        _moment("expires_at"),
        _moment("used_at"),
        _moment("withdrawn_at"),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupon.id"], name=op.f("fk_coupon_grant_coupon_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_coupon_grant_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_grant")),
        sa.UniqueConstraint("cause", name=op.f("uq_coupon_grant_cause")),
        sa.UniqueConstraint(
            "member_id",
            "coupon_id",
            "number",
            name=op.f("uq_coupon_grant_member_id_coupon_id_number"),
        ),
    )
    op.create_index("ix_coupon_grant_coupon_id", "coupon_grant", ["coupon_id"])


def _create_use() -> None:
    op.create_table(
        "coupon_use",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("grant_id", _BIG, nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("session_id", _BIG, nullable=True),
        sa.Column("key", sa.String(length=120), nullable=False),
        _moment("at", nullable=False),
        _moment("undone_at"),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["coupon_grant.id"], name=op.f("fk_coupon_use_grant_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_coupon_use_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_use")),
        sa.UniqueConstraint("key", name=op.f("uq_coupon_use_key")),
    )
    op.create_index("ix_coupon_use_session_id", "coupon_use", ["session_id"])
    op.create_index(
        "uq_coupon_use_one_per_grant",
        "coupon_use",
        ["grant_id"],
        unique=True,
        sqlite_where=_LIVING,
        postgresql_where=_LIVING,
    )


def _create_guess() -> None:
    op.create_table(
        "coupon_guess",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _moment("at", nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_coupon_guess_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_guess")),
    )
    op.create_index("ix_coupon_guess_at", "coupon_guess", ["at"])
    op.create_index("ix_coupon_guess_person_id_at", "coupon_guess", ["person_id", "at"])


def _create_code() -> None:
    op.create_table(
        "coupon_code",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("grant_id", _BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        _moment("issued_at", nullable=False),
        _moment("expires_at", nullable=False),
        _moment("used_at"),
        _moment("ended_at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_coupon_code_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["coupon_grant.id"], name=op.f("fk_coupon_code_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_coupon_code_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_coupon_code_code_hash")),
    )
    op.create_index("ix_coupon_code_expires_at", "coupon_code", ["expires_at"])
    op.create_index("ix_coupon_code_grant_id", "coupon_code", ["grant_id"])
    op.create_index("ix_coupon_code_person_id", "coupon_code", ["person_id"])


def _create_pool() -> None:
    op.create_table(
        "gift_pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("hash_key", sa.Text(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("low_at", sa.Integer(), nullable=False),
        _moment("low_told_at"),
        _moment("empty_told_at"),
        sa.Column("on_link", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_pool")),
        sa.UniqueConstraint("name", name=op.f("uq_gift_pool_name")),
    )


def _create_gift() -> None:
    op.create_table(
        "gift_code",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        _moment("taken_at"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_gift_code_member_id")),
        sa.ForeignKeyConstraint(["pool_id"], ["gift_pool.id"], name=op.f("fk_gift_code_pool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_code")),
        sa.UniqueConstraint("pool_id", "code_hash", name=op.f("uq_gift_code_pool_id_code_hash")),
        sa.UniqueConstraint("pool_id", "member_id", name=op.f("uq_gift_code_pool_id_member_id")),
    )
    op.create_index("ix_gift_code_member_id", "gift_code", ["member_id"])
    op.create_index(
        "ix_gift_code_free",
        "gift_code",
        ["pool_id", "id"],
        sqlite_where=_FREE,
        postgresql_where=_FREE,
    )


def downgrade() -> None:
    for table in ("gift_code", "gift_pool", "coupon_code", "coupon_guess"):
        op.drop_table(table)
    for table in ("coupon_use", "coupon_grant", "coupon"):
        op.drop_table(table)
