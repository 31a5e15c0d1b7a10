"""Small numbers of a real survey that came hidden: if these failed, a word such as "FEWER THAN 50" would turn
into a number that somebody could add up.
"""

import csv
from collections import Counter

from portal.foundation.tables import parse_table
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import SHIPPED, load_mapping
from tests.foundation.corpora import shared_data

WORDS = {"FEWER THAN 50", "Fewer than 100", "Between 100 and 299", "300 or more"}


def test_hidden_numbers_stay_hidden_and_the_others_are_themselves() -> None:
    with (shared_data() / "hcahps" / "responses.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *lines = list(csv.reader(file))
    some = lines[::60]  # all kinds of cells of the 43,000 are among them
    text = "\n".join(",".join(line) for line in (header, *some))
    mapping = load_mapping(SHIPPED / "hcahps_responses.toml")
    checked = check_table(parse_table("responses.csv", text.encode()), mapping)
    found: Counter[tuple[str, str | None]] = Counter()
    for figure in checked.figures.values():
        source = some[figure.row - 2][3]
        assert figure.actual == (source if source.isdecimal() else None)
        found[
            "hidden" if source in WORDS else source if not source.isdecimal() else "number", figure.obs_status
        ] += 1
    assert {status for kind, status in found if kind == "hidden"} == {"Q"}
    assert {kind for kind, status in found if status == "Q"} == {"hidden"}
    assert {some[figure.row - 2][3] for figure in checked.figures.values()} >= WORDS
    assert sum(found.values()) == len(some)
