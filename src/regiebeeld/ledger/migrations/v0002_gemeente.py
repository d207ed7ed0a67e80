"""Which gemeente a delivery tells; rows from before told the whole region without saying so."""

import sqlalchemy as sa
from alembic import op

revision = "0002_gemeente"
down_revision = "0001_delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("gemeente", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery", "gemeente")
