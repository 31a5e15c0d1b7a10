"""Outside codes and succession of bodies, parts of totals; uploads, what was odd in them, saved mappings."""

import sqlalchemy as sa
from alembic import op

revision = "0014_imports"
down_revision = "0013_search"
branch_labels = None
depends_on = None

MOMENT = sa.String(27)
ID = sa.String(26)


def code(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def json(name: str, empty: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=empty)


def needed(name: str, kind: object) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    for column in (
        json("codes", "{}"),
        sa.Column("valid_from", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.Column("ended_how", sa.String(16)),
        json("successors", "[]"),
        json("former", "[]"),
    ):
        op.add_column("body", column)
    op.add_column("indicator", sa.Column("part_of", sa.String(80)))
    op.create_table(
        "import_record",
        needed("slug", code(80)),
        needed("file", sa.Text),
        needed("digest", sa.String(64)),
        needed("mapping", sa.Text),
        sa.Column("cause", sa.String(32)),
        sa.Column("absent", sa.String(16)),
        needed("reason", sa.Text),
        needed("totals", sa.Text),
        needed("left_out", sa.Integer),
        sa.PrimaryKeyConstraint("slug", name="pk_import_record"),
    )
    op.create_table(
        "import_concern",
        needed("owner", code(80)),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        needed("kind", sa.String(32)),
        needed("row", sa.Integer),
        needed("column", sa.Text),
        needed("found", sa.Text),
        needed("says", sa.Text),
        sa.PrimaryKeyConstraint("owner", "position", name="pk_import_concern"),
    )
    op.create_table(
        "upload",
        needed("id", ID),
        needed("file", sa.Text),
        needed("data", sa.LargeBinary),
        needed("facts", sa.Text),
        needed("mapping", sa.Text),
        needed("mapping_name", sa.Text),
        needed("counts", sa.Text),
        sa.Column("against", sa.Integer),
        needed("by", ID),
        needed("at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
    )
    op.create_index("ix_upload_at", "upload", ["at"])
    op.create_table(
        "upload_change",
        needed("upload_id", ID),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        needed("kind", sa.String(16)),
        needed("body", code(80)),
        needed("indicator", code(80)),
        needed("period", code(20)),
        needed("old", sa.Text),
        needed("new", sa.Text),
        needed("row", sa.Integer),
        sa.PrimaryKeyConstraint("upload_id", "position", name="pk_upload_change"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_upload_change_upload_id_upload"),
    )
    op.create_index("ix_upload_change_upload_id_kind", "upload_change", ["upload_id", "kind"])
    op.create_table(
        "saved_mapping",
        needed("code", code(80)),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", code(80)),
        needed("name", sa.Text),
        needed("toml", sa.Text),
        needed("made_by", ID),
        needed("made_at", MOMENT),
        sa.PrimaryKeyConstraint("code", "version", name="pk_saved_mapping"),
    )


def downgrade() -> None:
    for table in ("saved_mapping", "upload_change", "upload", "import_concern", "import_record"):
        op.drop_table(table)
    op.drop_column("indicator", "part_of")
    for name in ("former", "successors", "ended_how", "ended_on", "valid_from", "codes"):
        op.drop_column("body", name)
