"""What the search finds things by: an index over names and words, and what each act says of which indicator.

On SQLite the index is an FTS5 table that triggers keep with `statement`; whoever makes that table anew must
make the triggers anew. On PostgreSQL it is two indexes over the same columns.
"""

import json

import sqlalchemy as sa
from alembic import op

from portal.publishing.words import SEARCHED, searchable, title

revision = "0013_search"
down_revision = "0012_collection"
branch_labels = None
depends_on = None


def code(length: int) -> sa.types.TypeEngine:
    """Codes sort by code point on both engines."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("statement", sa.Column("title", sa.Text))
    op.create_table(
        "act_measure",
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("indicator", code(80), nullable=False),
        sa.Column("targets", sa.Integer, nullable=False),
        sa.Column("years", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("indicator", "act_id", name="pk_act_measure"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_act_measure_act_id_act"),
    )
    op.create_index("ix_act_measure_act_id", "act_measure", ["act_id"])
    _fill()
    if op.get_bind().dialect.name == "sqlite":
        _index_with_fts5()
    else:
        for column in ("title", "words"):
            op.execute(
                f"CREATE INDEX search_statement_{column} ON statement"
                f" USING gin (to_tsvector('simple', {column})) WHERE title IS NOT NULL"
            )


def _fill() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT id, payload FROM statement WHERE kind IN :kinds").bindparams(
            sa.bindparam("kinds", SEARCHED, expanding=True)
        )
    )
    said = [(row[0], json.loads(row[1])) for row in rows]
    if said:
        connection.execute(
            sa.text("UPDATE statement SET title = :title, words = :words WHERE id = :id"),
            [{"id": at, "title": title(one), "words": searchable(one)} for at, one in said],
        )
    years = "group_concat(DISTINCT substr(period, 1, 4))"
    if connection.dialect.name == "postgresql":
        years = "string_agg(DISTINCT substr(period, 1, 4), ',')"
    measures = f"SELECT act_id, indicator, count(target), {years} FROM figure_version"  # noqa: S608  (our own words)
    op.execute(
        f"INSERT INTO act_measure (act_id, indicator, targets, years) {measures} GROUP BY act_id, indicator"
    )


def _index_with_fts5() -> None:
    # the words are folded and parted by us, so that "ascii", which splits at spaces alone, fits every script
    op.execute(
        "CREATE VIRTUAL TABLE search_statement USING fts5("
        "title, words, content='statement', content_rowid='id', tokenize='ascii', prefix='1 2 3')"
    )
    op.execute(
        "INSERT INTO search_statement (rowid, title, words)"
        " SELECT id, title, words FROM statement WHERE title IS NOT NULL"
    )
    op.execute(
        "CREATE TRIGGER search_statement_in AFTER INSERT ON statement WHEN new.title IS NOT NULL BEGIN"
        " INSERT INTO search_statement (rowid, title, words) VALUES (new.id, new.title, new.words); END"
    )
    op.execute(
        "CREATE TRIGGER search_statement_out AFTER DELETE ON statement WHEN old.title IS NOT NULL BEGIN"
        " INSERT INTO search_statement (search_statement, rowid, title, words)"
        " VALUES ('delete', old.id, old.title, old.words); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER search_statement_out")
        op.execute("DROP TRIGGER search_statement_in")
        op.execute("DROP TABLE search_statement")
    else:
        for column in ("title", "words"):
            op.execute(f"DROP INDEX search_statement_{column}")
    op.drop_table("act_measure")
    op.drop_column("statement", "title")
