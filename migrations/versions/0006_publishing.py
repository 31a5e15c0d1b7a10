"""Tables of publishing: the transparency log and what is published."""

import sqlalchemy as sa
from alembic import op

revision = "0006_publishing"
down_revision = "0005_duties"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DECIMAL = sa.String(80)


def code(length: int) -> sa.types.TypeEngine:
    """Codes sort by code point on both engines."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("edition", sa.Integer),
        sa.Column("appended_at", sa.String(27)),
        sa.Column("proposed_at", sa.String(27), nullable=False),
        sa.Column("proposed_by", sa.String(26), nullable=False),
        sa.Column("approved_by", sa.String(26)),
        sa.Column("meta", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_act"),
        sa.UniqueConstraint("edition", name="uq_act_edition"),
        sa.CheckConstraint("state IN ('staged', 'pending', 'appended')", name=op.f("ck_act_state")),
        sa.CheckConstraint(
            "(state = 'appended') = (edition IS NOT NULL)", name=op.f("ck_act_appended_has_edition")
        ),
    )
    op.create_table(
        "act_queue",
        sa.Column("place", SERIAL, nullable=False, autoincrement=True),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_act_queue"),
        sa.UniqueConstraint("act_id", name="uq_act_queue_act_id"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_act_queue_act_id_act"),
    )
    op.create_table(
        "chunk",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_chunk"),
    )
    op.create_table(
        "act_chunk",
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("act_id", "position", name="pk_act_chunk"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_act_chunk_act_id_act"),
        sa.ForeignKeyConstraint(["sha256"], ["chunk.sha256"], name="fk_act_chunk_sha256_chunk"),
    )
    op.create_index("ix_act_chunk_sha256", "act_chunk", ["sha256"])
    _create_log()
    _create_texts()
    _create_statements()
    _create_release_drafts()


def _create_log() -> None:
    op.create_table(
        "log_entry",
        sa.Column("n", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_log_entry"),
        sa.UniqueConstraint("act_id", name="uq_log_entry_act_id"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_log_entry_act_id_act"),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("idx", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name="pk_log_node"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("n", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("verifier_key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_checkpoint"),
        sa.ForeignKeyConstraint(["n"], ["log_entry.n"], name="fk_checkpoint_n_log_entry"),
    )


def _create_texts() -> None:
    op.create_table(
        "salted_text",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("text", sa.Text),
        sa.Column("withdrawn_in", sa.Integer),
        sa.PrimaryKeyConstraint("digest", name="pk_salted_text"),
        sa.CheckConstraint(
            "(withdrawn_in IS NULL) = (salt IS NOT NULL)", name=op.f("ck_salted_text_withdrawn_has_no_salt")
        ),
        sa.CheckConstraint("(salt IS NULL) = (text IS NULL)", name=op.f("ck_salted_text_salt_with_text")),
    )
    op.create_table(
        "act_text",
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("act_id", "digest", name="pk_act_text"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_act_text_act_id_act"),
        sa.ForeignKeyConstraint(["digest"], ["salted_text.digest"], name="fk_act_text_digest_salted_text"),
    )
    op.create_index("ix_act_text_digest", "act_text", ["digest"])


def _create_statements() -> None:
    op.create_table(
        "statement",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", code(250), nullable=False),
        sa.Column("scope", code(80), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("words", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_statement"),
        sa.UniqueConstraint("act_id", "position", name="uq_statement_act_id_position"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_statement_act_id_act"),
    )
    op.create_index("ix_statement_kind_key", "statement", ["kind", "key"])
    op.create_index("ix_statement_kind_scope", "statement", ["kind", "scope"])
    op.create_table(
        "figure_version",
        sa.Column("id", SERIAL, nullable=False, autoincrement=True),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("body", code(80), nullable=False),
        sa.Column("indicator", code(80), nullable=False),
        sa.Column("period", code(20), nullable=False),
        sa.Column("target", DECIMAL),
        sa.Column("actual", DECIMAL),
        sa.Column("numerator", DECIMAL),
        sa.Column("denominator", DECIMAL),
        sa.Column("obs_status", sa.String(8)),
        sa.Column("note_digest", sa.String(64)),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("replaces", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_figure_version"),
        sa.UniqueConstraint("act_id", "position", name="uq_figure_version_act_id_position"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_figure_version_act_id_act"),
    )
    op.create_index("ix_figure_version_body_indicator_period", "figure_version", ["body", "indicator", "period"])
    op.create_index("ix_figure_version_indicator_period", "figure_version", ["indicator", "period"])


def _create_release_drafts() -> None:
    op.create_table(
        "release_draft",
        sa.Column("slug", code(80), nullable=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("period", sa.String(41), nullable=False),
        sa.Column("bodies", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("base_edition", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("drafted_by", sa.String(26), nullable=False),
        sa.Column("drafted_at", sa.String(27), nullable=False),
        sa.Column("proposal_id", sa.String(26)),
        sa.PrimaryKeyConstraint("slug", name="pk_release_draft"),
        sa.UniqueConstraint("act_id", name="uq_release_draft_act_id"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_release_draft_act_id_act"),
        sa.CheckConstraint("state IN ('draft', 'proposed', 'published')", name=op.f("ck_release_draft_state")),
        sa.CheckConstraint(
            "(state = 'draft') = (proposal_id IS NULL)",
            name=op.f("ck_release_draft_proposed_has_proposal"),
        ),
    )


def downgrade() -> None:
    for table in (
        "release_draft",
        "figure_version",
        "statement",
        "act_text",
        "salted_text",
        "checkpoint",
        "log_node",
        "log_entry",
        "act_chunk",
        "chunk",
        "act_queue",
        "act",
    ):
        op.drop_table(table)
