"""Rich menus at LINE, and which of them each person should see"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('pending', 'telling')")
_AT_LINE = sa.text("state <> 'gone'")


def upgrade() -> None:
    _create_rich_menu()
    _create_board()
    _create_person_menu()
    op.create_table(
        "menu_member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_member")),
    )


def _create_rich_menu() -> None:
    op.create_table(
        "rich_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("hash", sa.String(length=12), nullable=False),
        sa.Column("line_id", sa.String(length=80), nullable=True),
        sa.Column("alias", sa.String(length=32), nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_rich_menu_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rich_menu")),
    )
    with op.batch_alter_table("rich_menu", schema=None) as batch_op:
        batch_op.create_index(
            "uq_rich_menu_version",
            ["account_id", "slug", "hash"],
            unique=True,
            sqlite_where=_AT_LINE,
            postgresql_where=_AT_LINE,
        )


def _create_board() -> None:
    op.create_table(
        "menu_board",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sweep_after", sa.Integer(), nullable=True),
        sa.Column("sweep_round", sa.Integer(), nullable=False),
        sa.Column("verify_after", sa.Integer(), nullable=True),
        sa.Column("settle_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settle_tries", sa.Integer(), nullable=False),
        sa.Column("turns_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.String(length=32), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_menu_board_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_menu_board")),
    )


def _create_person_menu() -> None:
    op.create_table(
        "person_menu",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("told_id", sa.Integer(), nullable=True),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("switched", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("touched", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=300), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_person_menu_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_person_menu_person_id")
        ),
        sa.ForeignKeyConstraint(["told_id"], ["rich_menu.id"], name=op.f("fk_person_menu_told_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_menu")),
        sa.UniqueConstraint(
            "account_id", "person_id", name=op.f("uq_person_menu_account_id_person_id")
        ),
    )
    with op.batch_alter_table("person_menu", schema=None) as batch_op:
        batch_op.create_index(
            "ix_person_menu_open",
            ["urgent", "due_at", "id"],
            unique=False,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )


def downgrade() -> None:
    op.drop_table("menu_member")
    with op.batch_alter_table("person_menu", schema=None) as batch_op:
        batch_op.drop_index("ix_person_menu_open", sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_table("person_menu")
    op.drop_table("menu_board")
    with op.batch_alter_table("rich_menu", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_rich_menu_version", sqlite_where=_AT_LINE, postgresql_where=_AT_LINE
        )
    op.drop_table("rich_menu")
