"""A stamp that changes whenever what decides who may receive a report does: people, roles, keys, connections."""

import sqlalchemy as sa
from alembic import op

revision = "0066_standing"
down_revision = "0065_after_the_finding"
branch_labels = None
depends_on = None

TABLES = ("person", "role_grant", "handler_key", "key_signature", "connection")
EVENTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_standing_one"),
        sa.PrimaryKeyConstraint("id", name="pk_standing"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO standing (id, stamp) VALUES (1, lower(hex(randomblob(16))))")
        for table in TABLES:
            for event in EVENTS:
                op.execute(
                    f"CREATE TRIGGER standing_{table}_{event.lower()} AFTER {event} ON {table}"  # noqa: S608
                    " BEGIN UPDATE standing SET stamp = lower(hex(randomblob(16))); END"
                )
        return
    op.execute("INSERT INTO standing (id, stamp) VALUES (1, replace(gen_random_uuid()::text, '-', ''))")
    # at the end of a transaction, when nothing else is waited for any more, and once in it
    op.execute(
        "CREATE FUNCTION standing_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF current_setting('gongping.standing', true) IS DISTINCT FROM pg_current_xact_id()::text THEN"
        " PERFORM set_config('gongping.standing', pg_current_xact_id()::text, true);"
        " UPDATE standing SET stamp = replace(gen_random_uuid()::text, '-', ''); END IF;"
        " RETURN NULL; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER standing_{table} AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION standing_changes()"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for name in (f"{table}_{event.lower()}" for event in EVENTS) if sqlite else (table,):
            op.execute(f"DROP TRIGGER standing_{name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION standing_changes()")
    op.drop_table("standing")
