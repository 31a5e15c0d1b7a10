"""Reports that were set aside are dismissed together by two people, the second of whom opened what was drawn.

Triggers refuse a signature without that, a report closed unacknowledged without such a signature, and any report
that would be added to what is signed already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0069_batches"
down_revision = "0068_joined_index"
branch_labels = None
depends_on = None

_SIGNED = (
    "NEW.signed_by IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM case_batch_member m WHERE m.batch_id = NEW.id"
    " AND m.drawn) OR EXISTS (SELECT 1 FROM case_batch_member m WHERE m.batch_id = NEW.id AND m.drawn"
    " AND (m.read_by IS NULL OR m.read_by <> NEW.signed_by)))"
)
_CLOSED = (
    "OLD.state = 'received' AND NEW.state = 'closed' AND (NEW.lane <> 'quarantine' OR NOT EXISTS (SELECT 1"
    " FROM case_batch_member m JOIN case_batch b ON b.id = m.batch_id WHERE m.case_id = NEW.id"
    " AND b.signed_by = NEW.decided_by AND b.proposed_by = NEW.proposed_by))"
)
_ADDED = "EXISTS (SELECT 1 FROM case_batch b WHERE b.id = NEW.batch_id AND b.signed_by IS NOT NULL)"
GUARDS = (
    ("case_batch_new", "INSERT", "case_batch", "NEW.signed_by IS NOT NULL", "a batch is proposed, then signed"),
    ("case_batch_signed", "UPDATE", "case_batch", _SIGNED, "the sample was not read by whoever signs"),
    ("case_batch_added", "INSERT", "case_batch_member", _ADDED, "nothing is added to what is signed"),
    ("report_case_together", "UPDATE", "report_case", _CLOSED, "no two people dismissed this report"),
)


def upgrade() -> None:
    op.create_table(
        "case_batch",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("body_code", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("signed_by", sa.String(length=26), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("why IN ('alike', 'empty', 'advert')", name="ck_case_batch_why"),
        sa.CheckConstraint("signed_by IS NULL OR signed_by <> proposed_by", name="ck_case_batch_two_people"),
        sa.CheckConstraint("(signed_by IS NULL) = (signed_on IS NULL)", name="ck_case_batch_signed"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_case_batch_proposed_by_person"),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"], name="fk_case_batch_signed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_batch"),
    )
    op.create_table(
        "case_batch_member",
        sa.Column("batch_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("drawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read_by", sa.String(length=26), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(read_by IS NULL) = (read_on IS NULL)", name="ck_case_batch_member_read"),
        sa.ForeignKeyConstraint(["batch_id"], ["case_batch.id"], name="fk_case_batch_member_batch_id_case_batch"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_batch_member_case_id_report_case"),
        sa.ForeignKeyConstraint(["read_by"], ["person.id"], name="fk_case_batch_member_read_by_person"),
        sa.PrimaryKeyConstraint("batch_id", "case_id", name="pk_case_batch_member"),
        sa.UniqueConstraint("case_id", name="uq_case_batch_member_case_id"),
    )
    op.execute("INSERT INTO case_transition (before, after) VALUES ('received', 'closed')")
    for guard in GUARDS:
        _guard(*guard)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _, table, _, _ in GUARDS:
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.execute("DELETE FROM case_transition WHERE before = 'received' AND after = 'closed'")
    op.drop_table("case_batch_member")
    op.drop_table("case_batch")


def _guard(name: str, event: str, table: str, wrong: str, says: str) -> None:
    """Refuse such a row, whoever writes it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {wrong}"
            f" BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {wrong} THEN RAISE EXCEPTION '{says}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
