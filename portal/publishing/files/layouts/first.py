"""Layout 1: of every edition before the log names another. Published: it never changes."""

from portal.publishing.files.tables import Told

TABLES = {
    "figures": Told(
        "body_code indicator_code period",
        """
        body_code body_name_en body_name_zh_Hans body_invented:boolean
        service_code service_name_en service_name_zh_Hans
        indicator_code indicator_name_en indicator_name_zh_Hans unit direction kind period
        target:number actual:number numerator:number denominator:number
        obs_status obs_note status notice cause
        version_edition:integer replaces_edition:integer release source licence edition:integer
        """,
    ),
    "ratings": Told(
        "service_code period",
        """
        body_code body_name_en body_name_zh_Hans service_code service_name_en service_name_zh_Hans
        period suppressed:boolean marks:integer
        very_satisfied_share:number very_satisfied_low:number very_satisfied_high:number
        satisfied_share:number satisfied_low:number satisfied_high:number
        fairly_satisfied_share:number fairly_satisfied_low:number fairly_satisfied_high:number
        dissatisfied_share:number dissatisfied_low:number dissatisfied_high:number
        very_dissatisfied_share:number very_dissatisfied_low:number very_dissatisfied_high:number
        version_edition:integer licence edition:integer
        """,
    ),
    "corrections": Told(
        "what body_code indicator_code period part new_edition",
        """
        what body_code body_name_en body_name_zh_Hans
        indicator_code indicator_name_en indicator_name_zh_Hans period part old new
        old_number:number new_number:number cause note corrected_at:moment
        old_edition:integer new_edition:integer licence edition:integer
        """,
    ),
    "register": Told(
        "entry code",
        """
        entry code name_en name_zh_Hans body_code parent_code level invented:boolean
        code_uscc code_gbt2260 other_codes valid_from ended_on ended_how followed_by former_names
        service_code part_of definition_en definition_zh_Hans criteria_en criteria_zh_Hans unit_en unit_zh_Hans
        direction kind weight:number version_edition:integer licence edition:integer
        """,
    ),
    "changes": Told(
        "",
        """
        what change body_code body_name_en body_name_zh_Hans
        service_code indicator_code indicator_name_en indicator_name_zh_Hans period
        old_target:number new_target:number old_actual:number new_actual:number
        old_numerator:number new_numerator:number old_denominator:number new_denominator:number
        old_obs_status new_obs_status old_notice new_notice parts cause
        old_edition:integer new_edition:integer from_edition:integer to_edition:integer
        """,
    ),
}
