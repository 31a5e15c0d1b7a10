"""Which words of a case are masked."""

from collections.abc import Iterable, Mapping

from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from portal.cases.web.forms.words import FOR_THE_SECOND, SEALED, answer
from portal.foundation.personal import Personal
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

PERSONAL = {
    Personal.MAIL: _l("Mail address"),
    Personal.IDENTITY: _l("Identity number"),
    Personal.PHONE: _l("Telephone number"),
}


class MaskForm(PortalForm):
    words = answer(
        _l("Words to mask"),
        longest=20_000,
        rows=6,
        description=_l(
            "One name, or a few words that belong together, on each line. They are masked wherever they stand,"
            " in capitals or with accents too. Write a family name on a line of its own as well."
        ),
    )
    found = SelectMultipleField(
        _l("Found in the report and in messages"), validators=[Optional()], validate_choice=True
    )
    reason = answer(_l("Why are they masked?"), required=FOR_THE_SECOND, description=SEALED, rows=3)

    def offer(self, masked: Iterable[str], spots: Mapping[str, Personal]) -> None:
        """Begin with what is masked; numbers and addresses that were found can be ticked."""
        before = list(masked)
        if not self.is_submitted():
            self.words.data = "\n".join(before)
        offered = {text: kind for text, kind in spots.items() if text not in before}
        if offered:
            self.found.choices = [
                SelectChoice(text, text, render_kw={"hint": str(PERSONAL[kind])}) for text, kind in offered.items()
            ]
        else:
            del self.found

    def chosen(self) -> list[str]:
        """All words that are to be masked."""
        ticked = self.found.data or [] if "found" in self else []
        return [*(self.words.data or "").splitlines(), *ticked]


class AgreeToMaskingForm(PortalForm):
    """The second signature."""


class RefuseMaskingForm(PortalForm):
    """A button."""


class UnmaskForm(PortalForm):
    """A button."""
