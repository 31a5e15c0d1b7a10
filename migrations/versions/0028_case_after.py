"""A reporter may step back and judge the handling; after closing they are asked twice whether they were punished.

SQLite cannot change a check, so there the table of sealed items is laid aside, made anew and filled again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0028_case_after"
down_revision = "0027_case_channels"
branch_labels = None
depends_on = None

_BEFORE = ("report", "file", "from-reporter", "to-reporter", "note", "reason", "copy")
_AFTER = (*_BEFORE, "feedback")
_COLUMNS = "id, case_id, position, epoch, kind, day, sealed"
_WITHDRAWN = "withdrawn_on IS NULL OR withdrawn_on >= received_on"


def upgrade() -> None:
    _know(_AFTER)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE report_case ADD COLUMN withdrawn_on DATE"
            f" CONSTRAINT ck_report_case_withdrawn CHECK ({_WITHDRAWN})"
        )
    else:
        op.add_column("report_case", sa.Column("withdrawn_on", sa.Date(), nullable=True))
        op.create_check_constraint("ck_report_case_withdrawn", "report_case", _WITHDRAWN)
    op.create_table(
        "case_check_in",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("months", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.CheckConstraint("months IN (3, 6)", name="ck_case_check_in_months"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_check_in_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", "months", name="pk_case_check_in"),
    )
    op.create_index("ix_case_check_in_due_on", "case_check_in", ["due_on"], unique=False)


def downgrade() -> None:
    op.drop_table("case_check_in")
    op.execute("ALTER TABLE report_case DROP COLUMN withdrawn_on")
    op.execute("DELETE FROM case_item WHERE kind = 'feedback'")
    _know(_BEFORE)


def _know(kinds: Sequence[str]) -> None:
    check = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("ck_case_item_kind", "case_item", type_="check")
        op.create_check_constraint("ck_case_item_kind", "case_item", check)
        return
    op.execute("CREATE TABLE case_item_aside AS SELECT * FROM case_item")
    op.drop_table("case_item")
    op.create_table(
        "case_item",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(check, name="ck_case_item_kind"),
        sa.ForeignKeyConstraint(
            ["case_id", "epoch"],
            ["case_epoch.case_id", "case_epoch.number"],
            name="fk_case_item_case_id_case_epoch",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_case_item"),
        sa.UniqueConstraint("case_id", "position", name="uq_case_item_case_id_position"),
    )
    op.execute(f"INSERT INTO case_item ({_COLUMNS}) SELECT {_COLUMNS} FROM case_item_aside")  # noqa: S608
    op.execute("DROP TABLE case_item_aside")
