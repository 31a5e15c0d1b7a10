"""A report is kept in fewer trees: small tables in their keys themselves, and the reporter's key beside its epoch.

Each report writes a row of every table here, and a database changes a page of every tree that a row is found by.
SQLite cannot change a table's key: there each is laid aside, made anew, and filled again.
"""

import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0074_reports_by_key"
down_revision = "0073_waiting_keys"
branch_labels = None
depends_on = None

_IN_KEY = ("case_step", "case_mailbox", "case_filing")
_SERVICES = "ix_report_case_service_code_shelf_listed_on_id"
_SERVICES_OF = ("service_code", "shelf", "listed_on", "id")
_ITS_OWN = (
    "SELECT sealed FROM case_wrap WHERE case_id = case_epoch.case_id AND epoch = number AND person_id IS NULL"
)
_BY_KEY = " WITHOUT ROWID"
_HELD_BY = "holder IN ('handler', 'outside')"
_UNIQUE = "CONSTRAINT uq_case_filing_commitment UNIQUE (commitment)"
_REPORTER = "reporter BLOB NOT NULL"
_WRAP = ("case_id", "epoch", "person_id", "holder", "key_id", "sealed")


def upgrade() -> None:
    op.drop_index("ix_reporter_session_day", table_name="reporter_session")
    op.drop_index("ix_case_filing_filed_on", table_name="case_filing")
    op.drop_index(_SERVICES, table_name="report_case")
    some = sa.text("service_code IS NOT NULL")
    op.create_index(_SERVICES, "report_case", _SERVICES_OF, sqlite_where=some, postgresql_where=some)
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def _upgrade_sqlite() -> None:
    op.execute("PRAGMA defer_foreign_keys = ON")
    for table in _IN_KEY:
        _anew(table, lambda said: _less(said, _UNIQUE) + _BY_KEY)
    own = f", coalesce(({_ITS_OWN}), x'') AS reporter"
    _anew("case_epoch", lambda said: _more(said, _REPORTER, "CONSTRAINT") + _BY_KEY, own)
    op.execute("DELETE FROM case_wrap WHERE holder = 'reporter'")
    op.execute(f"CREATE TABLE case_wrap_aside AS SELECT {', '.join(_WRAP)} FROM case_wrap")  # noqa: S608
    op.drop_table("case_wrap")
    op.create_table(
        "case_wrap",
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("holder", sa.String(16), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_HELD_BY, name="ck_case_wrap_holder"),
        *_foreign(),
        sa.PrimaryKeyConstraint("case_id", "epoch", "person_id", name="pk_case_wrap"),
        sqlite_with_rowid=False,
    )
    _fill_wraps(_WRAP)


def _upgrade_postgresql() -> None:
    op.drop_constraint("uq_case_filing_commitment", "case_filing", type_="unique")
    op.add_column("case_epoch", sa.Column("reporter", sa.LargeBinary(), nullable=True))
    op.execute(f"UPDATE case_epoch SET reporter = coalesce(({_ITS_OWN}), '')")  # noqa: S608
    op.alter_column("case_epoch", "reporter", nullable=False)
    op.execute("DELETE FROM case_wrap WHERE holder = 'reporter'")
    op.drop_constraint("pk_case_wrap", "case_wrap", type_="primary")
    op.drop_constraint("uq_case_wrap_case_id_epoch_person_id", "case_wrap", type_="unique")
    op.drop_constraint("ck_case_wrap_person", "case_wrap", type_="check")
    op.drop_constraint("ck_case_wrap_holder", "case_wrap", type_="check")
    op.drop_column("case_wrap", "id")
    op.alter_column("case_wrap", "person_id", nullable=False)
    op.alter_column("case_wrap", "key_id", nullable=False)
    op.create_primary_key("pk_case_wrap", "case_wrap", ["case_id", "epoch", "person_id"])
    op.create_check_constraint("ck_case_wrap_holder", "case_wrap", _HELD_BY)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _downgrade_sqlite()
    else:
        _downgrade_postgresql()
    op.drop_index(_SERVICES, table_name="report_case")
    op.create_index(_SERVICES, "report_case", _SERVICES_OF)
    op.create_index("ix_case_filing_filed_on", "case_filing", ["filed_on"])
    op.create_index("ix_reporter_session_day", "reporter_session", ["day"])


def _downgrade_sqlite() -> None:
    op.execute("PRAGMA defer_foreign_keys = ON")
    own = ", ".join(("lower(hex(randomblob(13))) AS id", *_WRAP))
    op.execute(
        f"CREATE TABLE case_wrap_aside AS SELECT {own} FROM case_wrap UNION ALL"  # noqa: S608
        " SELECT lower(hex(randomblob(13))), case_id, number, NULL, 'reporter', NULL, reporter FROM case_epoch"
    )
    op.drop_table("case_wrap")
    _anew("case_filing", lambda said: _more(said, _UNIQUE, ")"))
    for table in ("case_step", "case_mailbox"):
        _anew(table, lambda said: said)
    _anew("case_epoch", lambda said: _less(said, _REPORTER))
    op.create_table("case_wrap", *_former_columns(), *_foreign(), *_former_keys())
    _fill_wraps(("id", *_WRAP))


def _downgrade_postgresql() -> None:
    op.create_unique_constraint("uq_case_filing_commitment", "case_filing", ["commitment"])
    op.execute("CREATE TEMPORARY TABLE case_wrap_aside ON COMMIT DROP AS SELECT * FROM case_wrap")
    op.drop_table("case_wrap")
    op.create_table("case_wrap", *_former_columns(), *_foreign(), *_former_keys())
    made = "substr(md5(random()::text || clock_timestamp()::text), 1, 26)"
    names = ", ".join(("id", *_WRAP))
    op.execute(f"INSERT INTO case_wrap ({names}) SELECT {made}, {', '.join(_WRAP)} FROM case_wrap_aside")  # noqa: S608
    op.execute(
        f"INSERT INTO case_wrap ({names})"  # noqa: S608
        f" SELECT {made}, case_id, number, NULL, 'reporter', NULL, reporter FROM case_epoch"
    )
    op.create_index("ix_case_wrap_person_id_case_id", "case_wrap", ["person_id", "case_id"])
    op.drop_column("case_epoch", "reporter")


def _foreign() -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["case_id", "epoch"],
            ["case_epoch.case_id", "case_epoch.number"],
            name="fk_case_wrap_case_id_case_epoch",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_wrap_person_id_person"),
    )


def _former_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("case_id", sa.String(26), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=True),
        sa.Column("key_id", sa.String(64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _former_keys() -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint("(holder = 'reporter') = (person_id IS NULL)", name="ck_case_wrap_person"),
        sa.CheckConstraint("holder IN ('handler', 'outside', 'reporter')", name="ck_case_wrap_holder"),
        sa.PrimaryKeyConstraint("id", name="pk_case_wrap"),
        sa.UniqueConstraint("case_id", "epoch", "person_id", name="uq_case_wrap_case_id_epoch_person_id"),
    )


def _fill_wraps(columns: Sequence[str]) -> None:
    names = ", ".join(columns)
    op.execute(f"INSERT INTO case_wrap ({names}) SELECT {names} FROM case_wrap_aside")  # noqa: S608
    op.drop_table("case_wrap_aside")
    op.create_index("ix_case_wrap_person_id_case_id", "case_wrap", ["person_id", "case_id"])


def _anew(table: str, changed: Callable[[str], str], besides: str = "") -> None:
    """The same table by another description, every row in it as it was; `besides`: what a new column holds."""
    described, hanging = _sql(table, "table"), _sql(table, "index")
    op.execute(f"CREATE TABLE {table}_aside AS SELECT *{besides} FROM {table}")  # noqa: S608
    op.execute(f"DROP TABLE {table}")
    op.execute(changed(described[0].removesuffix(_BY_KEY)))
    names = ", ".join(row[1] for row in op.get_bind().execute(sa.text(f"PRAGMA table_info({table})")))
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_aside")  # noqa: S608
    op.execute(f"DROP TABLE {table}_aside")
    for one in hanging:
        op.execute(one)


def _less(said: str, part: str) -> str:
    """A description without one of its parts."""
    return re.sub(r",\s*" + re.escape(part), "", said)


def _more(said: str, part: str, before: str) -> str:
    """A description with one part more, before the first constraint or at the end."""
    if before == ")":
        return said.removesuffix(")").rstrip() + f", {part})"
    head, found, rest = said.partition(before)
    return f"{head}{part}, {found}{rest}"


def _sql(table: str, kind: str) -> list[str]:
    query = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :kind AND sql IS NOT NULL")
    return list(op.get_bind().scalars(query, {"table": table, "kind": kind}))
