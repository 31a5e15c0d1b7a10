"""A release is prepared by one person and published by another, and holds nothing stale."""

import pytest
from sqlalchemy import func, select

from portal.accounts.queries import is_connected
from portal.audit.models import AuditEntry
from portal.duties.errors import OwnProposal
from portal.duties.queries import signatures_waiting_for
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.publishing import queries
from portal.publishing.errors import NoSuchRelease, Overtaken, ReleaseNotOpen, ReleaseTaken
from portal.publishing.models import Act, Chunk, FigureVersion, StatementRow
from portal.publishing.services import (
    append_waiting,
    discard_release,
    prepare_release,
    publish_release,
    return_release,
)
from portal.publishing.values import Cause, FigureKey, ReleaseState
from tests.factories.accounts import Someone, person
from tests.factories.releases import draft, figures_csv, line, plan, publish

KEY = FigureKey("riverside", "review-days", "2022")


@pytest.fixture
def registrar(portal: Portal) -> Someone:
    return person(portal, roles=["registrar"])


@pytest.fixture
def publisher(portal: Portal) -> Someone:
    return person(portal, roles=["publisher"])


def edition(portal: Portal) -> int:
    with portal.database.read() as session:
        return queries.current_edition(session).n


def prepare(portal: Portal, someone: Someone, slug: str = "review-2022") -> None:
    with portal.database.write() as session:
        prepare_release(session, slug=slug, actor=someone.actor, now=portal.clock.now())


def sign(portal: Portal, someone: Someone, slug: str = "review-2022") -> None:
    with portal.database.write() as session:
        publish_release(session, slug=slug, actor=someone.actor, now=portal.clock.now())


def test_nothing_is_public_before_two_people_signed(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    draft(portal, figures_csv(line()), actor=registrar.actor)
    append_waiting(portal)
    assert edition(portal) == 0
    prepare(portal, registrar)
    append_waiting(portal)
    assert edition(portal) == 0
    sign(portal, publisher)
    append_waiting(portal)
    assert edition(portal) == 1
    with portal.database.read() as session:
        figure = queries.get_figure(session, KEY, edition=1)
        body = queries.get_body(session, "riverside", edition=1)
        release = queries.releases(session, edition=1)[0]
    assert (str(figure.target), str(figure.actual)) == ("12", "8.5")
    assert figure.current.cause is Cause.SCHEDULED
    assert body.names["en"] == "Riverside Building Office"
    assert (release.slug, release.period, release.figures) == ("review-2022", "2022", 1)


def test_the_register_comes_before_the_figures_in_the_act(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    with portal.database.read() as session:
        rows = session.execute(select(StatementRow.kind).order_by(StatementRow.position)).scalars().all()
        first_figure = session.scalar(select(func.min(FigureVersion.position)))
    assert rows == ["body", "service", "indicator", "release"]
    assert first_figure == 4


def test_whoever_prepared_a_release_cannot_publish_it(portal: Portal) -> None:
    both = person(portal, roles=["registrar", "publisher"])
    draft(portal, figures_csv(line()), actor=both.actor)
    prepare(portal, both)
    with pytest.raises(OwnProposal):
        sign(portal, both)
    append_waiting(portal)
    assert edition(portal) == 0


def test_each_half_needs_its_right(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    draft(portal, figures_csv(line()))
    with pytest.raises(Forbidden):
        prepare(portal, publisher)
    prepare(portal, registrar)
    with pytest.raises(Forbidden):
        sign(portal, person(portal, roles=["registrar"]))
    with pytest.raises(Forbidden), portal.database.write() as session:
        discard_release(session, slug="review-2022", actor=publisher.actor, now=portal.clock.now())


def test_a_release_waits_in_the_inbox_of_publishers(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    draft(portal, figures_csv(line()))
    prepare(portal, registrar)
    with portal.database.read() as session:
        waiting = signatures_waiting_for(session, publisher.actor, now=portal.clock.now())
    assert [proposal.address for proposal in waiting] == ["/desk/releases/review-2022"]


def test_everyone_who_touched_the_figures_is_connected_to_the_body(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    publish(portal, figures_csv(line()), registrar=registrar, publisher=publisher)
    now = portal.clock.now()
    with portal.database.read() as session:
        for someone in (registrar, publisher):
            assert is_connected(session, person_id=someone.id, body_code="riverside", at=now)
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("publishing"))).all()
    assert acts == ["publishing.draft", "publishing.prepare", "publishing.publish"]


def test_a_returned_release_is_a_draft_again_and_can_be_discarded_without_trace(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    draft(portal, figures_csv(line()))
    prepare(portal, registrar)
    now = portal.clock.now()
    with portal.database.write() as session:
        return_release(session, slug="review-2022", actor=publisher.actor, now=now)
    with pytest.raises(ReleaseNotOpen):
        sign(portal, publisher)
    with portal.database.write() as session:
        assert queries.get_draft(session, "review-2022").state is ReleaseState.DRAFT
        discard_release(session, slug="review-2022", actor=registrar.actor, now=now)
    with portal.database.read() as session:
        for table in (Act, Chunk, FigureVersion, StatementRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert queries.list_drafts(session) == ()
        with pytest.raises(NoSuchRelease):
            queries.get_draft(session, "review-2022")


def test_a_published_release_is_frozen(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    publish(portal, figures_csv(line()), registrar=registrar, publisher=publisher)
    for act in (prepare, sign):
        with pytest.raises(ReleaseNotOpen):
            act(portal, registrar if act is prepare else publisher)
    with pytest.raises(ReleaseNotOpen), portal.database.write() as session:
        discard_release(session, slug="review-2022", actor=registrar.actor, now=portal.clock.now())
    with pytest.raises(ReleaseTaken):
        plan(portal, figures_csv(line("2023")))


def test_a_draft_overtaken_by_another_release_cannot_be_published(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    draft(portal, figures_csv(line()), "one")
    draft(portal, figures_csv(line(actual="9")), "two")
    prepare(portal, registrar, "one")
    prepare(portal, registrar, "two")
    sign(portal, publisher, "one")
    with pytest.raises(Overtaken):  # already while the first waits for the appender
        sign(portal, publisher, "two")
    append_waiting(portal)
    with pytest.raises(Overtaken):
        sign(portal, publisher, "two")
