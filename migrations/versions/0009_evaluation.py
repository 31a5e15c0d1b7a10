"""Tables of evaluation: cycles with their matrix, members and marks of evaluator groups, results."""

import sqlalchemy as sa
from alembic import op

revision = "0009_evaluation"
down_revision = "0008_cases"
branch_labels = None
depends_on = None

ELEMENTS = """
    organisational-ability policy-making administrative-decisions execution-of-decrees business-guidance
    business-processing letters-and-visits project-performance department-performance
"""
GROUPS = """
    results service-objects self staff committee higher-government higher-authority lower-departments
    party-committee experts policy-objects audit project-management
"""
STATES = "open scored published"


def _one_of(table: str, column: str, words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def _object(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cycle", "body"],
        ["evaluation_object.cycle", "evaluation_object.body"],
        name=f"fk_{table}_cycle_evaluation_object",
    )


def upgrade() -> None:
    op.create_table(
        "evaluation_cycle",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("ratings_from", sa.String(7), nullable=False),
        sa.Column("ratings_until", sa.String(7), nullable=False),
        sa.Column("integrity_points", sa.String(16), nullable=False),
        sa.Column("integrity_most", sa.String(16), nullable=False),
        sa.Column("fewest_marks", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.String(27), nullable=False),
        sa.Column("opened_by", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name="fk_evaluation_cycle_opened_by_person"),
        sa.PrimaryKeyConstraint("code", name="pk_evaluation_cycle"),
    )
    op.create_table(
        "evaluation_share",
        sa.Column("cycle", sa.String(64), nullable=False),
        sa.Column("element", sa.String(32), nullable=False),
        sa.Column("evaluator_group", sa.String(32), nullable=False),
        sa.Column("element_share", sa.String(16), nullable=False),
        sa.Column("group_share", sa.String(16), nullable=False),
        _one_of("evaluation_share", "element", ELEMENTS),
        _one_of("evaluation_share", "evaluator_group", GROUPS),
        sa.ForeignKeyConstraint(
            ["cycle"], ["evaluation_cycle.code"], name="fk_evaluation_share_cycle_evaluation_cycle"
        ),
        sa.PrimaryKeyConstraint("cycle", "element", "evaluator_group", name="pk_evaluation_share"),
    )
    op.create_table(
        "evaluation_object",
        sa.Column("cycle", sa.String(64), nullable=False),
        sa.Column("body", sa.String(80), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("checked_edition", sa.Integer(), nullable=False),
        _one_of("evaluation_object", "state", STATES),
        sa.ForeignKeyConstraint(
            ["cycle"], ["evaluation_cycle.code"], name="fk_evaluation_object_cycle_evaluation_cycle"
        ),
        sa.ForeignKeyConstraint(["body"], ["body.code"], name="fk_evaluation_object_body_body"),
        sa.PrimaryKeyConstraint("cycle", "body", name="pk_evaluation_object"),
    )
    op.create_table(
        "evaluation_indicator_weight",
        sa.Column("cycle", sa.String(64), nullable=False),
        sa.Column("body", sa.String(80), nullable=False),
        sa.Column("indicator", sa.String(80), nullable=False),
        sa.Column("weight", sa.String(16), nullable=False),
        _object("evaluation_indicator_weight"),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.code"], name="fk_evaluation_indicator_weight_indicator_indicator"
        ),
        sa.PrimaryKeyConstraint("cycle", "body", "indicator", name="pk_evaluation_indicator_weight"),
    )
    op.create_table(
        "evaluation_member",
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("evaluator_group", sa.String(32), nullable=False),
        sa.Column("body", sa.String(80), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        _one_of("evaluation_member", "evaluator_group", GROUPS),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_evaluation_member_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "evaluator_group", "body", name="pk_evaluation_member"),
    )
    op.create_table(
        "evaluation_mark",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("cycle", sa.String(64), nullable=False),
        sa.Column("body", sa.String(80), nullable=False),
        sa.Column("element", sa.String(32), nullable=False),
        sa.Column("evaluator_group", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("value", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_digest", sa.String(64), nullable=True),
        sa.Column("entered_at", sa.String(27), nullable=False),
        sa.Column("replaced_at", sa.String(27), nullable=True),
        _one_of("evaluation_mark", "element", ELEMENTS),
        _one_of("evaluation_mark", "evaluator_group", GROUPS),
        _object("evaluation_mark"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_evaluation_mark_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_mark"),
    )
    op.create_index(
        "uq_evaluation_mark_live",
        "evaluation_mark",
        ["cycle", "body", "element", "evaluator_group", "person_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "evaluation_result",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("cycle", sa.String(64), nullable=False),
        sa.Column("body", sa.String(80), nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(32), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.String(27), nullable=False),
        sa.Column("act_id", sa.String(26), nullable=True),
        _object("evaluation_result"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_evaluation_result_act_id_act"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_result"),
    )
    op.create_index("ix_evaluation_result_cycle_body", "evaluation_result", ["cycle", "body"])


def downgrade() -> None:
    for table in (
        "evaluation_result",
        "evaluation_mark",
        "evaluation_member",
        "evaluation_indicator_weight",
        "evaluation_object",
        "evaluation_share",
        "evaluation_cycle",
    ):
        op.drop_table(table)
