"""Keys of the shop's own systems, and where facts are told"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state IN ('pending', 'sending')")


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _create_key()
    _create_endpoint()
    _create_delivery()


def _create_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        _moment("made_at", nullable=False),
        _moment("last_used_at"),
        _moment("revoked_at"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_api_key_account_id"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_api_key_store_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("secret_hash", name="uq_api_key_secret_hash"),
    )


def _create_endpoint() -> None:
    op.create_table(
        "hook_endpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("cursor", _BIG, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("rests_until"),
        _moment("made_at", nullable=False),
        _moment("off_at"),
        sa.Column("off_reason", sa.String(length=100), nullable=True),
        _moment("deleted_at"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_hook_endpoint_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hook_endpoint"),
    )


def _create_delivery() -> None:
    op.create_table(
        "hook_delivery",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", _BIG, nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        _moment("made_at", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("due_at", nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=300), nullable=True),
        _moment("finished_at"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["hook_endpoint.id"], name="fk_hook_delivery_endpoint_id"
        ),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name="fk_hook_delivery_fact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hook_delivery"),
        sa.UniqueConstraint("endpoint_id", "fact_id", name="uq_hook_delivery_endpoint_id_fact_id"),
    )
    op.create_index(
        "ix_hook_delivery_due",
        "hook_delivery",
        ["due_at", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_hook_delivery_finished_at", "hook_delivery", ["finished_at"])


def downgrade() -> None:
    for table in ("hook_delivery", "hook_endpoint", "api_key"):
        op.drop_table(table)
