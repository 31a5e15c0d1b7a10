"""Tables of collection rounds and requests for figures."""

import sqlalchemy as sa
from alembic import op

revision = "0012_collection"
down_revision = "0011_calendar"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VALUE = ("round", "body", "indicator")


def code(length: int) -> sa.types.TypeEngine:
    """Codes sort by code point on both engines."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _one_of(table: str, column: str, words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _value_columns() -> list[sa.Column]:
    return [sa.Column(name, code(80), nullable=False) for name in VALUE]


def _of_value(table: str) -> sa.ForeignKeyConstraint:
    columns = [f"collected_value.{name}" for name in VALUE]
    return sa.ForeignKeyConstraint(VALUE, columns, name=f"fk_{table}_round_collected_value")


def upgrade() -> None:
    op.create_table(
        "collection_round",
        sa.Column("slug", code(80), nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("period", code(20), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.Column("reminders", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.String(27), nullable=False),
        sa.Column("opened_by", sa.String(26), nullable=False),
        sa.Column("overdue_at", sa.String(27)),
        sa.Column("closed_at", sa.String(27)),
        sa.PrimaryKeyConstraint("slug", name="pk_collection_round"),
        _one_of("collection_round", "state", "open closed cancelled"),
    )
    op.create_table(
        "body_return",
        sa.Column("round", code(80), nullable=False),
        sa.Column("body", code(80), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("proposal_id", sa.String(26)),
        sa.Column("first_handed_in_at", sa.String(27)),
        sa.Column("handed_in_at", sa.String(27)),
        sa.PrimaryKeyConstraint("round", "body", name="pk_body_return"),
        sa.ForeignKeyConstraint(
            ["round"], ["collection_round.slug"], name="fk_body_return_round_collection_round"
        ),
        _one_of("body_return", "state", "open proposed handed-in"),
        sa.CheckConstraint(
            "(state = 'proposed') = (proposal_id IS NOT NULL)", name=op.f("ck_body_return_proposed_has_proposal")
        ),
    )
    op.create_index("ix_body_return_body", "body_return", ["body"])
    op.create_table(
        "collected_value",
        *_value_columns(),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("entry", sa.Text),
        sa.Column("entered_by", sa.String(26)),
        sa.Column("entered_at", sa.String(27)),
        sa.Column("handed", sa.Integer, nullable=False),
        sa.Column("settled", sa.Text),
        sa.Column("verified_by", sa.String(26)),
        sa.Column("verified_at", sa.String(27)),
        sa.Column("release", code(80)),
        sa.PrimaryKeyConstraint(*VALUE, name="pk_collected_value"),
        sa.ForeignKeyConstraint(
            ["round", "body"],
            ["body_return.round", "body_return.body"],
            name="fk_collected_value_round_body_return",
        ),
        _one_of("collected_value", "state", "empty entered handed-in queried returned accepted released"),
        sa.CheckConstraint(
            "(state = 'empty') = (entry IS NULL)", name=op.f("ck_collected_value_entered_has_entry")
        ),
    )
    op.create_index("ix_collected_value_body_indicator", "collected_value", ["body", "indicator"])
    op.create_table(
        "handed_value",
        *_value_columns(),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("explanation", sa.Text),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("entered_by", sa.String(26), nullable=False),
        sa.Column("signed_by", sa.String(26), nullable=False),
        sa.Column("handed_in_at", sa.String(27), nullable=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint(*VALUE, "number", name="pk_handed_value"),
        _of_value("handed_value"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_handed_value_act_id_act"),
    )
    op.create_table(
        "value_remark",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        *_value_columns(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.String(26), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_value_remark"),
        _of_value("value_remark"),
        _one_of("value_remark", "kind", "query answer return change"),
    )
    op.create_index("ix_value_remark_round_body_indicator", "value_remark", VALUE)
    op.create_table(
        "evidence_file",
        sa.Column("id", sa.String(26), nullable=False),
        *_value_columns(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary, nullable=False),
        sa.Column("added_by", sa.String(26), nullable=False),
        sa.Column("added_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_file"),
        _of_value("evidence_file"),
    )
    op.create_index("ix_evidence_file_round_body_indicator", "evidence_file", VALUE)
    op.create_table(
        "coverage_mark",
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", code(80), nullable=False),
        sa.Column("indicator", code(80), nullable=False),
        sa.Column("period", code(20), nullable=False),
        sa.Column("round", code(80), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("owes", sa.String(16)),
        sa.PrimaryKeyConstraint("act_id", "position", name="pk_coverage_mark"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_coverage_mark_act_id_act"),
    )
    op.create_index("ix_coverage_mark_body_indicator_period", "coverage_mark", ["body", "indicator", "period"])
    op.create_index("ix_coverage_mark_indicator_period", "coverage_mark", ["indicator", "period"])
    op.create_index("ix_coverage_mark_round", "coverage_mark", ["round"])
    op.create_table(
        "figure_request",
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("submission", sa.String(26), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("body", code(80)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_digest", sa.String(64)),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("refusal", sa.String(32)),
        sa.Column("drafted", sa.Text),
        sa.Column("proposal_id", sa.String(26)),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("answered_at", sa.String(27)),
        sa.PrimaryKeyConstraint("reference", name="pk_figure_request"),
        sa.UniqueConstraint("submission", name="uq_figure_request_submission"),
        sa.UniqueConstraint("code_digest", name="uq_figure_request_code_digest"),
        _one_of("figure_request", "state", "received refused open proposed answered"),
        sa.CheckConstraint(
            "(state = 'proposed') = (proposal_id IS NOT NULL)",
            name=op.f("ck_figure_request_proposed_has_proposal"),
        ),
    )
    op.create_index("ix_figure_request_state_due_on", "figure_request", ["state", "due_on"])
    op.add_column("figure_version", sa.Column("handin", sa.Text))


def downgrade() -> None:
    op.drop_column("figure_version", "handin")
    for table in (
        "figure_request",
        "coverage_mark",
        "evidence_file",
        "value_remark",
        "handed_value",
        "collected_value",
        "body_return",
        "collection_round",
    ):
        op.drop_table(table)
