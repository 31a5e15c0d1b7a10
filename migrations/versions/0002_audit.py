"""Tables of audit: audit rows and chains."""

import sqlalchemy as sa
from alembic import op

revision = "0002_audit"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_row",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("chain", sa.String(40), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor_id", sa.String(26), nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(250), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_row"),
    )
    op.create_table(
        "audit_case_root",
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("last_seal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["row_id"], ["audit_row.id"], name="fk_audit_case_root_row_id_audit_row"),
        sa.PrimaryKeyConstraint("row_id", name="pk_audit_case_root"),
    )
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["row_id"], ["audit_row.id"], name="fk_audit_seal_row_id_audit_row"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_seal"),
        sa.UniqueConstraint("chain", "position", name="uq_audit_seal_chain_position"),
        sa.UniqueConstraint("row_id", name="uq_audit_seal_row_id"),
    )


def downgrade() -> None:
    op.drop_table("audit_seal")
    op.drop_table("audit_case_root")
    op.drop_table("audit_row")
