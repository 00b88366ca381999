"""The ledger of points, its rules and tiers"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text('"left" > 0')
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("point_transfer", "point_entry", "point_lot_use")

_SQLITE = """
CREATE TRIGGER {table}_keeps_{what} BEFORE {what} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE FUNCTION point_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_keeps_{what} BEFORE {what} ON {table}
FOR EACH ROW EXECUTE FUNCTION point_append_only()
"""


def upgrade() -> None:
    _create_program()
    _create_tier()
    _create_bonus()
    _create_account()
    _create_transfer()
    _create_entry()
    _create_lot()
    _create_lot_use()
    _create_adjustment()
    _guard()


def _create_program() -> None:
    op.create_table(
        "point_program",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("earn_yen", sa.Integer(), nullable=False),
        sa.Column("earn_points", sa.Integer(), nullable=False),
        sa.Column("expiry", sa.String(length=10), nullable=False),
        sa.Column("expiry_days", sa.Integer(), nullable=False),
        sa.Column("link_points", sa.Integer(), nullable=False),
        sa.Column("birthday_points", sa.Integer(), nullable=False),
        sa.Column("tier_basis", sa.String(length=10), nullable=False),
        sa.Column("tier_days", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_point_program_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_point_program")),
    )


def _create_tier() -> None:
    op.create_table(
        "point_tier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_point_tier_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_tier")),
        sa.UniqueConstraint("company_id", "code", name=op.f("uq_point_tier_company_id_code")),
        sa.UniqueConstraint(
            "company_id", "threshold", name=op.f("uq_point_tier_company_id_threshold")
        ),
    )


def _create_bonus() -> None:
    op.create_table(
        "point_bonus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_point_bonus_company_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_point_bonus_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_bonus")),
        sa.UniqueConstraint("company_id", "code", name=op.f("uq_point_bonus_company_id_code")),
    )


def _create_account() -> None:
    op.create_table(
        "point_account",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("shard", sa.Integer(), nullable=True),
        sa.Column("balance", _BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("rolls_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tier_id", sa.Integer(), nullable=True),
        sa.Column("tier_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(member_id IS NULL) <> (shard IS NULL)", name=op.f("ck_point_account_whose")
        ),
        sa.CheckConstraint(
            "balance >= 0 OR member_id IS NULL", name=op.f("ck_point_account_never_negative")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_point_account_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["tier_id"], ["point_tier.id"], name=op.f("fk_point_account_tier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_account")),
        sa.UniqueConstraint("member_id", name=op.f("uq_point_account_member_id")),
        sa.UniqueConstraint("shard", name=op.f("uq_point_account_shard")),
    )
    with op.batch_alter_table("point_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_point_account_rolls_until"), ["rolls_until"], unique=False
        )


def _create_transfer() -> None:
    op.create_table(
        "point_transfer",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("account_id", _BIG, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("balance_after", _BIG, nullable=False),
        sa.Column("idem_scope", sa.String(length=120), nullable=False),
        sa.Column("idem_key", sa.String(length=120), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("voids_id", _BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("paid", sa.Integer(), nullable=True),
        sa.Column("rule", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["point_account.id"], name=op.f("fk_point_transfer_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["voids_id"], ["point_transfer.id"], name=op.f("fk_point_transfer_voids_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_transfer")),
        sa.UniqueConstraint(
            "idem_scope", "idem_key", name=op.f("uq_point_transfer_idem_scope_idem_key")
        ),
        sa.UniqueConstraint("voids_id", name=op.f("uq_point_transfer_voids_id")),
    )
    with op.batch_alter_table("point_transfer", schema=None) as batch_op:
        batch_op.create_index("ix_point_transfer_account", ["account_id", "id"], unique=False)


def _create_entry() -> None:
    op.create_table(
        "point_entry",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("account_id", _BIG, nullable=False),
        sa.Column("transfer_id", _BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("balance_after", _BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["point_account.id"], name=op.f("fk_point_entry_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["point_transfer.id"], name=op.f("fk_point_entry_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entry")),
        sa.UniqueConstraint("account_id", "seq", name=op.f("uq_point_entry_account_id_seq")),
        sa.UniqueConstraint(
            "transfer_id", "account_id", name=op.f("uq_point_entry_transfer_id_account_id")
        ),
    )


def _create_lot() -> None:
    op.create_table(
        "point_lot",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("account_id", _BIG, nullable=False),
        sa.Column("transfer_id", _BIG, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            '"left" >= 0 AND "left" <= points', name=op.f("ck_point_lot_left_of_points")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["point_account.id"], name=op.f("fk_point_lot_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["point_transfer.id"], name=op.f("fk_point_lot_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_lot")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_point_lot_transfer_id")),
    )
    with op.batch_alter_table("point_lot", schema=None) as batch_op:
        batch_op.create_index(
            "ix_point_lot_expiry",
            ["expires_at"],
            unique=False,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )
        batch_op.create_index(
            "ix_point_lot_open",
            ["account_id", "expires_at"],
            unique=False,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )


def _create_lot_use() -> None:
    op.create_table(
        "point_lot_use",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("lot_id", _BIG, nullable=False),
        sa.Column("transfer_id", _BIG, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["point_lot.id"], name=op.f("fk_point_lot_use_lot_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["point_transfer.id"], name=op.f("fk_point_lot_use_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_lot_use")),
        sa.UniqueConstraint(
            "transfer_id", "lot_id", name=op.f("uq_point_lot_use_transfer_id_lot_id")
        ),
    )
    with op.batch_alter_table("point_lot_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_point_lot_use_lot_id"), ["lot_id"], unique=False)


def _create_adjustment() -> None:
    op.create_table(
        "point_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transfer_id", _BIG, nullable=True),
        sa.Column("idem_scope", sa.String(length=120), nullable=False),
        sa.Column("idem_key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_point_adjustment_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["point_transfer.id"], name=op.f("fk_point_adjustment_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_adjustment")),
        sa.UniqueConstraint(
            "idem_scope", "idem_key", name=op.f("uq_point_adjustment_idem_scope_idem_key")
        ),
    )


def _guard() -> None:
    """Let the database refuse every change of what was written; TRUNCATE stays the owner's."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(_POSTGRES_FUNCTION)
    for table in _APPEND_ONLY:
        for what in ("update", "delete"):
            op.execute((_POSTGRES if postgres else _SQLITE).format(table=table, what=what))


def downgrade() -> None:
    with op.batch_alter_table("point_lot_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_point_lot_use_lot_id"))
    op.drop_table("point_lot_use")
    with op.batch_alter_table("point_lot", schema=None) as batch_op:
        batch_op.drop_index("ix_point_lot_open", sqlite_where=_OPEN, postgresql_where=_OPEN)
        batch_op.drop_index("ix_point_lot_expiry", sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_table("point_lot")
    op.drop_table("point_entry")
    op.drop_table("point_adjustment")
    with op.batch_alter_table("point_transfer", schema=None) as batch_op:
        batch_op.drop_index("ix_point_transfer_account")
    op.drop_table("point_transfer")
    with op.batch_alter_table("point_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_point_account_rolls_until"))
    op.drop_table("point_account")
    op.drop_table("point_tier")
    op.drop_table("point_program")
    op.drop_table("point_bonus")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION point_append_only()")
