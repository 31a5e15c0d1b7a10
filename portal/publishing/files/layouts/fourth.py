"""Layout 4: adds how bodies answered people who rated low. Published: it never changes."""

from portal.publishing.files.layouts import third
from portal.publishing.files.tables import Told

TABLES = third.TABLES | {
    "answers": Told(
        "service_code period",
        """
        body_code body_name_en body_name_zh_Hans service_code service_name_en service_name_zh_Hans
        period as_of threshold:integer asked:integer
        in_time:integer late:integer waiting:integer overdue:integer
        explained:integer claimed:integer confirmed:integer elapsed:integer disputed:integer
        version_edition:integer licence edition:integer
        """,
    ),
}
