"""The secret of a session is replaced while it is used; all sessions begin anew."""

import sqlalchemy as sa
from alembic import op

revision = "0070_session_secrets"
down_revision = "0069_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _drop()
    op.create_table(
        "desk_session",
        sa.Column("ref", sa.String(26), nullable=False),
        *_columns(),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_desk_session_person_id_person"),
        sa.PrimaryKeyConstraint("ref", name="pk_desk_session"),
    )
    op.create_index("ix_desk_session_person_id", "desk_session", ["person_id"], unique=False)
    op.create_table(
        "desk_secret",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("ref", sa.String(26), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(32), nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("proved_at", sa.String(27), nullable=False),
        sa.Column("spent_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(
            ["ref"], ["desk_session.ref"], name="fk_desk_secret_ref_desk_session", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_desk_secret"),
    )
    op.create_index("ix_desk_secret_ref", "desk_secret", ["ref"], unique=False)
    op.create_table(
        "session_alarm",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_session_alarm_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_session_alarm"),
    )
    op.create_index("ix_session_alarm_person_id", "session_alarm", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_session_alarm_person_id", table_name="session_alarm")
    op.drop_table("session_alarm")
    op.drop_index("ix_desk_secret_ref", table_name="desk_secret")
    op.drop_table("desk_secret")
    _drop()
    op.create_table(
        "desk_session",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("ref", sa.String(26), nullable=False),
        *_columns(),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_desk_session_person_id_person"),
        sa.PrimaryKeyConstraint("digest", name="pk_desk_session"),
        sa.UniqueConstraint("ref", name="uq_desk_session_ref"),
    )
    op.create_index("ix_desk_session_person_id", "desk_session", ["person_id"], unique=False)


def _columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("is_start", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.String(27), nullable=False),
        sa.Column("last_seen_at", sa.String(27), nullable=False),
    )


def _drop() -> None:
    op.drop_index("ix_desk_session_person_id", table_name="desk_session")
    op.drop_table("desk_session")
