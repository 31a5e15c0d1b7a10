"""Canada's service standards as they stood on three days: what came late, and what was taken back.

The Treasury Board replaces one file of a year again and again. Laid beside each other, its states of 30 December
2024, 7 January and 24 January 2025 show two results that were given and then withdrawn, and fourteen targets that
were filed more than three weeks after the rest. Nothing here is invented.
"""

from portal.front.demo.new_york import DATA, Later
from portal.publishing.services import ReleaseFacts
from portal.publishing.values import Cause

MAPPING = "canada_service_standards.toml"
_LICENCE = "Open Government Licence – Canada"


def _as_of(day: str, names: dict[str, str]) -> ReleaseFacts:
    return ReleaseFacts(
        slug=f"canada-standards-2023-24-{day}",
        names=names,
        source="GC Service Inventory: service standards, Treasury Board of Canada Secretariat, as it stood in GC "
        f"InfoBase on {day}: https://github.com/TBS-EACPD/infobase. Contains information licensed under the Open "
        "Government Licence – Canada.",
        licence=_LICENCE,
    )


AS_FIRST_PUBLISHED = _as_of(
    "2024-12-30",
    {
        "en": "Canada: service standards 2023-24, as of 30 December 2024 (extract)",
        "zh_Hans": "加拿大：2023–24 财年服务标准，截至 2024 年 12 月 30 日（节选）",
    },
)
FIRST_FILE = DATA / "canada_standards_2024-12-30.csv"

REVISIONS: tuple[Later, ...] = (
    (
        _as_of(
            "2025-01-07",
            {
                "en": "Canada: service standards, two results taken back by 7 January 2025 (extract)",
                "zh_Hans": "加拿大：服务标准，截至 2025 年 1 月 7 日撤回的两项结果（节选）",
            },
        ),
        DATA / "canada_standards_2025-01-07.csv",
        Cause.SOURCE_CORRECTION,
    ),
    (
        _as_of(
            "2025-01-24",
            {
                "en": "Canada: service standards 2023-24, targets filed by 24 January 2025 (extract)",
                "zh_Hans": "加拿大：2023–24 财年服务标准，截至 2025 年 1 月 24 日补报的目标（节选）",
            },
        ),
        DATA / "canada_standards_2025-01-24.csv",
        None,
    ),
)
