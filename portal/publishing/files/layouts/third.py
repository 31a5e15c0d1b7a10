"""Layout 3: adds to ratings how many were satisfied, the change, and what there was to rate; and their groups.

Published: it never changes.
"""

from portal.publishing.files.layouts import second
from portal.publishing.files.tables import Told

_SHARES = """
        very_satisfied_share:number very_satisfied_low:number very_satisfied_high:number
        satisfied_share:number satisfied_low:number satisfied_high:number
        fairly_satisfied_share:number fairly_satisfied_low:number fairly_satisfied_high:number
        dissatisfied_share:number dissatisfied_low:number dissatisfied_high:number
        very_dissatisfied_share:number very_dissatisfied_low:number very_dissatisfied_high:number
"""

TABLES = second.TABLES | {
    "ratings": Told(
        "service_code period",
        f"""
        body_code body_name_en body_name_zh_Hans service_code service_name_en service_name_zh_Hans
        period suppressed:boolean threshold:integer marks:integer
        {_SHARES}
        all_satisfied_share:number all_satisfied_low:number all_satisfied_high:number
        change:number change_low:number change_high:number
        with_code_marks:integer with_code_share:number
        transactions:integer receipts:integer active_rate:number
        version_edition:integer licence edition:integer
        """,
    ),
    "ratinggroups": Told(
        "entry code period split_by part",
        f"""
        entry code name_en name_zh_Hans body_code
        period split_by part covers suppressed:boolean marks:integer
        {_SHARES}
        version_edition:integer licence edition:integer
        """,
    ),
}
