"""Receipts at the desk, shown once for printing; posters for everybody."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.ratings import printing, queries, services
from portal.ratings.permissions import RatingsPermission
from portal.ratings.values import month_of
from portal.ratings.web.printed_forms import IssueForm
from portal.ratings.web.services_known import employers, get_service, own_services
from portal.web import edge

blueprint = Blueprint("ratings_printed", __name__)

SIZES = ("a4", "a5")


@blueprint.get("/desk/receipts")
@desk(RatingsPermission.ISSUE_RECEIPTS)
def receipts() -> ResponseReturnValue:
    return _page(_form())


@blueprint.post("/desk/receipts")
@desk(RatingsPermission.ISSUE_RECEIPTS)
def issue() -> ResponseReturnValue:
    """The codes are in this answer and nowhere else; the same page sent again gives the same codes."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    issued = services.issue_at_desk(
        edge.session(),
        service=form.service.data,
        count=form.count.data,
        order=form.submission_id.encode(),
        bodies=employers(),
        keys=edge.keys(),
        actor=acting(),
        now=edge.local_now(),
    )
    origin, service = edge.settings().origin, get_service(issued.service)
    if form.layout.data == "text":
        links = [printing.receipt_address(origin, code) for code in issued.codes]
        return render_template("ratings/codes.html", issued=issued, links=links, service=service)
    values = printing.sheet_values(issued, service.names, origin=origin, language=form.language.data)
    return render_template("ratings/sheet.html", style=None, **values)


@blueprint.get("/rate/poster/<code>")
def poster(code: str) -> ResponseReturnValue:
    """A page to print and hang up; everybody may."""
    service = get_service(code)
    size = next((each for each in SIZES if each == request.args.get("size")), SIZES[0])
    chosen = request.args.get("language", "")
    languages = printing.LANGUAGES.get(chosen, printing.LANGUAGES["both"])
    address = printing.poster_address(edge.settings().origin, service.code)
    return render_template(
        "ratings/poster.html",
        size=size,
        names=printing.named(service.names, languages),
        bodies=printing.named(service.body_names, languages),
        place=printing.named(service.place, languages),
        windows=printing.windows(service, languages),
        words=printing.words(printing.POSTER_WORDS, languages),
        address=address,
        report=edge.settings().origin.rstrip("/") + "/report",
        picture=printing.picture(address),
    )


def _form() -> IssueForm:
    form = IssueForm()
    form.offer(tuple(own_services().values()))
    return form


def _page(form: IssueForm) -> str:
    own = own_services()
    known = tuple(own.values())
    uses = [
        use for use in queries.list_receipt_uses(edge.reader(), month_of(edge.local_now())) if use.service in own
    ]
    names = {code: service.names for code, service in own.items()}
    return render_template("ratings/receipts.html", form=form, services=known, uses=uses, names=names)
