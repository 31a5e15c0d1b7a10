"""Bodies owe answers to who rated low and asked for one: how far each is, and until what day."""

import sqlalchemy as sa
from alembic import op

revision = "0029_rating_answers"
down_revision = "0028_case_after"
branch_labels = None
depends_on = None

_STATES = "'open', 'contacted', 'reopened', 'fixed', 'explained', 'confirmed', 'elapsed', 'refused'"


def upgrade() -> None:
    op.create_table(
        "rating_answer",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_on", sa.String(10)),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.Column("word", sa.String(8)),
        sa.Column("reply", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_rating_answer"),
        sa.ForeignKeyConstraint(["id"], ["rating_follow_up.id"], name="fk_rating_answer_id_rating_follow_up"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="ck_rating_answer_state"),
        sa.CheckConstraint(
            "(due_on IS NOT NULL) = (state IN ('open', 'contacted', 'reopened', 'fixed'))",
            name="ck_rating_answer_due_while_it_waits",
        ),
        sa.CheckConstraint(
            "word IS NULL OR (word IN ('yes', 'no') AND state = 'fixed')", name="ck_rating_answer_word"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_answer_due_on", "rating_answer", ["due_on"])


def downgrade() -> None:
    op.drop_table("rating_answer")
