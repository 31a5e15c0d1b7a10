"""Training: certificates, and roles that are held back without one.

Whoever holds such a role today keeps it for ninety days, by a certificate that says so, to be trained meanwhile.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from portal.foundation.ids import new_id

revision = "0047_training"
down_revision = "0046_passkeys"
branch_labels = None
depends_on = None

_NEEDED = {
    "case-officer": "reports",
    "case-decider": "reports",
    "evaluation-officer": "evaluation",
    "evaluation-approver": "evaluation",
    "evaluator": "evaluation",
}


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("held_back", sa.Boolean, nullable=False, server_default=sa.false()))
    certificates = op.create_table(
        "certificate",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("course", sa.String(40), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_certificate"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_certificate_person_id_person"),
        sa.CheckConstraint("valid_until >= issued_on", name="ck_certificate_days"),
    )
    op.create_index("ix_certificate_person_id_course", "certificate", ["person_id", "course"])
    today = datetime.now(UTC).date()
    grants = op.get_bind().execute(sa.text("SELECT person_id, role FROM role_grant")).all()
    held = sorted({(person, _NEEDED[role]) for person, role in grants if role in _NEEDED})
    if held:
        op.bulk_insert(
            certificates,
            [
                {
                    "id": new_id(),
                    "person_id": person,
                    "course": course,
                    "issued_on": today,
                    "valid_until": today + timedelta(days=90),
                    "recorded_by": "system",
                }
                for person, course in held
            ],
        )


def downgrade() -> None:
    op.drop_table("certificate")
    op.drop_column("role_grant", "held_back")
