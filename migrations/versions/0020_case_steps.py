"""A case has all its states, the steps between them are a table, and deadlines are days of the case itself.

The steps are checked by a trigger. SQLite cannot change a check, so there the table of cases is laid aside, made
anew and filled again; its keys are looked at when all is back in its place.
"""

import calendar
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020_case_steps"
down_revision = "0019_places"
branch_labels = None
depends_on = None

_STATES = (
    *("received", "acknowledged", "triage", "assigned", "investigating", "proposed"),
    *("decided", "action", "closed", "reopened"),
)
_STATES_BEFORE = ("received", "acknowledged", "assigned", "proposed", "decided", "closed")
_STEPS = (
    ("received", "acknowledged"),
    ("acknowledged", "triage"),
    ("reopened", "triage"),
    ("acknowledged", "assigned"),
    ("triage", "assigned"),
    ("investigating", "assigned"),
    ("reopened", "assigned"),
    ("assigned", "acknowledged"),
    ("investigating", "acknowledged"),
    ("proposed", "acknowledged"),
    ("assigned", "investigating"),
    ("assigned", "proposed"),
    ("investigating", "proposed"),
    ("proposed", "assigned"),
    ("proposed", "decided"),
    ("decided", "action"),
    ("decided", "closed"),
    ("action", "closed"),
    ("closed", "reopened"),
)
_FINDINGS = "finding IN ('upheld', 'partly', 'not-upheld', 'not-admissible', 'referred')"
_KEPT = (
    *("id", "kind", "body_code", "indicator_code", "period", "service_code", "edition_seen", "state", "lane"),
    *("finding", "proposed_finding", "proposal_id", "correction_id", "assigned_to", "proposed_by", "decided_by"),
    *("files", "received_on", "acknowledged_on", "assigned_on", "proposed_on", "decided_on", "edition_decided"),
    "closed_on",
)
_NEW = (
    *("acknowledge_due_on", "message_due_on", "message_on", "feedback_due_on"),
    *("extension_id", "extension_by", "extended_by", "extended_on"),
)


def upgrade() -> None:
    bind = op.get_bind()
    rows = [dict(row) for row in bind.execute(sa.text("SELECT * FROM report_case")).mappings()]
    if bind.dialect.name == "sqlite":
        _anew(_cases_after, _KEPT, _NEW)
    else:
        _alter_up()
    op.create_table(
        "case_transition",
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("before", "after", name="pk_case_transition"),
    )
    transitions = sa.table("case_transition", sa.column("before"), sa.column("after"))
    op.bulk_insert(transitions, [{"before": before, "after": after} for before, after in _STEPS])
    op.create_table(
        "case_step",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint(_among("state", _STATES), name="ck_case_step_state"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_step_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_case_step"),
    )
    op.create_table(
        "case_missed",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("deadline", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            _among("deadline", ("acknowledge", "message", "feedback")), name="ck_case_missed_deadline"
        ),
        sa.CheckConstraint("noticed_on > due_on", name="ck_case_missed_noticed"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_missed_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", "deadline", "due_on", name="pk_case_missed"),
    )
    for row in rows:
        _note_steps(bind, row)
    _guard(bind)


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        op.execute("DROP TRIGGER report_case_step")
    else:
        op.execute("DROP TRIGGER report_case_step ON report_case")
        op.execute("DROP FUNCTION report_case_step()")
    op.drop_table("case_missed")
    op.drop_table("case_step")
    op.drop_table("case_transition")
    for state, before in (("triage", "acknowledged"), ("investigating", "assigned"), ("action", "decided")):
        bind.execute(sa.text("UPDATE report_case SET state = :b WHERE state = :s"), {"b": before, "s": state})
    op.execute("UPDATE report_case SET state = 'acknowledged' WHERE state = 'reopened'")
    if bind.dialect.name == "sqlite":
        _anew(_cases_before, _KEPT, ())
    else:
        _alter_down()


def _guard(bind: sa.Connection) -> None:
    """No row of a case ever takes a step that is not in the table."""
    wrong = (
        "NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM case_transition"
        " WHERE case_transition.before = OLD.state AND case_transition.after = NEW.state)"
    )
    if bind.dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER report_case_step BEFORE UPDATE OF state ON report_case WHEN {wrong}"
            " BEGIN SELECT RAISE(ABORT, 'a case takes no such step'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION report_case_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {wrong} THEN RAISE EXCEPTION 'a case takes no such step' USING ERRCODE = 'check_violation'; END IF;"
        " RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER report_case_step BEFORE UPDATE OF state ON report_case"
        " FOR EACH ROW EXECUTE FUNCTION report_case_step()"
    )


def _note_steps(bind: sa.Connection, row: dict[str, Any]) -> None:
    """What is known of a case that was there before: that it was received, where it stands, and its terms."""
    received = _day(row["received_on"])
    known = (row[name] for name in ("closed_on", "decided_on", "proposed_on", "assigned_on", "acknowledged_on"))
    steps = [("received", received)]
    if row["state"] != "received":
        steps.append((row["state"], next(_day(day) for day in known if day is not None)))
    for number, (state, day) in enumerate(steps):
        bind.execute(
            sa.text("INSERT INTO case_step (case_id, number, state, day) VALUES (:c, :n, :s, :d)"),
            {"c": row["id"], "n": number, "s": state, "d": day.isoformat() if _is_sqlite(bind) else day},
        )
    due = received + timedelta(days=7), _months(received, 3)
    bind.execute(
        sa.text("UPDATE report_case SET acknowledge_due_on = :a, feedback_due_on = :f WHERE id = :c"),
        {
            "c": row["id"],
            "a": due[0].isoformat() if _is_sqlite(bind) else due[0],
            "f": due[1].isoformat() if _is_sqlite(bind) else due[1],
        },
    )


def _is_sqlite(bind: sa.Connection) -> bool:
    return bind.dialect.name == "sqlite"


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _months(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _among(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _anew(create: Callable[[], None], kept: Sequence[str], new: Sequence[str]) -> None:
    """On SQLite: the table of cases with other checks, every row in it as it was."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE report_case_aside AS SELECT * FROM report_case")
    op.drop_index("ix_report_case_received_on", table_name="report_case")
    op.drop_table("report_case")
    create()
    names = ", ".join(kept)
    due = {"acknowledge_due_on": "received_on", "feedback_due_on": "received_on"}
    filled = [name for name in new if name in due]
    into = ", ".join((names, *filled))
    from_ = ", ".join((names, *(due[name] for name in filled)))
    op.execute(f"INSERT INTO report_case ({into}) SELECT {from_} FROM report_case_aside")  # noqa: S608
    op.execute("DROP TABLE report_case_aside")
    op.create_index("ix_report_case_received_on", "report_case", ["received_on"], unique=False)


def _cases_after() -> None:
    _cases(_checks(_STATES, after=True), *_new_columns(nullable=False), *_new_keys())


def _cases_before() -> None:
    _cases(_checks(_STATES_BEFORE, after=False))


def _checks(states: Sequence[str], *, after: bool) -> dict[str, str]:
    held = "'assigned', 'investigating', 'proposed'" if after else "'assigned', 'proposed'"
    found = "'decided', 'action', 'closed'" if after else "'decided', 'closed'"
    before = {
        "state": _among("state", states),
        "assigned": f"state NOT IN ({held}) OR assigned_to IS NOT NULL",
        "finding_last": f"(state IN ({found})) = (finding IS NOT NULL)",
    }
    if not after:
        return before
    return before | {
        "extended": "(extended_on IS NULL) = (extended_by IS NULL)",
        "extended_by_two": "extended_by IS NULL OR extended_by <> extension_by",
        "message": "message_on IS NULL OR message_due_on IS NOT NULL",
    }


def _new_columns(*, nullable: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("acknowledge_due_on", sa.Date(), nullable=nullable),
        sa.Column("message_due_on", sa.Date(), nullable=True),
        sa.Column("message_on", sa.Date(), nullable=True),
        sa.Column("feedback_due_on", sa.Date(), nullable=nullable),
        sa.Column("extension_id", sa.String(length=26), nullable=True),
        sa.Column("extension_by", sa.String(length=26), nullable=True),
        sa.Column("extended_by", sa.String(length=26), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
    ]


def _new_keys() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_report_case_{name}_person")
        for name in ("extension_by", "extended_by")
    ]


def _cases(checks: dict[str, str], *more: Any) -> None:
    op.create_table(
        "report_case",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body_code", sa.String(length=64), nullable=True),
        sa.Column("indicator_code", sa.String(length=64), nullable=True),
        sa.Column("period", sa.String(length=16), nullable=True),
        sa.Column("service_code", sa.String(length=64), nullable=True),
        sa.Column("edition_seen", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=True),
        sa.Column("proposed_finding", sa.String(length=16), nullable=True),
        sa.Column("proposal_id", sa.String(length=26), nullable=True),
        sa.Column("correction_id", sa.String(length=26), nullable=True),
        sa.Column("assigned_to", sa.String(length=26), nullable=True),
        sa.Column("proposed_by", sa.String(length=26), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("edition_decided", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        *more,
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="ck_report_case_closed"),
        sa.CheckConstraint("(finding IS NULL) = (decided_on IS NULL)", name="ck_report_case_decided_on"),
        sa.CheckConstraint("(finding IS NULL) = (decided_by IS NULL)", name="ck_report_case_decided_by"),
        sa.CheckConstraint(f"finding IS NULL OR {_FINDINGS}", name="ck_report_case_finding"),
        sa.CheckConstraint("kind IN ('figure', 'service', 'general')", name="ck_report_case_kind"),
        sa.CheckConstraint("lane IN ('main', 'quarantine')", name="ck_report_case_lane"),
        sa.CheckConstraint("state <> 'proposed' OR proposal_id IS NOT NULL", name="ck_report_case_proposed"),
        sa.CheckConstraint(
            "state = 'received' OR acknowledged_on IS NOT NULL", name="ck_report_case_acknowledged"
        ),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="ck_report_case_two_people"),
        *(sa.CheckConstraint(check, name=f"ck_report_case_{name}") for name, check in checks.items()),
        sa.ForeignKeyConstraint(["assigned_to"], ["person.id"], name="fk_report_case_assigned_to_person"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_report_case_decided_by_person"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_report_case_proposed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_report_case"),
    )


def _alter_up() -> None:
    for column in _new_columns(nullable=True):
        op.add_column("report_case", column)
    op.execute("UPDATE report_case SET acknowledge_due_on = received_on, feedback_due_on = received_on")
    op.alter_column("report_case", "acknowledge_due_on", nullable=False)
    op.alter_column("report_case", "feedback_due_on", nullable=False)
    for name in ("extension_by", "extended_by"):
        op.create_foreign_key(f"fk_report_case_{name}_person", "report_case", "person", [name], ["id"])
    _change_checks(_checks(_STATES_BEFORE, after=False), _checks(_STATES, after=True))


def _alter_down() -> None:
    _change_checks(_checks(_STATES, after=True), _checks(_STATES_BEFORE, after=False))
    for name in _NEW:
        op.drop_column("report_case", name)


def _change_checks(old: dict[str, str], new: dict[str, str]) -> None:
    for name in old:
        op.drop_constraint(f"ck_report_case_{name}", "report_case", type_="check")
    for name, check in new.items():
        op.create_check_constraint(f"ck_report_case_{name}", "report_case", check)
