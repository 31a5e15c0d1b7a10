"""A cleaned copy of an attachment is a sealed item of its own kind.

SQLite cannot change a check, so there the table is laid aside, made anew and filled again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0023_case_copies"
down_revision = "0022_rating_channels"
branch_labels = None
depends_on = None

_BEFORE = ("report", "file", "from-reporter", "to-reporter", "note", "reason")
_AFTER = (*_BEFORE, "copy")
_COLUMNS = "id, case_id, position, epoch, kind, day, sealed"


def upgrade() -> None:
    _know(_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM case_item WHERE kind = 'copy'")
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
