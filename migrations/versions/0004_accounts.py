"""Tables of accounts: people, credentials, sessions, keys, connections."""

import sqlalchemy as sa
from alembic import op

revision = "0004_accounts"
down_revision = "0003_registry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("disabled_at", sa.String(27), nullable=True),
        sa.CheckConstraint("kind IN ('staff', 'outside')", name="ck_person_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("address", name="uq_person_address"),
    )
    op.create_table(
        "wrong_tries",
        sa.Column("bucket", sa.LargeBinary(32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_wrong_tries"),
    )
    op.create_index("ix_wrong_tries_last_at", "wrong_tries", ["last_at"], unique=False)
    op.create_table(
        "connection",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("body_code", sa.String(80), nullable=False),
        sa.Column("indicator_code", sa.String(80), nullable=True),
        sa.Column("period", sa.String(20), nullable=True),
        sa.Column("cycle", sa.String(64), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("until", sa.String(27), nullable=True),
        sa.CheckConstraint(
            "kind IN ('employed', 'supervising', 'declared', 'entered', 'signed', 'verified', 'scored', "
            "'inspected', 'counselled')",
            name="ck_connection_kind",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_connection_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_connection"),
    )
    op.create_index("ix_connection_body_code", "connection", ["body_code"], unique=False)
    op.create_index("ix_connection_person_id_body_code", "connection", ["person_id", "body_code"], unique=False)
    op.create_table(
        "credential",
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("is_start", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=True),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("verifier", sa.LargeBinary(32), nullable=False),
        sa.Column("memory_kib", sa.Integer(), nullable=False),
        sa.Column("time", sa.Integer(), nullable=False),
        sa.Column("parallelism", sa.Integer(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_credential_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", name="pk_credential"),
    )
    op.create_table(
        "desk_session",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("ref", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("is_start", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.String(27), nullable=False),
        sa.Column("last_seen_at", sa.String(27), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_desk_session_person_id_person"),
        sa.PrimaryKeyConstraint("digest", name="pk_desk_session"),
        sa.UniqueConstraint("ref", name="uq_desk_session_ref"),
    )
    op.create_index("ix_desk_session_person_id", "desk_session", ["person_id"], unique=False)
    op.create_table(
        "handler_key",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("box_public", sa.LargeBinary(32), nullable=False),
        sa.Column("sign_public", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("retired_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_handler_key_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_handler_key"),
    )
    op.create_index("ix_handler_key_person_id", "handler_key", ["person_id"], unique=False)
    op.create_table(
        "known_browser",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_known_browser_person_id_person"),
        sa.PrimaryKeyConstraint("digest", "person_id", name="pk_known_browser"),
    )
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("granted_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_role_grant_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "role", name="pk_role_grant"),
    )
    op.create_table(
        "key_signature",
        sa.Column("key_id", sa.String(26), nullable=False),
        sa.Column("signer_key_id", sa.String(26), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.Column("signed_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["handler_key.id"], name="fk_key_signature_key_id_handler_key"),
        sa.ForeignKeyConstraint(
            ["signer_key_id"], ["handler_key.id"], name="fk_key_signature_signer_key_id_handler_key"
        ),
        sa.PrimaryKeyConstraint("key_id", "signer_key_id", name="pk_key_signature"),
    )


def downgrade() -> None:
    op.drop_table("key_signature")
    op.drop_table("role_grant")
    op.drop_table("known_browser")
    op.drop_index("ix_handler_key_person_id", table_name="handler_key")
    op.drop_table("handler_key")
    op.drop_index("ix_desk_session_person_id", table_name="desk_session")
    op.drop_table("desk_session")
    op.drop_table("credential")
    op.drop_index("ix_connection_person_id_body_code", table_name="connection")
    op.drop_index("ix_connection_body_code", table_name="connection")
    op.drop_table("connection")
    op.drop_index("ix_wrong_tries_last_at", table_name="wrong_tries")
    op.drop_table("wrong_tries")
    op.drop_table("person")
