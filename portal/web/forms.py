"""Forms without a session: each carries a signed, stateless, expiring token of its own.

    class CommentForm(PortalForm):
        words = TextAreaField(_l("What would you tell others?"), validators=[Optional(), Length(max=2000)])

    form = CommentForm()
    if not form.validate_on_submit():
        return render_template("…/comment.html", form=form), 422 if form.is_submitted() else 200
    services.comment(edge.session(), submission_id=form.submission_id, …)

`submission_id` is random, inside the token, and the same when the same page is sent twice, so a service can
make a double click harmless. Where somebody is signed in (desk) or has a form session (report), the room
calls `bind(secret)` before the form is made: a token taken from one session is refused in another.
"""

from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any, ClassVar

from flask import g, request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, TextAreaField, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.widgets import HiddenInput

from portal.foundation.crypto import hmac_digest
from portal.foundation.errors import Invalid
from portal.foundation.i18n import Message
from portal.foundation.ids import new_id
from portal.foundation.keys import KeyRing
from portal.web import edge, tokens
from portal.web.tokens import BadToken, OldToken
from portal.web.wording import lazy_gettext as _l
from portal.web.words import say

TOKEN_FIELD = "form_token"  # noqa: S105  (the name of a field)
_HIDDEN = Markup('<input id="%s" name="%s" type="hidden" value="%s">')
_REQUEST = object()  # stands for "whatever this request carries"


def bind(secret: bytes) -> None:
    """Bind the tokens of this request's forms to a session's secret (desk, report)."""
    g.form_binding = _binding(secret, edge.keys())


def _binding(secret: bytes, keys: KeyRing) -> str:
    return hmac_digest(keys.get("form-token"), b"binding" + secret).hex()


def _purpose(form: type["PortalForm"], binding: str) -> str:
    return f"{form.__module__}.{form.__qualname__}|{binding}"


def token_for(form: type["PortalForm"], submission: str) -> str:
    """A token of this form for this submission, bound as `bind` said."""
    purpose = _purpose(form, g.get("form_binding", ""))
    return tokens.make(edge.keys().get("form-token"), purpose, submission, at=edge.now().timestamp())


def submission_of(
    form: type["PortalForm"], token: str, keys: KeyRing, now: datetime, *, secret: bytes | None = None
) -> str | None:
    """The submission id in a good token of a form, for a layer that stands before Flask.

    The form is bound to the session with this secret, or to none.
    """
    binding = "" if secret is None else _binding(secret, keys)
    try:
        return _submission(form, token, binding, keys, now)
    except BadToken:
        return None


def _submission(form: type["PortalForm"], token: str, binding: str, keys: KeyRing, now: datetime) -> str:
    lifetime, purpose = form.lifetime.total_seconds(), _purpose(form, binding)
    return tokens.read(keys.get("form-token"), purpose, token, at=now.timestamp(), lifetime=lifetime)


def _read(form: type["PortalForm"], token: str) -> str:
    return _submission(form, token, g.get("form_binding", ""), edge.keys(), edge.now())


class _TokenField(CSRFTokenField):
    """The hidden field of the token, which is signed only when a page shows it."""

    @property
    def current_token(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))

    def process(self, *args: Any, **kwargs: Any) -> None:
        super(CSRFTokenField, self).process(*args, **kwargs)

    def _value(self) -> str:
        return self.current_token


class _StatelessToken(CSRF):
    """The token: a random submission id and the time, signed for one form class and one session."""

    field_class = _TokenField

    def setup_form(self, form: "PortalForm") -> Any:
        self._form = form
        self._read_before: tuple[str, str] | None = None
        return super().setup_form(form)

    def read(self, token: str) -> str:
        """The submission id in a good token. Raises BadToken."""
        if self._read_before is None or self._read_before[0] != token:
            self._read_before = (token, _read(type(self._form), token))
        return self._read_before[1]

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        return token_for(type(self._form), self._form.submission_id)

    def validate_csrf_token(self, form: "PortalForm", field: Field) -> None:
        try:
            self.read(field.data or "")
        except OldToken:
            raise ValidationError(
                _l("This page was open for too long. Check what you typed and send it again.")
            ) from None
        except BadToken:
            raise ValidationError(
                _l("We could not tell that this form came from this page. Check it and send it again.")
            ) from None


NEEDED = _l("This needs an answer.")


class _PlainWords:
    """WTForms' own sentences in ours, and in the reader's language."""

    OURS: ClassVar[dict[str, Any]] = {
        "This field is required.": NEEDED,
        "Not a valid choice.": _l("Choose one of the answers listed."),
        "'%(value)s' is not a valid choice for this field.": _l("Choose only from the answers listed."),
        "Invalid Choice: could not coerce.": _l("Choose one of the answers listed."),
        "Not a valid integer value.": _l("Enter a whole number, such as 12."),
        "Not a valid decimal value.": _l("Enter a number, such as 12.5."),
        "Not a valid date value.": _l("Enter a date as year-month-day, such as 2026-02-09."),
        "Invalid email address.": _l("Enter an e-mail address, such as name@example.org."),
        "Field must be between %(min)d and %(max)d characters long.": _l(
            "Use between %(min)d and %(max)d characters."
        ),
        "Invalid input.": _l("This cannot be used. Check what you typed."),
    }

    def gettext(self, text: str) -> str:
        return str(self.OURS.get(text, text))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        if plural.startswith("Field cannot be longer than"):
            return str(_l("Use %(max)d characters or fewer."))
        if plural.startswith("Field must be at least"):
            return str(_l("Use %(min)d characters or more."))
        return singular if n == 1 else plural


class PortalForm(FlaskForm):
    """The base of every form of the portal."""

    lifetime = timedelta(hours=12)
    forgotten = False
    """Whether browsers are asked to write down nothing of what is typed. They keep it in clear on their disk
    otherwise, to fill in a page again that is gone back to or opened after a crash: `no-store` does not
    prevent that, and Clear-Site-Data does not undo it."""

    class Meta(FlaskForm.Meta):
        csrf = True
        csrf_class = _StatelessToken
        csrf_field_name = TOKEN_FIELD

        def get_translations(self, form: Any) -> Any:
            return _PlainWords()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if formdata is not _REQUEST:
                return formdata
            if edge.here().method in edge.SAFE_METHODS:
                return None
            return CombinedMultiDict((request.files, request.form)) if request.files else request.form

    def __init__(self, formdata: Any = _REQUEST, **kwargs: Any) -> None:
        super().__init__(formdata=formdata, **kwargs)

    @classmethod
    def find_submission(cls) -> str | None:
        """The submission id of the form sent now, when its token is good; None says: build it, and say why.

        For a view in a hurry, which builds the form only to show it again.
        """
        try:
            return _read(cls, request.form.get(TOKEN_FIELD, ""))
        except BadToken:
            return None

    @cached_property
    def submission_id(self) -> str:
        """26 random characters, kept while the same page is sent again."""
        here = edge.here()
        sent = here.form.get(TOKEN_FIELD) if here.method not in edge.SAFE_METHODS else None
        try:
            return self._csrf.read(sent) if sent else new_id()
        except BadToken:
            return new_id()

    def take(self, error: Invalid) -> None:
        """Show what a service found wrong beside the fields it names, and above the form what it does not."""
        named = False
        for name, message in error.fields.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, say(message)]
                named = True
        if not named:
            self.form_errors.append(say(error.message))

    def hidden_tag(self, *fields: Any) -> Markup:
        """The hidden inputs of the form: nearly always its token alone, which is written at no cost."""
        hidden = [one for one in self._fields.values() if isinstance(one.widget, HiddenInput)]
        if fields or len(hidden) != 1 or hidden[0].name != TOKEN_FIELD:
            drawn: Markup = super().hidden_tag(*fields)
            return drawn
        token = self._csrf.generate_csrf_token(hidden[0])
        return _HIDDEN % (hidden[0].id, hidden[0].name, token)

    def add_field(self, name: str, unbound: Any, data: Any) -> None:
        """A field that only this page has, filled from what was sent, else with `data`. To be added before it is
        validated."""
        options = {"name": name, "prefix": self._prefix, "translations": self.meta.get_translations(self)}
        field = self.meta.bind_field(self, unbound, options)
        field.process(self.meta.wrap_formdata(self, _REQUEST), data)
        self._fields[name] = field

    def refuse(self, name: str, message: Message | str) -> None:
        """Put one error beside the field `name`."""
        self.take(Invalid(message, fields={name: message if isinstance(message, Message) else Message(message)}))


@cache
def fields_of_words() -> frozenset[str]:
    """How the fields are called into which any form of the house takes words of several lines."""
    names, forms = set(), [PortalForm]
    while forms:
        form = forms.pop()
        forms += form.__subclasses__()
        kinds = ((name, getattr(getattr(form, name), "field_class", None)) for name in dir(form))
        names |= {name for name, kind in kinds if isinstance(kind, type) and issubclass(kind, TextAreaField)}
    return frozenset(names)


class OpenForm(PortalForm):
    """A form on a page that everybody shares (cached, without token): the Origin check alone guards it."""

    class Meta(PortalForm.Meta):
        csrf = False
