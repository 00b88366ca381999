"""E-mail addresses of members in small letters, as they have been read since"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE member SET email = lower(email) WHERE email <> lower(email)")


def downgrade() -> None:
    """How an address was written before is not kept, and makes no difference."""
