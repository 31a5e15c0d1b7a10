"""What each column of the data files means, in the reader's language."""

from typing import Any

from flask_babel import lazy_gettext as _l

MEANINGS: dict[str, Any] = {
    "body_code": _l("Code of the public body; it never changes."),
    "body_name_en": _l("Name of the public body, in English."),
    "body_name_zh_Hans": _l("Name of the public body, in Chinese."),
    "body_invented": _l("true when the body was invented for demonstration."),
    "service_code": _l("Code of the service that the indicator belongs to, if any."),
    "service_name_en": _l("Name of that service, in English."),
    "service_name_zh_Hans": _l("Name of that service, in Chinese."),
    "indicator_code": _l("Code of the indicator; it never changes."),
    "indicator_name_en": _l("Name of the indicator, in English."),
    "indicator_name_zh_Hans": _l("Name of the indicator, in Chinese."),
    "unit": _l("Unit of target and actual."),
    "direction": _l("Which way is better: up, down, or none."),
    "kind": _l("constrained: set from above; expected: set by the body itself."),
    "period": _l("The time the figure is about: 2023, 2023-24, 2023-Q1 or 2023-04."),
    "target": _l("The target; empty when none was set."),
    "actual": _l("What was achieved; empty when there is no value."),
    "numerator": _l("What the actual was divided from, where it was published."),
    "denominator": _l("What the actual was divided by, where it was published."),
    "obs_status": _l(
        "What the value is worth: a code of SDMX CL_OBS_STATUS (P provisional, E estimated, B break …)."
    ),
    "obs_note": _l("A note on the value; a withdrawn one names the act that withdrew it."),
    "status": _l("met, not-met, no-target, no-result or not-applicable."),
    "notice": _l("under-review while the value is being looked into."),
    "cause": _l(
        "Why this version exists: scheduled, source-correction, upheld-report, self-disclosed, method-change."
    ),
    "version_edition": _l("The edition that published this version of the figure."),
    "replaces_edition": _l("The edition of the version that it replaced."),
    "release": _l("The release that the figure came with."),
    "source": _l("Where the figures of that release come from."),
    "licence": _l("The licence under which you may use them."),
    "edition": _l("The edition of this file."),
}


def meaning(column: str) -> Any:
    return MEANINGS[column]
