"""What each column of the data files means: the one data dictionary, for pages, workbooks and descriptions."""

from portal.foundation.i18n import N_

WHOLE = N_("Published performance figures")
RELEASES = N_("Releases")
ABOUT_RELEASES = N_("Figures as they stood at each release: one data set for each.")
OF_A_RELEASE = N_("All published figures as they stood when this release was published.")
LICENCE_BY_ROW = N_("Figures are under the licence of their release, which stands in each row.")
KEYWORDS = (N_("public administration"), N_("performance evaluation"), N_("targets"))
TITLES = {
    "figures": N_("Figures"),
    "ratings": N_("Ratings"),
    "ratinggroups": N_("Ratings part by part"),
    "answers": N_("Answers to low ratings"),
    "bodyanswers": N_("Answers to low ratings, body by body"),
    "corrections": N_("Corrections"),
    "register": N_("Register"),
    "handins": N_("Hand-ins"),
}
ABOUT = {
    "figures": N_("The newest version of every published figure, with its target, status, source and licence."),
    "ratings": N_("What the marks of each service came to, month by month, with their 95 per cent intervals."),
    "ratinggroups": N_(
        "Each body's services together, and each service by channel, by rating code and by further question."
    ),
    "answers": N_("How bodies answered people who rated a service low and asked for an answer, month by month."),
    "bodyanswers": N_("The same of each body's services together."),
    "corrections": N_("Everything published that was replaced: old and new, why, when, in which editions."),
    "register": N_("The public bodies, services and indicators, as last published."),
    "handins": N_("Each value that a body handed in: when, what was published of it and when, and the proof."),
}
_SHARE = N_("Share of the marks with this level, from 0 to 1; _low and _high: its 95 per cent interval (Wilson).")
_ANSWERS = {
    "period": N_("The month since which the body has owed these answers."),
    "as_of": N_("The day on which it stood so."),
    "threshold": N_("Where fewer people asked in a month, there is no row."),
    "asked": N_("How many people asked for an answer: in_time, late, waiting and overdue together."),
    "in_time": N_("How many were answered in the set time."),
    "late": N_("How many were answered after it."),
    "waiting": N_("How many were not answered yet while there was time left."),
    "overdue": N_("How many were not answered although the set time had passed."),
    "explained": N_("Of those answered: how many were told why it was so."),
    "claimed": N_("Of those answered: fixed, as the body says; the person has not spoken yet."),
    "confirmed": N_("Of those answered: fixed, as the person who rated confirmed."),
    "elapsed": N_("Of those answered: they count as fixed because a set time passed; nobody confirmed it."),
    "disputed": N_("Of those answered: fixed, as the body says; the person said twice that it is not."),
}
_LEVEL_SHARES = {
    f"{level}_{part}": _SHARE
    for level in ("very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "very_dissatisfied")
    for part in ("share", "low", "high")
}
_ALL_SATISFIED = N_("Share of the three upper levels; _low and _high: its 95 per cent interval (Wilson).")
_CHANGE = N_(
    "Difference of that share from the month before; _low and _high: its 95 per cent interval (Newcombe). "
    "Where that holds 0, no change can be told."
)
_EDITION_OF_VERSION = N_("The edition that published this version.")

_EVERYWHERE = {
    "body_code": N_("Code of the public body; it never changes."),
    "body_name_en": N_("Name of the public body, in English."),
    "body_name_zh_Hans": N_("Name of the public body, in Chinese."),
    "service_code": N_("Code of the service that the indicator belongs to, if any."),
    "service_name_en": N_("Name of that service, in English."),
    "service_name_zh_Hans": N_("Name of that service, in Chinese."),
    "indicator_code": N_("Code of the indicator; it never changes."),
    "indicator_name_en": N_("Name of the indicator, in English."),
    "indicator_name_zh_Hans": N_("Name of the indicator, in Chinese."),
    "direction": N_("Which way is better: up, down, or none."),
    "kind": N_("constrained: set from above; expected: set by the body itself."),
    "period": N_("The time the figure is about: 2023, 2023-24, 2023-Q1 or 2023-04."),
    "cause": N_(
        "Why this version exists: scheduled, source-correction, upheld-report, self-disclosed, method-change."
    ),
    "version_edition": _EDITION_OF_VERSION,
    "licence": N_("The licence under which you may use them."),
    "edition": N_("The edition of this file."),
}
_IN = {
    "figures": {
        "body_invented": N_("true when the body was invented for demonstration."),
        "unit": N_("Unit of target and actual."),
        "target": N_("The target; empty when none was set."),
        "actual": N_("What was achieved; empty when there is no value."),
        "numerator": N_("What the actual was divided from, where it was published."),
        "denominator": N_("What the actual was divided by, where it was published."),
        "obs_status": N_(
            "What the value is worth: a code of SDMX CL_OBS_STATUS (P provisional, E estimated, B break …)."
        ),
        "obs_note": N_("A note on the value; a withdrawn one names the act that withdrew it."),
        "status": N_("met, not-met, no-target, no-result or not-applicable."),
        "notice": N_(
            "under-review while the value is being looked into, or was found wrong and is not corrected yet; "
            "withdrawn when nobody vouches for it any more; empty otherwise."
        ),
        "version_edition": N_("The edition that published this version of the figure."),
        "published_at": N_("When this version was published (UTC)."),
        "replaces_edition": N_("The edition of the version that it replaced."),
        "handin_edition": N_(
            "The edition in which the body handed this value in; empty when it came another way."
        ),
        "handed_in_at": N_("When the body handed it in (UTC)."),
        "release": N_("The release that the figure came with."),
        "source": N_("Where the figures of that release come from."),
    },
    "ratings": {
        "service_code": N_("Code of the service; it never changes."),
        "period": N_("The month the marks were given in."),
        "suppressed": N_("true when there were too few marks to show anything."),
        "marks": N_("How many marks were counted."),
        **_LEVEL_SHARES,
        "threshold": N_("With fewer marks than this nothing is shown."),
        "all_satisfied_share": _ALL_SATISFIED,
        "all_satisfied_low": _ALL_SATISFIED,
        "all_satisfied_high": _ALL_SATISFIED,
        "change": _CHANGE,
        "change_low": _CHANGE,
        "change_high": _CHANGE,
        "with_code_marks": N_("How many marks came with a rating code; empty when that is not shown."),
        "with_code_share": N_("The share of the marks that came with a rating code."),
        "transactions": N_("How many matters of the service were settled in the month, as another source counts."),
        "receipts": N_("How many rating codes the office handed out for the service in the month."),
        "active_rate": N_("Marks divided by matters settled. Who did not rate is counted in no answer."),
    },
    "ratinggroups": {
        "entry": N_("body: its services together; service."),
        "code": N_("Its code; it never changes."),
        "name_en": N_("Its name, in English."),
        "name_zh_Hans": N_("Its name, in Chinese."),
        "period": N_("The month the marks were given in."),
        "split_by": N_("channel, code or question; all for a body's services together."),
        "part": N_("Which part: a channel, with or without a rating code, a further question; all."),
        "covers": N_("all: the sum is over all services; shown: over those whose own numbers are shown."),
        "suppressed": N_("true when the part is not shown, so that no small one can be worked out."),
        "marks": N_("How many marks were counted."),
        **_LEVEL_SHARES,
    },
    "answers": {
        "service_code": N_("Code of the service; it never changes."),
        **_ANSWERS,
    },
    "bodyanswers": {
        "covers": N_("all: the sum is over all services; shown: over those whose own answers are shown."),
        **_ANSWERS,
    },
    "corrections": {
        "what": N_("figure, or indicator for a changed entry of the register."),
        "part": N_("What was changed: actual, target, numerator, denominator, obs_status, or part of the entry."),
        "old": N_("What it was, as published; empty when there was nothing."),
        "new": N_("What it is, as published; empty when there is nothing any more."),
        "old_number": N_("What it was, when that is a number."),
        "new_number": N_("What it is, when that is a number."),
        "note": N_("The explanation published with it; a withdrawn one names the act that withdrew it."),
        "corrected_at": N_("When the correction was published (UTC)."),
        "old_edition": N_("The edition that published what it was."),
        "new_edition": N_("The edition that published what it is."),
    },
    "register": {
        "entry": N_("body, service or indicator."),
        "code": N_("Its code; it never changes."),
        "name_en": N_("Its name, in English."),
        "name_zh_Hans": N_("Its name, in Chinese."),
        "body_code": N_("The body that a service or an indicator belongs to; empty for what all share."),
        "parent_code": N_("The body above this one."),
        "level": N_("Tier of government: national, province, city, county, township or unstated."),
        "invented": N_("true when the body was invented for demonstration."),
        "code_uscc": N_("Unified social credit code of the body (GB 32100-2015)."),
        "code_gbt2260": N_("Code of the administrative division (GB/T 2260)."),
        "other_codes": N_("Codes of other schemes, as scheme:code, with spaces between them."),
        "valid_from": N_("The first day of the body, where it is known."),
        "ended_on": N_("The first day on which the body no longer was."),
        "ended_how": N_("merged, split, renamed or dissolved."),
        "followed_by": N_("Codes of the bodies that follow it, with spaces between them."),
        "former_names": N_("Names it had before, each with the first day of the name that followed."),
        "part_of": N_("The superior indicator that this one is a part of."),
        "criteria_en": N_("How the indicator is judged, in English."),
        "criteria_zh_Hans": N_("How the indicator is judged, in Chinese."),
        "service_code": N_("The service that an indicator belongs to, if any."),
        "definition_en": N_("What the indicator counts, in English."),
        "definition_zh_Hans": N_("What the indicator counts, in Chinese."),
        "unit_en": N_("Unit of the indicator, in English."),
        "unit_zh_Hans": N_("Unit of the indicator, in Chinese."),
        "weight": N_("Share of the indicator among those of its body, in per cent, where one is settled."),
        "version_edition": N_("The edition that last changed the entry."),
    },
    "handins": {
        "round": N_("Code of the collection round that asked for the value."),
        "number": N_("How often the body has handed this value in."),
        "handed_in_at": N_("When the body handed it in (UTC)."),
        "late": N_("true when it came after the day it was due."),
        "state": N_(
            "opened: published with what was handed in; closed: published, but confidential; superseded: handed "
            "in anew before it was published; waiting: not published yet."
        ),
        "target": N_("The target, as handed in."),
        "actual": N_("What was achieved, as handed in."),
        "numerator": N_("What the actual was divided from, as handed in."),
        "denominator": N_("What the actual was divided by, as handed in."),
        "obs_status": N_("What the value is worth, as handed in: a code of SDMX CL_OBS_STATUS."),
        "changed": N_("What the office published otherwise, with spaces between; empty when nothing."),
        "published_edition": N_("The edition that published the value."),
        "published_at": N_("When the value was published (UTC)."),
        "release": N_("The release that published it."),
        "commitment": N_("What the log has held since the hand-in: SHA-256 of salt and said, in hex."),
        "salt": N_("The 32 random bytes in front of said, in hex; published together with the value."),
        "said": N_("The value as it was handed in, byte for byte as it was committed to."),
        "handin_edition": N_("The edition in which the body handed it in."),
    },
}


def meaning(table: str, column: str) -> str:
    """What a column means, in English (a message to translate). Raises KeyError for a column without one."""
    own = _IN[table]
    return own[column] if column in own else _EVERYWHERE[column]
