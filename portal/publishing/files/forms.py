"""In which forms a table is given, and what stands beside the tables: the same in every layout."""

FORMS = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
FROM_THE_LOG = ("csv", "json")
"""The forms that follow from the log alone, byte for byte."""

KEPT = ("xlsx", "parquet")
"""The forms whose bytes depend on a library: made once, and kept."""

PACKAGE = "datapackage.json"
SUMS = "SHA256SUMS"
