"""Mail to staff: who wants it in which language, and what each person was last told of."""

import sqlalchemy as sa
from alembic import op

revision = "0016_mail"
down_revision = "0015_log_keys"
branch_labels = None
depends_on = None

ID = sa.String(26)


def upgrade() -> None:
    op.add_column("person", sa.Column("mail", sa.String(16)))
    op.create_table(
        "mailed",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("hour", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_mailed"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_mailed_person_id_person"),
    )
    op.create_table(
        "mailed_item",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("urgency", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "item_id", "urgency", name="pk_mailed_item"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_mailed_item_person_id_person"),
    )
    op.create_index("ix_mailed_item_item_id", "mailed_item", ["item_id"])


def downgrade() -> None:
    op.drop_table("mailed_item")
    op.drop_table("mailed")
    op.drop_column("person", "mail")
