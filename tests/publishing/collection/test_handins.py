"""Before the release nobody learns a value from its hand-in; after it nobody can say it was another one."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.foundation.ids import random_bytes
from portal.publishing.collecting import Entry
from portal.publishing.log.commitments import commit, opens
from portal.publishing.models import Chunk, CoverageMark, FigureVersion, LogEntry, SaltedText
from portal.publishing.queries import figures_of, get_figure
from portal.publishing.queries.rounds import handed_versions
from portal.publishing.store import LogStore
from portal.publishing.values import FigureKey
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.source import Refuted
from portal.publishing.verification.verify import verify
from tests.conftest import new_client
from tests.factories.publishing import append, figure
from tests.factories.rounds import BODY, CHECKED, DAYS, ROUND, Collecting

KEY = FigureKey(BODY, DAYS, "2025")
NOTE = "Withdrawn requests are counted."


def check(house: Collecting) -> None:
    with house.portal.database.read() as session:
        verify(OwnSource(session, LogStore(house.portal.settings.var)))


def handed_in(house: Collecting) -> None:
    house.open()
    house.hand_in(review_days=Entry(actual="8.53", note=NOTE), unsafe_checked=Entry(target="90", actual="91.97"))


def everything_public(house: Collecting) -> str:
    """Every public address there is about the round, the body and the log, as one text."""
    client = new_client(house.portal)
    addresses = ["/", "/bodies", f"/bodies/{BODY}", f"/bodies/{BODY}.json", "/indicators", f"/indicators/{DAYS}"]
    addresses += [f"/bodies/{BODY}/indicators/{DAYS}.json", "/corrections.csv", "/releases", "/search?q=riverside"]
    addresses += ["/coverage", "/coverage.json", "/coverage.csv", f"/coverage?body={BODY}"]
    addresses += [f"/coverage/rounds/{ROUND}", f"/coverage/rounds/{ROUND}.json"]
    with house.portal.database.read() as session:
        size = len(session.scalars(select(LogEntry.n)).all())
        chunks = session.scalars(select(Chunk.sha256)).all()
        texts = session.scalars(select(SaltedText.digest)).all()
    addresses += [f"/log/entries/{n}" for n in range(1, size + 1)] + [f"/log/chunks/{one}" for one in chunks]
    addresses += [f"/log/texts/{one}" for one in texts]
    addresses += [f"/data/editions/{size}/figures.{form}" for form in ("csv", "json")]
    return "\n".join(client.get(address).get_data(as_text=True) for address in addresses)


def test_before_the_release_no_public_address_tells_anything_of_a_value(house: Collecting) -> None:
    handed_in(house)
    public = everything_public(house)
    with house.portal.database.read() as session:
        version = handed_versions(session, ROUND, BODY, DAYS)[0]
    assert version.commitment in public
    for secret in ("8.53", "91.97", NOTE, version.salt.hex(), house.editor.name, house.signer.name):
        assert secret not in public
    assert house.editor.id not in public


def test_the_log_does_not_tell_equal_values_from_different_ones(house: Collecting) -> None:
    """A value that is 0 or 1 cannot be tried: the salt alone has 256 bits, and is new each time."""
    said = {"t": "value", "actual": "0"}
    one, other = random_bytes(32), random_bytes(32)
    assert commit(one, said) != commit(other, said)
    with pytest.raises(ValueError, match="32 bytes"):
        commit(b"short", said)
    assert not opens(commit(one, said), other.hex(), said)
    assert not opens(commit(one, said), "no hex", said)
    handed_in(house)
    with house.portal.database.read() as session:
        versions = handed_versions(session, ROUND, BODY, DAYS) + handed_versions(session, ROUND, BODY, CHECKED)
    assert all(len(one.salt) == 32 for one in versions)
    assert len({one.salt for one in versions}) == 2


def test_after_the_release_the_figure_opens_its_commitment(house: Collecting) -> None:
    handed_in(house)
    house.accept()
    edition = house.release()
    with house.portal.database.read() as session:
        found = get_figure(session, KEY, edition=edition)
    handin = found.current.handin
    assert handin is not None
    assert handin.edition == 2
    assert handin.said is not None
    assert handin.said["actual"] == "8.53"
    assert found.current.note is not None
    assert found.current.note.text == NOTE
    check(house)


def test_a_value_the_office_changed_stays_beside_what_was_handed_in(house: Collecting) -> None:
    handed_in(house)
    house.settle(DAYS, Entry(actual="9.1", target="12"), "Two requests were counted twice.")
    house.accept(CHECKED)
    edition = house.release()
    with house.portal.database.read() as session:
        found = get_figure(session, KEY, edition=edition)
    assert str(found.actual) == "9.1"
    assert found.current.note is not None
    assert found.current.note.text == "Two requests were counted twice."
    assert found.current.handin is not None
    assert found.current.handin.changed == {"actual": ("8.53", "9.1")}
    assert str(found.target) == "12"
    check(house)


def test_a_suppressed_value_is_never_opened(house: Collecting) -> None:
    house.open()
    house.hand_in(
        review_days=Entry(actual="3.21", obs_status="Q"), unsafe_checked=Entry(target="90", actual="91.9")
    )
    house.accept()
    edition = house.release()
    with house.portal.database.read() as session:
        found = {str(one.key): one for one in figures_of(session, BODY, edition=edition)}[str(KEY)]
    assert found.actual is None
    assert found.current.handin is not None
    assert found.current.handin.said is None
    assert "3.21" not in everything_public(house)
    check(house)


def tampered(house: Collecting, **changes: Any) -> str:
    """Publish a figure whose hand-in was changed, as a dishonest office would; what the verifier says."""
    handed_in(house)
    with house.portal.database.read() as session:
        version = handed_versions(session, ROUND, BODY, DAYS)[0]
    honest = {"edition": 2, "salt": version.salt.hex(), "said": version.said}
    said = {**version.said, **changes.pop("said", {})}
    append(
        house.portal,
        figure(
            body=BODY,
            indicator=DAYS,
            period="2025",
            note=version.said["note"],
            handin={**honest, "said": said, **changes},
        ),
    )
    with pytest.raises(Refuted) as refuted:
        check(house)
    return str(refuted.value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"said": {"actual": "8.35"}}, "is not the one that act 2 committed to"),
        ({"salt": "00" * 32}, "is not the one that act 2 committed to"),
        ({"edition": 1}, "the last to do so is act 2"),
        ({"said": {"indicator": CHECKED}}, "handed in for another figure"),
        ({"said": {"number": 2}}, "handed in for another figure, or another time"),
    ],
)
def test_a_hand_in_that_was_changed_is_named(house: Collecting, changes: dict[str, Any], named: str) -> None:
    found = tampered(house, **changes)
    assert str(KEY) in found
    assert named in found


def test_an_invented_hand_in_is_named(house: Collecting) -> None:
    append(house.portal, figure(handin={"edition": 1, "salt": "00" * 32, "said": {"actual": "1"}}))
    with pytest.raises(Refuted, match="no act did"):
        check(house)


def test_changing_what_was_handed_in_inside_the_database_is_caught(house: Collecting) -> None:
    handed_in(house)
    house.accept()
    house.release()
    with house.portal.database.write() as session:
        row = session.scalars(select(FigureVersion).where(FigureVersion.indicator == DAYS)).one()
        row.handin = json.loads(json.dumps(row.handin).replace("8.53", "8.35"))
    with pytest.raises(Refuted, match="the database shows something else"):
        check(house)


def test_hiding_a_late_return_inside_the_database_is_caught(house: Collecting) -> None:
    handed_in(house)
    with house.portal.database.write() as session:
        session.execute(update(CoverageMark).values(state="published"))
    with pytest.raises(Refuted, match="the database shows something else"):
        check(house)
