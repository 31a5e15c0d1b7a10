"""Keys of offices' own systems, paper slips that wait for their check, and files of ratings that were imported."""

import sqlalchemy as sa
from alembic import op

revision = "0022_rating_channels"
down_revision = "0021_rating_summaries"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rating_office_key",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("body", _CODE, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("made_on", sa.String(10), nullable=False),
        sa.Column("revoked_on", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name="pk_rating_office_key"),
        sa.UniqueConstraint("digest", name="uq_rating_office_key_digest"),
        sa.ForeignKeyConstraint(["body"], ["body.code"], name="fk_rating_office_key_body_body"),
    )
    op.create_index("ix_rating_office_key_body", "rating_office_key", ["body"])
    op.create_table(
        "rating_office_request",
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("asked", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rating_office_request"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating_paper_batch",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("service", _CODE, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("entered_by", sa.String(26), nullable=False),
        sa.Column("slips", sa.Integer, nullable=False),
        sa.Column("levels", sa.Text, nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("sample", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rating_paper_batch"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_paper_batch_service_service"),
        sa.CheckConstraint("slips > 0", name="ck_rating_paper_batch_slips"),
    )
    op.create_table(
        "rating_import",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("ratings", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rating_import"),
    )


def downgrade() -> None:
    for table in ("import", "paper_batch", "office_request", "office_key"):
        op.drop_table(f"rating_{table}")
