"""From a doubted figure to its correction in public: the line of a case through the pages."""

from portal.cases.queries import upheld_for_evaluation
from portal.cases.values import Finding
from portal.foundation.context import Portal
from portal.publishing import queries as published
from portal.publishing.services import append_waiting, approve_correction
from portal.publishing.values import FigureKey
from tests.factories.cases import (
    a_figure,
    an_office,
    answer,
    desk_of,
    filed_by_pages,
)

KEY = FigureKey("DPR", "clean-parks", "2022")


def test_a_report_is_filed_decided_by_two_and_its_figure_corrected(portal: Portal) -> None:
    a_figure(portal)
    office = an_office(portal)
    report = filed_by_pages(portal, what="The parks were never inspected.", how="I was there.")

    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    queue = ada.get("/desk/cases").get_data(as_text=True)
    assert "Indicator clean-parks" in queue and "Received" in queue
    page = ada.get(report.address).get_data(as_text=True)
    assert "The parks were never inspected." in page and "I was there." in page and "91.50" in page

    answer(ada, report.address + "/acknowledge")
    answer(ada, report.address + "/assign", person=office.officer.id)
    answer(ada, report.address + "/message", text="When was that?")
    answer(ada, report.address + "/note", text="Ask the contractor.")
    refused = answer(
        ada, report.address + "/propose", expect=409, finding="upheld", reason="The sheets are empty."
    )
    assert "The body has to be heard" in refused.get_data(as_text=True)
    answer(ada, report.address + "/letter", text="Please show the sheets of the inspections.")
    answer(ada, report.address + "/letter-answer", text="They were lost in the move.")
    answer(ada, report.address + "/propose", finding="upheld", reason="The sheets are empty.")
    assert "decide" not in ada.get(report.address).get_data(as_text=True).split("What you can do")[1]
    assert ada.get(report.address + "/decide").status_code == 404

    page = ben.get(report.address + "/decide").get_data(as_text=True)
    assert "The sheets are empty." in page
    answer(ben, report.address + "/decide")
    append_waiting(portal)
    with portal.database.read() as session:
        figure = published.get_figure(session, KEY, edition=published.current_edition(session).n)
        assert figure.is_under_review
        (upheld,) = upheld_for_evaluation(session, "DPR", "2022")
        assert (upheld.finding, upheld.corrected) == (Finding.UPHELD, False)

    assert ada.get(report.address + "/close").status_code == 404
    answer(ada, report.address + "/correct", new_actual="61.5", reason="The sheets of the field office.")
    with portal.database.write() as session:
        from portal.duties.queries import signatures_waiting_for

        (proposal,) = signatures_waiting_for(session, office.decider.actor, now=portal.clock.now())
        approve_correction(session, proposal_id=proposal.id, actor=office.decider.actor, now=portal.clock.now())
    append_waiting(portal)
    with portal.database.read() as session:
        figure = published.get_figure(session, KEY, edition=published.current_edition(session).n)
        assert str(figure.actual) == "61.5" and not figure.is_under_review
        (upheld,) = upheld_for_evaluation(session, "DPR", "2022")
        assert upheld.corrected

    refused = answer(ada, report.address + "/close", expect=422)
    assert "Nobody has written to the reporter since the decision" in refused.get_data(as_text=True)
    answer(ada, report.address + "/message", text="The figure was false, and is corrected.")
    answer(ada, report.address + "/close")
    assert "Closed" in ada.get("/desk/cases?list=closed").get_data(as_text=True)

    mailbox = report.client
    answer(mailbox, "/report/mailbox", code=report.code.upper())
    page = mailbox.get("/report/mailbox").get_data(as_text=True)
    assert "When was that?" in page and "Two officers found" in page
    assert "Ask the contractor." not in page and "The sheets are empty." not in page
