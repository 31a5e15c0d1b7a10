"""Tables of duties: duties and second signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0005_duties"
down_revision = "0004_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(250), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_params", sa.Text(), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("permission", sa.String(64), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.String(27), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
        sa.UniqueConstraint("kind", "subject", name="uq_duty_kind_subject"),
    )
    op.create_table(
        "duty_person",
        sa.Column("duty_id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name="fk_duty_person_duty_id_duty", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_duty_person_person_id_person"),
        sa.PrimaryKeyConstraint("duty_id", "person_id", name="pk_duty_person"),
    )
    op.create_index("ix_duty_person_person_id", "duty_person", ["person_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(250), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_params", sa.Text(), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("permission", sa.String(64), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("chain", sa.String(40), nullable=False),
        sa.Column("proposer_id", sa.String(26), nullable=False),
        sa.Column("proposed_at", sa.String(27), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(26), nullable=True),
        sa.Column("decided_at", sa.String(27), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_by IS NULL) AND (state = 'waiting') = (decided_at IS NULL)",
            name="ck_proposal_decided",
        ),
        sa.CheckConstraint("state != 'signed' OR decided_by != proposer_id", name="ck_proposal_two_people"),
        sa.CheckConstraint("state IN ('waiting', 'signed', 'declined')", name="ck_proposal_state"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_proposal_decided_by_person"),
        sa.ForeignKeyConstraint(["proposer_id"], ["person.id"], name="fk_proposal_proposer_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_state_due_at", "proposal", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_proposal_waiting",
        "proposal",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "proposal_person",
        sa.Column("proposal_id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_proposal_person_person_id_person"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_proposal_person_proposal_id_proposal"),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name="pk_proposal_person"),
    )
    op.create_index("ix_proposal_person_person_id", "proposal_person", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_proposal_person_person_id", table_name="proposal_person")
    op.drop_table("proposal_person")
    op.drop_index(
        "uq_proposal_waiting",
        table_name="proposal",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_proposal_state_due_at", table_name="proposal")
    op.drop_table("proposal")
    op.drop_index("ix_duty_person_person_id", table_name="duty_person")
    op.drop_table("duty_person")
    op.drop_table("duty")
