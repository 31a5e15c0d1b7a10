"""The fields of a line of figures (DESIGN §4), under their own names."""

REQUIRED = ("body_code", "indicator_code", "period")
NUMBERS = ("target", "actual", "numerator", "denominator")
FIELDS = (
    "body_code",
    "body_name",
    "service_code",
    "service_name",
    "indicator_code",
    "indicator_name",
    "unit",
    "direction",
    "kind",
    "period",
    *NUMBERS,
    "obs_status",
    "obs_note",
)
# Not among the published columns, but understood where a file has them.
MORE_FIELDS = (
    "body_name_en",
    "body_name_zh_Hans",
    "service_name_en",
    "service_name_zh_Hans",
    "indicator_name_en",
    "indicator_name_zh_Hans",
    "unit_en",
    "unit_zh_Hans",
    "definition",
    "definition_en",
    "definition_zh_Hans",
)
ALL_FIELDS = frozenset(FIELDS + MORE_FIELDS)
