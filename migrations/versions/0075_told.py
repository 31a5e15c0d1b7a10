"""Why a batch of reports was not dismissed, sealed to whoever proposed it; what a reporter is told of why their
name was opened, sealed to them; and that a case was assigned too late.

SQLite cannot change a check: there the table of missed days is laid aside, made anew and filled again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0075_told"
down_revision = "0074_reports_by_key"
branch_labels = None
depends_on = None

_BEFORE = "'acknowledge', 'message', 'feedback', 'answer', 'held', 'correct', 'reread', 'check-in'"
_AFTER = f"{_BEFORE}, 'assign'"


def upgrade() -> None:
    op.create_table(
        "case_batch_refused",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("body_code", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("refused_by", sa.String(length=26), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("why IN ('alike', 'empty', 'advert')", name="ck_case_batch_refused_why"),
        sa.CheckConstraint("refused_by <> proposed_by", name="ck_case_batch_refused_two_people"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_case_batch_refused_proposed_by_person"),
        sa.ForeignKeyConstraint(["refused_by"], ["person.id"], name="fk_case_batch_refused_refused_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_batch_refused"),
    )
    op.add_column("case_identity", sa.Column("told", sa.LargeBinary(), nullable=True))
    op.add_column("case_identity", sa.Column("told_epoch", sa.Integer(), nullable=True))
    _know(_BEFORE, _AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM case_missed WHERE deadline = 'assign'")
    _know(_AFTER, _BEFORE)
    for column in ("told_epoch", "told"):
        op.drop_column("case_identity", column)
    op.drop_table("case_batch_refused")


def _know(before: str, after: str) -> None:
    """Let the deadlines that can be missed be those of `after`."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("ck_case_missed_deadline", "case_missed", type_="check")
        op.create_check_constraint("ck_case_missed_deadline", "case_missed", f"deadline IN ({after})")
        return
    query = sa.text("SELECT sql FROM sqlite_master WHERE name = 'case_missed'")
    described = str(op.get_bind().scalar(query))
    if described.count(f"deadline IN ({before})") != 1:
        raise RuntimeError("the check of the deadlines is not as it was left")
    op.execute("CREATE TABLE case_missed_aside AS SELECT * FROM case_missed")
    op.execute("DROP TABLE case_missed")
    op.execute(described.replace(f"deadline IN ({before})", f"deadline IN ({after})"))
    op.execute("INSERT INTO case_missed SELECT * FROM case_missed_aside")
    op.execute("DROP TABLE case_missed_aside")
