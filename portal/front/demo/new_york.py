"""New York's figures, and what its own later report changed in them: nothing here is invented.

The figures are those of early 2023, with the fiscal year 2023 projected. The Mayor's Management Report for fiscal
2026 prints the results of 2023 and says which earlier figures it restates, from what to what, and why.
"""

from pathlib import Path

from portal.publishing.services import ReleaseFacts
from portal.publishing.values import Cause

DATA = Path(__file__).parent / "data"

_REPORT = (
    "City of New York, Mayor's Office of Operations: Mayor's Management Report, fiscal 2026 (17 September 2026), "
    "https://www.nyc.gov/assets/operations/downloads/pdf/mmr2026/2026_mmr.pdf"
)
_LICENCE = "Public report of the City of New York; figures quoted with their pages"

AS_FIRST_PUBLISHED = ReleaseFacts(
    slug="nyc-mmr-2023",
    names={
        "en": "New York City: Mayor's Management Report indicators, fiscal years 2016–2023 (extract)",
        "zh_Hans": "纽约市：市长管理报告指标，2016–2023 财年（节选）",
    },
    source="NYC Mayor's Management Report (NYC Open Data rbed-zzin), as prepared by the Office of the "
    "Comptroller, City of New York, 2023: https://github.com/NYCComptroller/agency-performance-staff-vacancies",
    licence="MIT, © 2023 Office of the Comptroller, City of New York; underlying data public",
)
RESULTS_OF_2023 = ReleaseFacts(
    slug="nyc-mmr-2023-results",
    names={
        "en": "New York City: results of fiscal year 2023 in place of projections (extract)",
        "zh_Hans": "纽约市：2023 财年实际结果，取代推算值（节选）",
    },
    source=_REPORT,
    licence=_LICENCE,
)
RESTATED = ReleaseFacts(
    slug="nyc-mmr-2026-restated",
    names={
        "en": "New York City: figures restated in the report for fiscal 2026 (extract)",
        "zh_Hans": "纽约市：2026 财年报告中重述的数据（节选）",
    },
    source=_REPORT,
    licence=_LICENCE,
)

Later = tuple[ReleaseFacts, Path, Cause | None]
"""A later release, its file, and the cause that lets it change published values (None: projections only)."""

REVISIONS: tuple[Later, ...] = (
    (RESULTS_OF_2023, DATA / "nyc_mmr_results_2023.csv", None),
    (RESTATED, DATA / "nyc_mmr_restated.csv", Cause.METHOD_CHANGE),
)
