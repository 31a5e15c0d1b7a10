"""What goes in through an import comes out in the data file: as text that no spreadsheet runs."""

import csv
import io

from portal.foundation.context import Portal
from portal.publishing.files import write
from portal.publishing.queries.lines import context_of, find_file_head, lines_of
from tests.factories.releases import figures_csv as table
from tests.factories.releases import line, publish
from tests.foundation.corpora import naughty_strings, shared_data


def exported(portal: Portal, edition: int) -> list[dict[str, str]]:
    with portal.database.read() as session:
        head = find_file_head(session, edition)
        assert head is not None
        data = b"".join(write("figures.csv", head, context_of(session, edition), lines_of(session, edition)))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def test_formulas_in_names_and_notes_come_out_as_text(portal: Portal) -> None:
    payloads = (shared_data() / "csv_injection" / "csv-payload.txt").read_text().splitlines()
    lines = [
        line(
            indicator_code=f"i{number}",
            indicator_name=quoted(payload),
            obs_note=quoted(payload),
            unit=quoted(payload),
        )
        for number, payload in enumerate(payloads)
    ]
    rows = exported(portal, publish(portal, table(*lines)))
    assert len(rows) == len(payloads) > 3
    for row, payload in zip(rows, payloads, strict=True):
        for column in ("indicator_name_en", "obs_note", "unit"):
            assert row[column].removeprefix("'") == payload
            assert not row[column].startswith(("=", "+", "-", "@", "\t"))


def test_negative_numbers_stay_numbers(portal: Portal) -> None:
    rows = exported(portal, publish(portal, table(line(target="-5", actual="-0.50"))))
    assert (rows[0]["target"], rows[0]["actual"], rows[0]["status"]) == ("-5", "-0.50", "not-met")


def test_naughty_notes_come_out_as_they_went_in(portal: Portal) -> None:
    kept = [text for text in naughty_strings() if text.strip() == text and text and "\x00" not in text]
    lines = [line(indicator_code=f"i{number:03}", obs_note=quoted(text)) for number, text in enumerate(kept)]
    rows = exported(portal, publish(portal, table(*lines)))
    assert [row["obs_note"].removeprefix("'") for row in rows] == [text.removeprefix("'") for text in kept]


def test_a_unit_in_two_languages_is_written_in_english(portal: Portal) -> None:
    csv_text = table(line()).replace(",obs_note\n", ",obs_note,unit_zh_Hans\n", 1).rstrip("\n") + ",天\n"
    assert exported(portal, publish(portal, csv_text))[0]["unit"] == "days"
