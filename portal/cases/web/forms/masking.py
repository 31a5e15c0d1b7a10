"""What of a case is masked: words, and files."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from wtforms import RadioField, SelectMultipleField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.cases.areas import areas_in, written
from portal.cases.values import CaseFile, CleanedCopy, FileMask, Marks, SentFile, Shown
from portal.cases.web.forms.words import FOR_THE_SECOND, SEALED, RefusalForm, SealedForm, Words, answer
from portal.foundation.personal import Personal
from portal.web.wording import lazy_gettext as _l

PERSONAL = {
    Personal.MAIL: _l("Mail address"),
    Personal.IDENTITY: _l("Identity number"),
    Personal.PHONE: _l("Telephone number"),
}
SHOWN = {
    Shown.WHOLE: (_l("All of it"), _l("Nobody is named in it, and nobody is to be seen.")),
    Shown.WORDS: (_l("Its text"), _l("Masked words are left out of it.")),
    Shown.COVERED: (_l("A copy with parts in black"), _l("Say below which parts.")),
    Shown.WITHHELD: (_l("Nothing: it is withheld"), ""),
}


class MaskForm(SealedForm):
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
    names = SelectMultipleField(
        _l("Names of files to hide"),
        validators=[Optional()],
        validate_choice=True,
        description=_l("A number stands in their place. Masked words are left out of the other names."),
    )
    reason = answer(_l("Why are they masked?"), required=FOR_THE_SECOND, description=SEALED, rows=3)

    def offer(self, masked: Marks, spots: Mapping[str, Personal], case: CaseFile) -> None:
        """Begin with what is masked; numbers and addresses that were found can be ticked, and files chosen.

        `case` is the original. What nobody looked at yet cannot be shown to anybody either.
        """
        if not self.is_submitted():
            self.words.data = "\n".join(masked.words)
            self.names.data = [one.of for one in masked.files if one.name]
        offered = {text: kind for text, kind in spots.items() if text not in masked.words}
        if offered:
            self.found.choices = [
                SelectChoice(text, text, render_kw={"hint": str(PERSONAL[kind])}) for text, kind in offered.items()
            ]
        else:
            del self.found
        self.covered: dict[str, SentFile] = {}
        self._files = {str(number): file for number, file in enumerate(case.files, 1)}
        for number, file in self._files.items():
            copy, said = case.copy_of(file.id), masked.on(file.id)
            if copy is not None and copy.file is not None:
                self._offer_file(number, file, copy, said)
        if case.files:
            self.names.choices = [SelectChoice(one.id, one.name) for one in case.files]
        else:
            del self.names
        for last in ("names", "reason"):
            if last in self._fields:
                self._fields[last] = self._fields.pop(last)

    def _offer_file(self, number: str, file: SentFile, copy: CleanedCopy, said: FileMask | None) -> None:
        ways = _ways(copy)
        choices = [
            SelectChoice(way.value, SHOWN[way][0], render_kw={"hint": str(SHOWN[way][1])} if SHOWN[way][1] else {})
            for way in ways
        ]
        before = said.shown if said is not None and said.shown in ways else None
        asked = _l("What readers get of file %(n)s, %(name)s", n=number, name=file.name)
        chosen = InputRequired(_l("Choose what readers get of this file."))
        field = RadioField(asked, validators=[chosen], choices=choices)
        usual = Shown.WORDS if Shown.WORDS in ways else Shown.WITHHELD
        self.add_field(f"file_{number}", field, (before or usual).value)
        if Shown.COVERED in ways:
            hint = _l(
                "Download the picture with a grid, and write cells of it, such as B3:D7, one range on each line."
                " What a cell touches is covered wholly."
            )
            cells = Words(
                _l("Parts of file %(n)s to cover", n=number),
                validators=[Length(max=2000), _NamesCells(f"file_{number}")],
                description=hint,
                render_kw={"rows": 3},
            )
            self.add_field(f"cells_{number}", cells, written(said.areas) if said else "")

    def chosen(self) -> list[str]:
        """All words that are to be masked."""
        ticked = self.found.data or [] if "found" in self else []
        return [*(self.words.data or "").splitlines(), *ticked]

    def to_cover(self) -> Iterator[tuple[str, FileMask]]:
        """The pictures of which a copy with parts in black is needed, with the field that says which parts."""
        for number, said in self._said():
            if said.shown is Shown.COVERED:
                yield f"cells_{number}", said

    def files_said(self) -> list[FileMask]:
        """What was said of each file, with the copies that were made."""
        return [replace(said, copy=self.covered.get(said.of)) for _, said in self._said()]

    def _said(self) -> Iterator[tuple[str, FileMask]]:
        hidden = set(self.names.data or []) if "names" in self else set()
        for number, file in self._files.items():
            chosen = self._fields.get(f"file_{number}")
            shown = Shown(chosen.data) if chosen is not None else Shown.WITHHELD
            areas = areas_in(self._fields[f"cells_{number}"].data) if shown is Shown.COVERED else ()
            yield number, FileMask(file.id, shown, file.name if file.id in hidden else "", areas)


class _NamesCells:
    """That a text names cells of the grid, and at least one where the other field asks for a covered copy."""

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: SealedForm, field: Words) -> None:
        try:
            areas = areas_in(field.data or "")
        except ValueError as error:
            wrong = _l("%(cells)s names no cells of the grid: write them as B3 or B3:D7.", cells=str(error)[:30])
            raise ValidationError(wrong) from None
        if not areas and form[self.other].data == Shown.COVERED:
            raise ValidationError(_l("Say which parts are to be covered."))


def _ways(copy: CleanedCopy) -> list[Shown]:
    """What readers can get of a file: a text is never shown but with words masked in it."""
    if copy.is_text:
        return [Shown.WORDS, Shown.WITHHELD]
    return [Shown.WHOLE, *([Shown.COVERED] if copy.is_picture else []), Shown.WITHHELD]


class AgreeToMaskingForm(SealedForm):
    """The second signature."""


class RefuseMaskingForm(RefusalForm):
    """Why not."""


class UnmaskForm(SealedForm):
    """A button."""
