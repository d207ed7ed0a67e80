"""The first table: what partners delivered, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0001_delivery"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("declared_first", sa.String(), nullable=True),
        sa.Column("declared_last", sa.String(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("rows_counted", sa.BigInteger(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("warnings", sa.Integer(), nullable=True),
        sa.Column("first_period", sa.String(), nullable=True),
        sa.Column("last_period", sa.String(), nullable=True),
        sa.Column("periods", sa.JSON(), nullable=False),
        sa.Column("link_rates", sa.JSON(), nullable=False),
        sa.Column("report", sa.String(), nullable=True),
        sa.Column("counts", sa.String(), nullable=True),
        sa.Column("contract_version", sa.String(), nullable=True),
        sa.Column("agreement_hash", sa.String(), nullable=True),
        sa.Column("refused_because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sqlite_autoincrement=True,  # a number is never given twice, also after a row is gone
    )
    op.create_index("ix_delivery_region_source", "delivery", ["region", "source", "as_of"])
    op.create_index("ix_delivery_file_hash", "delivery", ["file_hash"])


def downgrade() -> None:
    op.drop_table("delivery")
