"""Codes of member cards, scans and visits"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("suspend_reason", sa.String(length=200), nullable=True))
    _create_card_code()
    _create_card_scan()
    _create_counter_session()
    _create_counter_act()
    _create_visit()


def _create_card_code() -> None:
    op.create_table(
        "card_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=10), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_card_code_person_id")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_card_code_link_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_card_code_member_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_card_code_account_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_card_code_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_card_code_code_hash")),
    )
    op.create_index("ix_card_code_expires_at", "card_code", ["expires_at"])
    op.create_index("ix_card_code_link_id", "card_code", ["link_id"])
    op.create_index("ix_card_code_member_id", "card_code", ["member_id"])
    op.create_index("ix_card_code_person", "card_code", ["person_id", "issued_at"])


def _create_card_scan() -> None:
    op.create_table(
        "card_scan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_scan")),
    )
    op.create_index("ix_card_scan_at", "card_scan", ["at"])
    op.create_index("ix_card_scan_subject", "card_scan", ["subject", "at"])


def _create_counter_session() -> None:
    op.create_table(
        "counter_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=7), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_counter_session_store_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_counter_session_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_counter_session_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_session")),
    )
    op.create_index("ix_counter_session_member_id", "counter_session", ["member_id"])
    op.create_index("ix_counter_session_staff_id", "counter_session", ["staff_id"])


def _create_counter_act() -> None:
    op.create_table(
        "counter_act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["counter_session.id"], name=op.f("fk_counter_act_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_act")),
    )
    op.create_index("ix_counter_act_session", "counter_act", ["session_id", "id"])


def _create_visit() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_visit_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_visit_store_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["counter_session.id"], name=op.f("fk_visit_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("session_id", name=op.f("uq_visit_session_id")),
    )
    op.create_index("ix_visit_member", "visit", ["member_id", "at"])
    op.create_index("ix_visit_store", "visit", ["store_id", "at"])


def downgrade() -> None:
    for table in ("visit", "counter_act", "counter_session", "card_scan", "card_code"):
        op.drop_table(table)  # Its indexes go with it.
    op.drop_column("member", "suspend_reason")
    op.drop_column("member", "suspended_at")
