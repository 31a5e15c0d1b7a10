"""A small room of its own to try the shell with: pages, forms and every kind of failure."""

import shutil
from pathlib import Path

import pytest
from flask import Blueprint, abort, g, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from wtforms import (
    BooleanField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.foundation.actor import Actor
from portal.foundation.clock import FixedClock
from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable
from portal.foundation.i18n import Message
from portal.web import edge, forms
from tests.conftest import new_client, open_test_portal
from tests.pages import PageClient

PAGE = """
{% extends layout %}
{% from "components/form.html" import portal_form, field, submit, error_summary with context %}
{% block title %}How was it?{% endblock %}
{% block summary %}{{ error_summary(form) }}{% endblock %}
{% block content %}
{% call portal_form(form, upload=true) %}
{% for each in form if each.type != "CSRFTokenField" %}{{ field(each) }}{% endfor %}
{{ submit(_("Send")) }}
{% endcall %}
<p id="submission">{{ form.submission_id }}</p>
{% endblock %}
"""

ERRORS = {
    "invalid": Invalid("The sum does not fit."),
    "forbidden": Forbidden("You took part."),
    "missing": NotFound("There is no such body."),
    "conflict": Conflict(Message("It was closed on {day}.", {"day": "9 February"})),
    "slow": TooMany("Wait a little.", retry_after=17),
    "away": Unavailable("The log cannot be written."),
}


class SampleForm(forms.PortalForm):
    level = RadioField(
        "Level",
        choices=[SelectChoice("5", "Very satisfied"), SelectChoice("1", "Very dissatisfied")],
        validators=[InputRequired("Choose how it was.")],
    )
    title = StringField("Title", description="In a few words", validators=[InputRequired("Enter a title.")])
    words = TextAreaField("Words", validators=[Length(max=2000)])
    password = PasswordField("Password")
    place = SelectField("Place", choices=[SelectChoice("a", "Hall A"), SelectChoice("b", "Hall B")])
    who = SelectMultipleField("Who", choices=[SelectChoice("x", "The body"), SelectChoice("y", "The office")])
    files = MultipleFileField("Files")
    sure = BooleanField("I am sure")


class OtherForm(SampleForm):
    """The same fields for another purpose."""


def sample_room() -> Blueprint:
    room = Blueprint("sample", __name__)

    @room.route("/sample", methods=["GET", "POST"])
    @room.route("/report/sample", methods=["GET", "POST"])
    @room.route("/rate/sample", methods=["GET", "POST"])
    @room.route("/desk/sample", methods=["GET", "POST"])
    @room.route("/other", methods=["GET", "POST"], defaults={"kind": OtherForm})
    def sample(kind: type[SampleForm] = SampleForm) -> ResponseReturnValue:
        if "X-Session" in request.headers:
            forms.bind(request.headers["X-Session"].encode())
        if request.path.startswith("/desk"):
            edge.set_actor(Actor("p", "Chen Wei", frozenset()))
        side = request.path.split("/")[1]
        layout = f"layout/{side if side in {'report', 'desk'} else 'public'}.html"
        form = kind()
        if form.validate_on_submit():
            if form.title.data == "taken":
                form.take(Invalid("Not so.", fields={"title": Message("{n} have this title.", {"n": 1200})}))
            elif form.title.data == "nobody":
                form.take(Invalid("Nobody can take this now."))
            else:
                return redirect(f"/sent/{form.submission_id}", 303)
        return render_template_string(PAGE, form=form, layout=layout), 422 if form.is_submitted() else 200

    @room.route("/fail/<kind>", methods=["GET", "POST"])
    @room.route("/report/fail/<kind>", methods=["GET", "POST"])
    def fail(kind: str) -> ResponseReturnValue:
        if kind in ERRORS:
            raise ERRORS[kind]
        if kind.isdigit():
            abort(int(kind))
        if kind == "database":
            edge.session().execute(text("SELECT secret FROM nowhere WHERE word = :w"), {"w": "tell-tale"})
        if kind == "template":
            return render_template_string("{{ nobody_gave_this }}")
        g.word = "tell-tale"
        raise RuntimeError("tell-tale")

    return room


@pytest.fixture
def shell(tmp_path: Path, sqlite_template: Path, clock: FixedClock) -> PageClient:
    """A client of the application with the sample room in it, on SQLite."""
    path = tmp_path / "portal.sqlite3"
    shutil.copy(sqlite_template, path)
    client = new_client(open_test_portal(tmp_path / "var", f"sqlite:///{path}", clock))
    client.application.register_blueprint(sample_room())
    return client
