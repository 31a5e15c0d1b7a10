"""What an officer can do with a case, as a table: words, form, and the service it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.cases.values import Why
from portal.cases.web.acts import runs
from portal.cases.web.forms import desk as forms
from portal.cases.web.forms import hearing, joining, masking
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


@dataclass(frozen=True)
class DeskAct:
    """One thing to do: `title` heads its page, `button` sends it, `hint` says what it leads to."""

    title: Any
    button: Any
    hint: Any
    form: type[PortalForm]
    run: runs.Run
    main: bool = False
    key: str = ""
    """The access key that leads to it; the next step of a case has the same everywhere, see the page."""
    prepare: runs.Run | None = None
    """What takes a while and writes nothing to the database, done before anything is written."""


LEAVING = frozenset({"recuse", "conflict", "delete-agree"})
"""After these the case no longer exists for whoever did them."""

GRAVE = frozenset({"identity", "identity-agree", "export", "export-agree"})
"""Only for whoever proved minutes ago to be there: a copied cookie must not bring out who wrote, nor the case."""

ASKED_WHY: Mapping[str, Why] = {
    "decide": Why.FINDING,
    "send-back": Why.FINDING,
    "extend-agree": Why.EXTENSION,
    "extend-refuse": Why.EXTENSION,
    "join-agree": Why.JOINING,
    "join-refuse": Why.JOINING,
    "mask-agree": Why.MASKING,
    "mask-refuse": Why.MASKING,
    "identity-agree": Why.IDENTITY,
    "identity-refuse": Why.IDENTITY,
    "export-agree": Why.EXPORT,
    "export-refuse": Why.EXPORT,
    "release-agree": Why.HOLD,
    "release-refuse": Why.HOLD,
    "delete-agree": Why.DELETION,
    "delete-refuse": Why.DELETION,
}
"""What the reason is for that the second of two reads before agreeing or refusing."""

ACTS: Mapping[str, DeskAct] = {
    "body": DeskAct(
        _l("Say which body it is about"),
        _l("Save"),
        _l(
            "Until this is said nobody else can be given the case but the recipient outside the office. Officers"
            " whom nothing connects to the body then receive it, and the body cannot be changed later. If no body"
            " can be named, the case can be given to any colleague the reporter did not name."
        ),
        forms.BodyForm,
        runs.body,
    ),
    "acknowledge": DeskAct(
        _l("Acknowledge the report"),
        _l("Acknowledge"),
        _l("The reporter sees in the mailbox that an officer has read it."),
        forms.AcknowledgeForm,
        runs.acknowledge,
        main=True,
    ),
    "triage": DeskAct(
        _l("Begin triage"),
        _l("Begin"),
        _l("You look at what the report needs: whether it is admissible, and who is to have it."),
        forms.TriageForm,
        runs.triage,
    ),
    "assign": DeskAct(
        _l("Assign the case"),
        _l("Assign"),
        _l("Whoever you choose can read everything and proposes the finding. Connected people are not listed."),
        forms.AssignForm,
        runs.assign,
        main=True,
    ),
    "investigate": DeskAct(
        _l("Begin the investigation"),
        _l("Begin"),
        _l("The reporter sees in the mailbox that it is being investigated."),
        forms.InvestigateForm,
        runs.investigate,
        main=True,
    ),
    "propose": DeskAct(
        _l("Propose a finding"),
        _l("Propose"),
        _l("A second officer whom nothing connects to the body decides."),
        forms.ProposeForm,
        runs.propose,
        main=True,
    ),
    "decide": DeskAct(
        _l("Agree with the finding"),
        _l("Sign"),
        _l(
            "This is the second signature. A figure found false is marked as under review in public at once:"
            " no sooner than some days after the report came."
        ),
        forms.DecideForm,
        runs.decide,
        main=True,
    ),
    "send-back": DeskAct(
        _l("Send the finding back"),
        _l("Send back"),
        _l("The case returns to the officer it is assigned to, with your reason."),
        forms.SendBackForm,
        runs.send_back,
    ),
    "take-back": DeskAct(
        _l("Take back what you proposed"),
        _l("Take back"),
        _l("As long as nobody signed it. It can be proposed again."),
        forms.TakeBackForm,
        runs.take_back,
    ),
    "correct": DeskAct(
        _l("Propose the correction"),
        _l("Propose"),
        _l("A second person approves it. The old value stays readable, with the cause beside it."),
        forms.CorrectForm,
        runs.correct,
        main=True,
    ),
    "close": DeskAct(
        _l("Close the case"),
        _l("Close"),
        _l("The reporter can still read the mailbox and write to you, and is asked twice how they have fared."),
        forms.CloseForm,
        runs.close,
    ),
    "reopen": DeskAct(
        _l("Reopen the case"),
        _l("Reopen"),
        _l("The finding no longer stands, the term begins anew, and somebody is assigned."),
        forms.ReopenForm,
        runs.reopen,
    ),
    "extend": DeskAct(
        _l("Ask for more time"),
        _l("Propose"),
        _l("The term can be extended once. A second officer decides."),
        forms.ExtendForm,
        runs.extend,
    ),
    "extend-agree": DeskAct(
        _l("Agree to more time"),
        _l("Sign"),
        _l("This is the second signature. The reporter sees the new day in the mailbox."),
        forms.AgreeToExtensionForm,
        runs.agree_to_extension,
        main=True,
    ),
    "extend-refuse": DeskAct(
        _l("Refuse more time"),
        _l("Refuse"),
        _l("The term stays as it is. More time can be asked for again."),
        forms.RefuseExtensionForm,
        runs.refuse_extension,
    ),
    "link": DeskAct(
        _l("Link it with another case"),
        _l("Link"),
        _l("Whoever was granted both sees the link, and nobody else."),
        joining.LinkForm,
        runs.link,
    ),
    "unlink": DeskAct(
        _l("End a link"),
        _l("End it"),
        _l("Both cases keep on record that they were linked."),
        joining.UnlinkForm,
        runs.unlink,
    ),
    "join": DeskAct(
        _l("Join it into another case"),
        _l("Propose"),
        _l(
            "For a report that tells nothing new. A second officer decides. Its reporter keeps the mailbox, and"
            " reads there what is found in the other case."
        ),
        joining.JoinForm,
        runs.join,
    ),
    "join-agree": DeskAct(
        _l("Agree to join the cases"),
        _l("Sign"),
        _l("This is the second signature. Everybody who can read one of the cases can then read both."),
        joining.AgreeToJoiningForm,
        runs.agree_to_joining,
        main=True,
    ),
    "join-refuse": DeskAct(
        _l("Refuse to join the cases"),
        _l("Refuse"),
        _l("Both stay as they are."),
        joining.RefuseJoiningForm,
        runs.refuse_joining,
    ),
    "part": DeskAct(
        _l("End the joining"),
        _l("End it"),
        _l("The case goes its own way again and waits to be assigned. Whoever can read it keeps it."),
        joining.PartForm,
        runs.part,
    ),
    "message": DeskAct(
        _l("Write to the reporter"),
        _l("Send"),
        _l("It waits in the mailbox."),
        forms.ToReporterForm,
        runs.message,
        key="m",
    ),
    "question": DeskAct(
        _l("Ask the reporter a question"),
        _l("Ask"),
        _l("It waits in the mailbox, on top, until the reporter answers it."),
        forms.QuestionForm,
        runs.question,
    ),
    "check-in": DeskAct(
        _l("Ask how the reporter has fared"),
        _l("Ask"),
        _l("Some months after closing you ask whether anything was done to the reporter for reporting."),
        forms.CheckInForm,
        runs.check_in,
        main=True,
    ),
    "reread": DeskAct(
        _l("Read the dismissed case again"),
        _l("Save"),
        _l(
            "It was drawn by lot. You had no part in the finding: say whether it stands. A doubt reopens the case."
        ),
        forms.RereadForm,
        runs.reread,
        main=True,
    ),
    "note": DeskAct(
        _l("Add an internal note"),
        _l("Save"),
        _l("It is sealed with the case."),
        forms.NoteForm,
        runs.note,
        key="i",
    ),
    "share": DeskAct(
        _l("Let another officer read it"),
        _l("Give access"),
        _l("A finding needs a second officer who can read the case."),
        forms.ShareForm,
        runs.share,
    ),
    "hear": DeskAct(
        _l("Ask the body for an answer"),
        _l("Send"),
        _l(
            "From then on its people know that something is looked at. Nothing can be found false before the body"
            " has answered, or its time to answer is over."
        ),
        hearing.HearForm,
        runs.hear,
    ),
    "letter": DeskAct(
        _l("Ask the body by letter"),
        _l("It goes out today"),
        _l(
            "Nobody of this body can be asked here. Enter what the letter says before it goes out: words that must"
            " not reach the body are refused. Then send it today, to nobody whom the report wants kept away: the"
            " body's time begins today."
        ),
        hearing.LetterForm,
        runs.letter,
    ),
    "letter-answer": DeskAct(
        _l("Enter the body's answer"),
        _l("Save"),
        _l("What the body wrote back, word for word. It is entered once."),
        hearing.LetterAnswerForm,
        runs.letter_answer,
    ),
    "inspect": DeskAct(
        _l("Order an inspection"),
        _l("Order"),
        _l("Whoever you choose can read the case. Connected people are not listed."),
        hearing.InspectForm,
        runs.inspect,
    ),
    "inspected": DeskAct(
        _l("Attach what the inspection found"),
        _l("Save"),
        _l("It is sealed with the case. Files are attached on a page of their own, before or after."),
        hearing.InspectedForm,
        runs.inspected,
        main=True,
    ),
    "inspected-file": DeskAct(
        _l("Attach a file to what the inspection found"),
        _l("Add this file"),
        _l(
            "It is encrypted while it arrives, and so is its name. Those who hold the case get its cleaned copy"
            " like that of every file; the reporter never sees that there is one. What is attached cannot be taken"
            " back."
        ),
        hearing.InspectedFileForm,
        runs.attach_file,
        prepare=runs.seal_file,
    ),
    "inspect-cancel": DeskAct(
        _l("Cancel the inspection"),
        _l("Cancel the inspection"),
        _l("It is not made. Another can be ordered."),
        hearing.CancelInspectionForm,
        runs.cancel_inspection,
    ),
    "mask": DeskAct(
        _l("Mask third parties"),
        _l("Propose"),
        _l(
            "What is masked, in words and in files, is shown to nobody who reads the case, and leaves it neither"
            " to the body nor to an authority. A second officer agrees first. The original stays sealed."
        ),
        masking.MaskForm,
        runs.mask,
        prepare=runs.cover,
    ),
    "mask-agree": DeskAct(
        _l("Agree to the masking"),
        _l("Sign"),
        _l("This is the second signature. Check that nothing is hidden which the finding rests on."),
        masking.AgreeToMaskingForm,
        runs.agree_to_mask,
        main=True,
    ),
    "mask-refuse": DeskAct(
        _l("Refuse the masking"),
        _l("Refuse"),
        _l("Everything is shown as it was before. Whoever proposes it again begins with what was refused."),
        masking.RefuseMaskingForm,
        runs.refuse_mask,
    ),
    "export": DeskAct(
        _l("Hand the case to an authority"),
        _l("Propose"),
        _l("Texts, cleaned files and the record are encrypted to its key. A second officer agrees first."),
        hearing.ExportForm,
        runs.export,
    ),
    "export-agree": DeskAct(
        _l("Agree to hand the case over"),
        _l("Sign"),
        _l("This is the second signature. Check with the authority, by another way, that the key is its own."),
        hearing.AgreeToExportForm,
        runs.agree_to_export,
        main=True,
    ),
    "export-refuse": DeskAct(
        _l("Refuse to hand the case over"),
        _l("Refuse"),
        _l("Nothing is handed over. It can be proposed again."),
        hearing.RefuseExportForm,
        runs.refuse_export,
    ),
    "identity": DeskAct(
        _l("Ask to open who the reporter is"),
        _l("Ask for it"),
        _l("A second keeper decides. When it is opened, the reporter sees so in the mailbox."),
        forms.IdentityForm,
        runs.ask_for_identity,
    ),
    "identity-agree": DeskAct(
        _l("Agree to open who the reporter is"),
        _l("Open it"),
        _l("The two of you can read it for 14 days. Each reading is on record, and the reporter sees the day."),
        forms.OpenIdentityForm,
        runs.open_identity,
    ),
    "identity-refuse": DeskAct(
        _l("Refuse to open who the reporter is"),
        _l("Refuse"),
        _l("It stays sealed. It can be asked for again."),
        forms.RefuseIdentityForm,
        runs.refuse_identity,
    ),
    "delete": DeskAct(
        _l("Propose to delete the case"),
        _l("Propose"),
        _l("Its time is over. When a second officer agrees, everything of it is deleted at once and for good."),
        forms.DeleteForm,
        runs.propose_deletion,
        main=True,
    ),
    "delete-agree": DeskAct(
        _l("Agree to delete the case"),
        _l("Delete for good"),
        _l("This is the second signature. Words, files and keys are gone, and no backup brings them back."),
        forms.AgreeToDeletionForm,
        runs.agree_to_deletion,
        main=True,
    ),
    "delete-refuse": DeskAct(
        _l("Refuse to delete the case"),
        _l("Refuse"),
        _l("The case stays for now. Put it on hold if it has to stay longer."),
        forms.RefuseDeletionForm,
        runs.refuse_deletion,
    ),
    "hold": DeskAct(
        _l("Keep the case beyond its time"),
        _l("Put on hold"),
        _l("As long as it is on hold it is not deleted."),
        forms.HoldForm,
        runs.hold,
    ),
    "release": DeskAct(
        _l("Propose to end the hold"),
        _l("Propose"),
        _l("Holds that officers placed end when a second officer agrees."),
        forms.ReleaseForm,
        runs.release,
    ),
    "release-agree": DeskAct(
        _l("Agree to end the hold"),
        _l("Sign"),
        _l("This is the second signature. When its time is over, the case is announced for deletion."),
        forms.AgreeToReleaseForm,
        runs.agree_to_release,
        main=True,
    ),
    "release-refuse": DeskAct(
        _l("Refuse to end the hold"),
        _l("Refuse"),
        _l("The case stays on hold. It can be proposed again."),
        forms.RefuseReleaseForm,
        runs.refuse_release,
    ),
    "lock": DeskAct(
        _l("Give the case a new lock"),
        _l("Change the lock"),
        _l(
            "For when a key may have been seen. What is written from now on opens only with the keys that those"
            " who hold the case have today; the reporter's seven words go on opening it. What was written before"
            " stays as it is: whoever has a copy of it and a key of that time can still read it. Cases joined with"
            " it get a new lock, too."
        ),
        forms.NewLockForm,
        runs.new_lock,
    ),
    "recuse": DeskAct(
        _l("Step aside from this case"),
        _l("Step aside"),
        _l("Your access ends at once and cannot be given back. Nobody is told why."),
        forms.RecuseForm,
        runs.recuse,
    ),
    "conflict": DeskAct(
        _l("Declare a conflict of interest"),
        _l("Declare and step aside"),
        _l(
            "Your access to this case ends at once and cannot be given back. From now on no case about this body"
            " exists for you; you can end the interest among your connections."
        ),
        forms.ConflictForm,
        runs.conflict,
    ),
}
