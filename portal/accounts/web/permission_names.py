"""What permissions allow, in words; `portal/roles.py` says which role holds which."""

from portal.foundation.i18n import N_
from portal.web.wording import gettext as _

NAMES = {
    "accounts.manage-people": N_("Add people, give and take roles"),
    "accounts.read-roles": N_("Read this table"),
    "accounts.record-training": N_("Vouch that somebody else was trained"),
    "accounts.sign-keys": N_("Vouch that a key is a colleague's"),
    "audit.read": N_("Read the audit record"),
    "cases.read": N_("Open the list of cases one was given"),
    "cases.intake": N_("Receive new reports"),
    "cases.handle": N_("Work on cases one was given"),
    "cases.answer": N_("Answer the office for one's own body"),
    "cases.decide": N_("Give the second signature on findings"),
    "cases.keep-replies": N_("Keep the texts that messages to reporters begin with"),
    "cases.identity": N_("Give one of the two halves of opening who a reporter is"),
    "cases.unmask": N_("Read masked words in cases one was given"),
    "cases.outside": N_("Be the outside recipient of reports"),
    "evaluation.see": N_("Open the evaluation's first page"),
    "evaluation.read": N_("Read cycles, weights, marks and results"),
    "evaluation.manage": N_("Run a cycle: groups, and proposals of weights and results"),
    "evaluation.approve": N_("Give the second signature on weights and results"),
    "evaluation.appeal": N_("Appeal for one's own body, or for oneself"),
    "evaluation.judge": N_("Give one of the two halves of deciding an appeal"),
    "evaluation.mark": N_("Enter marks for one's own evaluator group"),
    "publishing.see": N_("See drafts of releases and pending corrections"),
    "publishing.see-corrections": N_("See corrections that concern one's own signature"),
    "publishing.prepare": N_("Import figures and put releases forward"),
    "publishing.publish": N_("Publish what somebody else put forward"),
    "publishing.propose-correction": N_("Propose corrections"),
    "publishing.approve-correction": N_("Approve corrections that somebody else proposed"),
    "publishing.collect": N_("Run collection rounds and accept returns"),
    "publishing.enter-values": N_("Enter values of one's own body"),
    "publishing.sign-returns": N_("Sign the return that a colleague entered"),
    "publishing.see-requests": N_("See requests for figures"),
    "publishing.screen-requests": N_("Read requests for figures before they appear"),
    "publishing.answer-requests": N_("Put answers to requests forward"),
    "publishing.approve-answers": N_("Publish answers that somebody else put forward"),
    "publishing.propose-withdrawal": N_("Propose that words are taken from the public"),
    "publishing.approve-withdrawal": N_("Withdraw words, as somebody else proposed"),
    "ratings.moderate": N_("Approve or hide comments, and read answers first"),
    "ratings.issue-receipts": N_("Make rating codes for the services of one's own body"),
    "ratings.enter-paper": N_("Enter and check paper slips"),
    "ratings.reconcile": N_("Count matters, draw samples, propose what becomes of ratings set aside"),
    "ratings.settle": N_("Give the second signature on ratings set aside"),
    "ratings.keep-office-keys": N_("Make and revoke keys of bodies' own systems"),
    "ratings.answer": N_("Answer ratings for one's own body"),
    "registry.maintain": N_("Keep the register of bodies, services and indicators"),
}


def permission_name(code: str) -> str:
    """What it allows, in the reader's language; the code of a permission that has no name."""
    return _(NAMES.get(code, code))
