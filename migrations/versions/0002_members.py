"""Members, their consents and external ids, the shop's own fields, and files on their way in"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _fields() -> list[sa.Column]:
    """What is known of a member: in its table, and in a file's row that waits to be applied."""
    return [
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kana", sa.String(length=100), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("gender", sa.String(length=10), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("postal_code", sa.String(length=7), nullable=True),
        sa.Column("prefecture", sa.String(length=4), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        *_fields(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_member_company_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_member_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_member_company_id_number")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index("ix_member_email", ["company_id", "email"], unique=False)

    op.create_table(
        "member_attribute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_member_attribute_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_attribute")),
        sa.UniqueConstraint("company_id", "key", name=op.f("uq_member_attribute_company_id_key")),
    )
    op.create_table(
        "member_consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_member_consent_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_consent")),
    )
    with op.batch_alter_table("member_consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_member_consent_member_id"), ["member_id"], unique=False
        )

    op.create_table(
        "member_external_id",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_member_external_id_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_member_external_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_external_id")),
        sa.UniqueConstraint(
            "company_id",
            "system",
            "external_id",
            name=op.f("uq_member_external_id_company_id_system_external_id"),
        ),
        sa.UniqueConstraint(
            "member_id", "system", name=op.f("uq_member_external_id_member_id_system")
        ),
    )
    _create_waiting()


def _create_waiting() -> None:
    """The tables of files that are being imported."""
    op.create_table(
        "member_import_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        *_fields(),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_member_import_row_store_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_import_row")),
    )
    op.create_table(
        "member_import_id",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("system", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_import_id")),
    )
    for name in ("member_import_row", "member_import_id"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{name}_import_id"), ["import_id"], unique=False)


def downgrade() -> None:
    for name in ("member_import_row", "member_import_id"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{name}_import_id"))
        op.drop_table(name)
    op.drop_table("member_external_id")
    with op.batch_alter_table("member_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_consent_member_id"))

    op.drop_table("member_consent")
    op.drop_table("member_attribute")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index("ix_member_email")

    op.drop_table("member")
