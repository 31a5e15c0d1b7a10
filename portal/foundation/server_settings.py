"""Where a PostgreSQL server keeps moments that our rows do not: they hold days, and no time of a report.

Its log of statements, what it remembers of each transaction, and an archive of its write-ahead log, in which every
commit stands with its microsecond, would tell when each report came.
"""

from collections.abc import Mapping

from sqlalchemy import bindparam, text

from portal.foundation.db import Database

KEEPS_NOTHING: Mapping[str, frozenset[str]] = {
    "archive_mode": frozenset({"off"}),
    "log_duration": frozenset({"off"}),
    "log_min_duration_sample": frozenset({"-1"}),
    "log_min_duration_statement": frozenset({"-1"}),
    "log_parameter_max_length_on_error": frozenset({"0"}),
    "log_statement": frozenset({"none", "ddl"}),
    "track_commit_timestamp": frozenset({"off"}),
}
"""Each such setting, and the values with which it keeps nothing."""
_ASKED = text("SELECT name, setting FROM pg_settings WHERE name IN :names ORDER BY name").bindparams(
    bindparam("names", expanding=True)
)


def keeping_moments(database: Database) -> tuple[str, ...]:
    """The settings of the server, as they hold for us, that would tell when a report came; none in a file."""
    if database.is_sqlite:
        return ()
    with database.engine.connect() as connection:
        found = connection.execute(_ASKED, {"names": sorted(KEEPS_NOTHING)})
        return tuple(name for name, value in found if value not in KEEPS_NOTHING[name])
