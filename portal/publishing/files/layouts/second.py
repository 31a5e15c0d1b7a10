"""Layout 2: adds who handed figures in, when, and the proof of it. Published: it never changes."""

from portal.publishing.files.layouts import first
from portal.publishing.files.tables import Told

TABLES = first.TABLES | {
    "figures": Told(
        "body_code indicator_code period",
        """
        body_code body_name_en body_name_zh_Hans body_invented:boolean
        service_code service_name_en service_name_zh_Hans
        indicator_code indicator_name_en indicator_name_zh_Hans unit direction kind period
        target:number actual:number numerator:number denominator:number
        obs_status obs_note status notice cause
        version_edition:integer published_at:moment replaces_edition:integer
        handin_edition:integer handed_in_at:moment release source licence edition:integer
        """,
    ),
    "handins": Told(
        "body_code indicator_code period handin_edition",
        """
        body_code body_name_en body_name_zh_Hans
        indicator_code indicator_name_en indicator_name_zh_Hans period round number:integer
        handed_in_at:moment late:boolean state target:number actual:number numerator:number denominator:number
        obs_status changed published_edition:integer published_at:moment release
        commitment salt said handin_edition:integer licence edition:integer
        """,
    ),
}
