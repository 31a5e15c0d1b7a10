"""Layout 5: adds how each body answered people who rated low, over its services together. Published: it never
changes."""

from portal.publishing.files.layouts import fourth
from portal.publishing.files.tables import Told

TABLES = fourth.TABLES | {
    "bodyanswers": Told(
        "body_code period",
        """
        body_code body_name_en body_name_zh_Hans period as_of threshold:integer covers asked:integer
        in_time:integer late:integer waiting:integer overdue:integer
        explained:integer claimed:integer confirmed:integer elapsed:integer disputed:integer
        version_edition:integer licence edition:integer
        """,
    ),
}
