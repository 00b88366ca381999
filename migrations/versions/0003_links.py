"""Links between LINE users and members, and all that is needed to make one"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("ended_at IS NULL")


def _reference(table: str, column: str, to: str, **how: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), **how)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("line_user", sa.Column("chosen_language", sa.String(length=2), nullable=True))
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("proof", sa.String(length=10), nullable=False),
        _moment("made_at"),
        _moment("ended_at", nullable=True),
        sa.Column("end_reason", sa.String(length=10), nullable=True),
        _reference("link", "provider_id", "provider"),
        _reference("link", "person_id", "line_user"),
        _reference("link", "member_id", "member"),
        _reference("link", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    for name, columns in (
        ("uq_link_one_per_person", ["person_id"]),
        ("uq_link_one_per_member", ["provider_id", "member_id"]),
    ):
        op.create_index(
            name, "link", columns, unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE
        )
    op.create_index(op.f("ix_link_member_id"), "link", ["member_id"])
    _claims()
    op.create_table(
        "link_try",
        sa.Column("id", _big_id(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_try")),
    )
    op.create_index("ix_link_try_subject", "link_try", ["subject", "kind", "at"])
    op.create_index(op.f("ix_link_try_at"), "link_try", ["at"])
    op.create_table(
        "member_password",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=255), nullable=False),
        _moment("changed_at"),
        _reference("member_password", "member_id", "member", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_password")),
    )
    _sessions()


def _claims() -> None:
    op.create_table(
        "link_claim",
        sa.Column("id", _big_id(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("member_ids", sa.JSON(), nullable=False),
        sa.Column("who_hash", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("nonce_hash", sa.String(length=64), nullable=True),
        sa.Column("proof", sa.String(length=10), nullable=True),
        _moment("expires_at"),
        _moment("ended_at", nullable=True),
        _reference("link_claim", "person_id", "line_user"),
        _reference("link_claim", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_claim")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_claim_token_hash")),
        sa.UniqueConstraint("nonce_hash", name=op.f("uq_link_claim_nonce_hash")),
    )
    op.create_index(op.f("ix_link_claim_person_id"), "link_claim", ["person_id"])
    op.create_index(op.f("ix_link_claim_expires_at"), "link_claim", ["expires_at"])


def _sessions() -> None:
    op.create_table(
        "web_session",
        sa.Column("id", _big_id(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        _moment("expires_at"),
        _moment("ended_at", nullable=True),
        _reference("web_session", "person_id", "line_user"),
        _reference("web_session", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
    )
    op.create_index(op.f("ix_web_session_person_id"), "web_session", ["person_id"])
    op.create_index(op.f("ix_web_session_expires_at"), "web_session", ["expires_at"])


def _big_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def downgrade() -> None:
    for table in ("web_session", "member_password", "link_try", "link_claim", "link"):
        op.drop_table(table)
    op.drop_column("line_user", "chosen_language")
