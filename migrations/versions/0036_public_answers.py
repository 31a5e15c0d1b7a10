"""Answers to low ratings in public: since when each is owed, what was said of them, and what bodies reply."""

import sqlalchemy as sa
from alembic import op

revision = "0036_public_answers"
down_revision = "0035_case_replies"
branch_labels = None
depends_on = None


def _code() -> sa.String:
    return sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    # nobody noted when those of before were handed over: the month of the last day for the answer is the nearest
    # that is known, and of those that have ended the month of the rating
    op.add_column("rating_answer", sa.Column("owed_since", sa.String(7)))
    op.execute("UPDATE rating_answer SET owed_since = substr(due_on, 1, 7) WHERE due_on IS NOT NULL")
    op.execute(
        "UPDATE rating_answer SET owed_since ="
        " (SELECT period FROM rating_follow_up WHERE rating_follow_up.id = rating_answer.id)"
        " WHERE owed_since IS NULL"
    )
    with op.batch_alter_table("rating_answer", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("owed_since", nullable=False, existing_type=sa.String(7))
    op.create_index("ix_rating_answer_owed_since", "rating_answer", ["owed_since"])
    op.create_table(
        "rating_answered",
        sa.Column("service", _code(), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("service", "period", name="pk_rating_answered"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_answered_service_service"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_rating_answered_act_id_act"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating_public_reply",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("service", _code(), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rating_public_reply"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_public_reply_service_service"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("rating_public_reply")
    op.drop_table("rating_answered")
    op.drop_index("ix_rating_answer_owed_since", "rating_answer")
    with op.batch_alter_table("rating_answer", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.drop_column("owed_since")
