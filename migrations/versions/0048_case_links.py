"""Cases can be linked, and one joined into another, which it then follows.

SQLite cannot change a check: there the two tables whose checks list the states are laid aside, made anew from
their own description with the longer list, and filled again; what hangs on them is made again as it was.
"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0048_case_links"
down_revision = "0047_training"
branch_labels = None
depends_on = None

_BEFORE = (
    "'received', 'acknowledged', 'triage', 'assigned', 'investigating', 'proposed', 'decided', 'action', 'closed',"
    " 'reopened'"
)
_AFTER = _BEFORE.replace("'proposed', ", "'proposed', 'joined', ")
_STEPS = (
    *((before, "joined") for before in ("acknowledged", "triage", "assigned", "investigating", "reopened")),
    ("joined", "acknowledged"),
    ("joined", "decided"),
)
_JOINED = "state <> 'joined' OR merged_into IS NOT NULL"
_ANOTHER = "merged_into IS NULL OR merged_into <> id"


_FOLLOWS = (
    f"CONSTRAINT ck_report_case_joined CHECK ({_JOINED})",
    f"CONSTRAINT ck_report_case_joined_to_another CHECK ({_ANOTHER})",
    "CONSTRAINT fk_report_case_merged_into_report_case FOREIGN KEY(merged_into) REFERENCES report_case (id)"
    " ON DELETE SET NULL",
)


def upgrade() -> None:
    op.add_column("report_case", sa.Column("merged_into", sa.String(length=26), nullable=True))
    _know(_BEFORE, _AFTER)
    if _is_sqlite():
        _anew("report_case", lambda described: described.removesuffix(")") + ", " + ", ".join(_FOLLOWS) + ")")
    else:
        for constraint in _FOLLOWS:
            op.execute(f"ALTER TABLE report_case ADD {constraint}")
    op.create_index("ix_report_case_merged_into", "report_case", ["merged_into"], unique=False)
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("other_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("case_id <> other_id", name="ck_case_link_two"),
        *(
            sa.ForeignKeyConstraint(
                [name], ["report_case.id"], name=f"fk_case_link_{name}_report_case", ondelete="CASCADE"
            )
            for name in ("case_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "other_id", name="pk_case_link"),
    )
    op.create_index("ix_case_link_other_id", "case_link", ["other_id"], unique=False)
    transitions = sa.table("case_transition", sa.column("before"), sa.column("after"))
    op.bulk_insert(transitions, [{"before": before, "after": after} for before, after in _STEPS])


def downgrade() -> None:
    op.execute("UPDATE report_case SET state = 'acknowledged' WHERE state = 'joined'")
    op.execute("UPDATE case_step SET state = 'acknowledged' WHERE state = 'joined'")
    op.execute("DELETE FROM case_transition WHERE before = 'joined' OR after = 'joined'")
    op.drop_table("case_link")
    op.drop_index("ix_report_case_merged_into", table_name="report_case")
    if _is_sqlite():
        _anew("report_case", lambda described: described.replace(", " + ", ".join(_FOLLOWS), ""))
    else:
        for constraint in _FOLLOWS:
            op.execute(f"ALTER TABLE report_case DROP CONSTRAINT {constraint.split()[1]}")
    op.execute("ALTER TABLE report_case DROP COLUMN merged_into")
    _know(_AFTER, _BEFORE)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _know(before: str, after: str) -> None:
    """Let the states of a case be those of `after`."""
    for table in ("report_case", "case_step"):
        if _is_sqlite():
            _anew(table, _replacing(f"state IN ({before})", f"state IN ({after})"))
        else:
            op.drop_constraint(f"ck_{table}_state", table, type_="check")
            op.create_check_constraint(f"ck_{table}_state", table, f"state IN ({after})")


def _replacing(before: str, after: str) -> Callable[[str], str]:
    def replace(described: str) -> str:
        if described.count(before) != 1:
            raise RuntimeError("the check of the states is not as it was left")
        return described.replace(before, after)

    return replace


def _anew(table: str, edit: Callable[[str], str]) -> None:
    """The same table otherwise described, every row in it as it was."""
    bind = op.get_bind()
    described = _sql(table, ("table",))[0]
    hanging = _sql(table, ("index", "trigger"))
    names = ", ".join(row[1] for row in bind.execute(sa.text(f"PRAGMA table_info({table})")))
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE {table}_aside AS SELECT {names} FROM {table}")  # noqa: S608
    op.execute(f"DROP TABLE {table}")
    op.execute(edit(described))
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_aside")  # noqa: S608
    op.execute(f"DROP TABLE {table}_aside")
    for one in hanging:
        op.execute(one)


def _sql(table: str, kinds: Sequence[str]) -> list[str]:
    query = sa.text(
        "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type IN :kinds AND sql IS NOT NULL"
    ).bindparams(sa.bindparam("kinds", expanding=True))
    return list(op.get_bind().scalars(query, {"table": table, "kinds": list(kinds)}))
