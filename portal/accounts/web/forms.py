"""Forms of the accounts room."""

from datetime import timedelta

from wtforms import BooleanField, DateField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


class SignInForm(PortalForm):
    lifetime = timedelta(hours=2)

    address = StringField(
        _l("E-mail address"),
        validators=[InputRequired(), Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    phrase = PasswordField(
        _l("Pass phrase"),
        description=_l("Seven words, with spaces between them."),
        validators=[InputRequired(), Length(max=400)],
        render_kw={"autocomplete": "current-password"},
    )
    code = StringField(
        _l("One-time code"),
        description=_l(
            "Six digits from your authenticator. Leave it empty if you use a passkey or a start phrase."
        ),
        validators=[Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    next = HiddenField()
    passkey = HiddenField(validators=[Length(max=20_000)])


class SetUpForm(PortalForm):
    phrase = StringField(
        _l("Type your pass phrase"),
        description=_l("From your own note, to be sure that you have it."),
        validators=[InputRequired(), Length(max=400)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    code = StringField(
        _l("One-time code"),
        description=_l("Six digits that your authenticator shows now."),
        validators=[InputRequired(), Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class CurrentPhraseForm(PortalForm):
    phrase = PasswordField(
        _l("Your present pass phrase"),
        validators=[InputRequired(), Length(max=400)],
        render_kw={"autocomplete": "current-password"},
    )


class NewPhraseForm(PortalForm):
    phrase = StringField(
        _l("Type your new pass phrase"),
        description=_l("From your own note, to be sure that you have it."),
        validators=[InputRequired(), Length(max=400)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ConfirmForm(PortalForm):
    lifetime = timedelta(hours=2)

    code = StringField(
        _l("One-time code"),
        description=_l("Six digits that your authenticator shows now. Leave it empty if you use a passkey."),
        validators=[Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    next = HiddenField()
    passkey = HiddenField(validators=[Length(max=20_000)])


class EndSessionForm(PortalForm):
    """One button."""


class PasskeyForm(PortalForm):
    name = StringField(
        _l("Name"),
        description=_l("By which you will know it again, such as “office laptop”."),
        validators=[InputRequired(), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
    passkey = HiddenField(validators=[Length(max=20_000)])


class RemovePasskeyForm(PortalForm):
    """One button."""


class CertificateForm(PortalForm):
    person = SelectField(_l("Person"), validators=[InputRequired()])
    course = SelectField(_l("Course"), validators=[InputRequired()])
    issued_on = DateField(
        _l("Issued on"),
        description=_l("The day on the certificate, such as 2026-02-09."),
        validators=[InputRequired()],
    )


class WithdrawCertificateForm(PortalForm):
    """One button."""


class MailForm(PortalForm):
    mail = RadioField(_l("Mail when something waits for you"), validators=[InputRequired()])


class AwayForm(PortalForm):
    until = DateField(
        _l("Away up to and including"),
        description=_l("The last day, such as 2026-02-09."),
        validators=[InputRequired()],
    )
    address = StringField(
        _l("E-mail address of whoever stands in for you"),
        description=_l("Somebody with a role of yours. Leave it empty to name nobody."),
        validators=[Length(max=254)],
        render_kw={"spellcheck": "false"},
    )


class BackForm(PortalForm):
    """One button."""


class SignKeyForm(PortalForm):
    fingerprint = HiddenField()
    compared = BooleanField(
        _l("I have compared this fingerprint with its owner, in person or by telephone"),
        validators=[DataRequired(message=_l("Compare the fingerprint with its owner first."))],
    )


class WithdrawKeyForm(PortalForm):
    """One button."""


class InterestForm(PortalForm):
    body_code = SelectField(_l("Body"), validators=[InputRequired()])
    sure = BooleanField(_l("I know that, and declare it all the same"))


class EndInterestForm(PortalForm):
    """One button."""
