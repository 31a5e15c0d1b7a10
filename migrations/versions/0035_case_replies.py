"""The office keeps texts that officers begin messages to reporters with."""

import sqlalchemy as sa
from alembic import op

revision = "0035_case_replies"
down_revision = "0034_case_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_reply",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name="fk_case_reply_changed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_reply"),
        sa.UniqueConstraint("language", "title", name="uq_case_reply_language_title"),
    )


def downgrade() -> None:
    op.drop_table("case_reply")
