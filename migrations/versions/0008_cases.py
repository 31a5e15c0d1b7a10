"""Tables of cases: reports, mailboxes, cases."""

import sqlalchemy as sa
from alembic import op

revision = "0008_cases"
down_revision = "0007_ratings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reporter_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("purpose IN ('draft', 'mailbox')", name="ck_reporter_session_purpose"),
        sa.PrimaryKeyConstraint("id", name="pk_reporter_session"),
        sa.UniqueConstraint("secret_hash", name="uq_reporter_session_secret_hash"),
    )
    op.create_index("ix_reporter_session_day", "reporter_session", ["day"], unique=False)
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
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="ck_report_case_closed"),
        sa.CheckConstraint(
            "(state IN ('decided', 'closed')) = (finding IS NOT NULL)", name="ck_report_case_finding_last"
        ),
        sa.CheckConstraint("(finding IS NULL) = (decided_on IS NULL)", name="ck_report_case_decided_on"),
        sa.CheckConstraint("(finding IS NULL) = (decided_by IS NULL)", name="ck_report_case_decided_by"),
        sa.CheckConstraint(
            "finding IS NULL OR finding IN ('upheld', 'partly', 'not-upheld', 'not-admissible', 'referred')",
            name="ck_report_case_finding",
        ),
        sa.CheckConstraint("kind IN ('figure', 'service', 'general')", name="ck_report_case_kind"),
        sa.CheckConstraint("lane IN ('main', 'quarantine')", name="ck_report_case_lane"),
        sa.CheckConstraint("state <> 'proposed' OR proposal_id IS NOT NULL", name="ck_report_case_proposed"),
        sa.CheckConstraint(
            "state = 'received' OR acknowledged_on IS NOT NULL", name="ck_report_case_acknowledged"
        ),
        sa.CheckConstraint(
            "state IN ('received', 'acknowledged', 'assigned', 'proposed', 'decided', 'closed')",
            name="ck_report_case_state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'proposed') OR assigned_to IS NOT NULL", name="ck_report_case_assigned"
        ),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="ck_report_case_two_people"),
        sa.ForeignKeyConstraint(["assigned_to"], ["person.id"], name="fk_report_case_assigned_to_person"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_report_case_decided_by_person"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_report_case_proposed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_report_case"),
    )
    op.create_index("ix_report_case_received_on", "report_case", ["received_on"], unique=False)
    op.create_table(
        "case_epoch",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_epoch_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_case_epoch"),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("draft_id", sa.String(length=26), nullable=True),
        sa.Column("case_id", sa.String(length=26), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("(draft_id IS NULL) <> (case_id IS NULL)", name="ck_case_file_owner"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_file_case_id_report_case"),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["reporter_session.id"],
            name="fk_case_file_draft_id_reporter_session",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
    )
    op.create_index("ix_case_file_case_id", "case_file", ["case_id"], unique=False)
    op.create_index("ix_case_file_draft_id", "case_file", ["draft_id"], unique=False)
    op.create_table(
        "case_mailbox",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_mailbox_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_mailbox"),
        sa.UniqueConstraint("lookup", name="uq_case_mailbox_lookup"),
    )
    op.create_table(
        "case_recusal",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_recusal_case_id_report_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_recusal_person_id_person"),
        sa.PrimaryKeyConstraint("case_id", "person_id", name="pk_case_recusal"),
    )
    op.create_table(
        "case_item",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('report', 'file', 'from-reporter', 'to-reporter', 'note', 'reason')",
            name="ck_case_item_kind",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "epoch"],
            ["case_epoch.case_id", "case_epoch.number"],
            name="fk_case_item_case_id_case_epoch",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_case_item"),
        sa.UniqueConstraint("case_id", "position", name="uq_case_item_case_id_position"),
    )
    op.create_table(
        "case_wrap",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("key_id", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(holder = 'reporter') = (person_id IS NULL)", name="ck_case_wrap_person"),
        sa.CheckConstraint("holder IN ('handler', 'outside', 'reporter')", name="ck_case_wrap_holder"),
        sa.ForeignKeyConstraint(
            ["case_id", "epoch"],
            ["case_epoch.case_id", "case_epoch.number"],
            name="fk_case_wrap_case_id_case_epoch",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_wrap_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_wrap"),
        sa.UniqueConstraint("case_id", "epoch", "person_id", name="uq_case_wrap_case_id_epoch_person_id"),
    )
    op.create_index("ix_case_wrap_person_id", "case_wrap", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_case_wrap_person_id", table_name="case_wrap")
    op.drop_table("case_wrap")
    op.drop_table("case_item")
    op.drop_table("case_recusal")
    op.drop_table("case_mailbox")
    op.drop_index("ix_case_file_draft_id", table_name="case_file")
    op.drop_index("ix_case_file_case_id", table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("case_epoch")
    op.drop_index("ix_report_case_received_on", table_name="report_case")
    op.drop_table("report_case")
    op.drop_index("ix_reporter_session_day", table_name="reporter_session")
    op.drop_table("reporter_session")
