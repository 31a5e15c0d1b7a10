"""Keys of offices' own systems say what they are good for, how often a day, and on which day they were used."""

import sqlalchemy as sa
from alembic import op

revision = "0037_office_keys"
down_revision = "0036_public_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rating_office_key") as table:
        table.add_column(sa.Column("good_for", sa.String(8), nullable=False, server_default="both"))
        table.add_column(sa.Column("per_day", sa.Integer, nullable=False, server_default="5000"))
        table.add_column(sa.Column("used_on", sa.String(10)))
        table.add_column(sa.Column("used", sa.Integer, nullable=False, server_default="0"))
        table.create_check_constraint(
            "ck_rating_office_key_good_for", "good_for IN ('receipts', 'ratings', 'both')"
        )
        table.create_check_constraint("ck_rating_office_key_per_day", "per_day > 0")
    with op.batch_alter_table("rating_office_key") as table:
        for column in ("good_for", "per_day", "used"):
            table.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("rating_office_key") as table:
        table.drop_constraint("ck_rating_office_key_good_for", type_="check")
        table.drop_constraint("ck_rating_office_key_per_day", type_="check")
        for column in ("good_for", "per_day", "used_on", "used"):
            table.drop_column(column)
