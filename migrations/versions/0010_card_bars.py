"""Whether the member card shows bars"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("company", sa.Column("card_bars", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("company", "card_bars")
