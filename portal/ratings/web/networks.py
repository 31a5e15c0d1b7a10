"""The office states at which addresses the people of a body work."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.accounts.web.guard import acting, desk
from portal.foundation.errors import Invalid
from portal.ratings.errors import Recused
from portal.ratings.networks import networks_by_body, state_networks
from portal.ratings.permissions import RatingsPermission
from portal.ratings.web.forms import readable
from portal.ratings.web.services_known import find_services
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l
from portal.web.words import name

blueprint = Blueprint("ratings_networks", __name__)


class NetworksForm(PortalForm):
    """The ranges of one body."""

    body = SelectField(_l("Body"), validators=[InputRequired(_l("Choose a body."))])
    ranges = TextAreaField(
        _l("Ranges of addresses"),
        description=_l(
            "One on each line, such as 198.51.100.0/24. Only where the body's people work, never a network that"
            " visitors use. Leave it empty to take its ranges away."
        ),
        filters=[readable],
        validators=[Length(max=5000)],
        render_kw={"rows": 5, "spellcheck": "false"},
    )


@blueprint.route("/desk/ratings/networks", methods=["GET", "POST"])
@desk(RatingsPermission.RECONCILE)
def networks() -> ResponseReturnValue:
    bodies = {one.body: name(one.body_names) for one in find_services()}
    known = {body: [str(one) for one in ranges] for body, ranges in networks_by_body(edge.session()).items()}
    form = NetworksForm()
    form.body.choices = [SelectChoice(code, words) for code, words in bodies.items()]
    if form.validate_on_submit():
        try:
            state_networks(
                edge.session(), body=form.body.data, text=form.ranges.data or "", actor=acting(), now=edge.now()
            )
        except Invalid as error:
            form.refuse("ranges", error.message)
        except Recused as error:
            form.refuse("body", error.message)
        else:
            return redirect(url_for(".networks"), 303)
    elif request.method == "GET" and request.args.get("body", "") in bodies:
        form.body.data = request.args["body"]
        form.ranges.data = "\n".join(known.get(request.args["body"], ()))
    page = render_template("ratings/desk/networks.html", form=form, known=known, bodies=bodies)
    return page, 422 if form.is_submitted() else 200
