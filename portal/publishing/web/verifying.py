"""How to check us, for people: the promise and the head, a figure printed last year step by step, the verifier."""

import base64
import re
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, Form, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Regexp

from portal.foundation.fixed_tree import DEPTH
from portal.publishing import queries
from portal.publishing.log.checkpoint import parse_head
from portal.publishing.log.entries import moment
from portal.publishing.queries.lines import layout_in
from portal.publishing.queries.proofs import get_publication
from portal.publishing.readings import digits
from portal.publishing.values import FigureKey
from portal.publishing.verification import package
from portal.publishing.verification.bundle import Bundle
from portal.publishing.web.heads import find_head
from portal.publishing.web.open import CHECKED_EACH_TIME, open_json, open_reply, problem
from portal.publishing.web.public.base import edition
from portal.web import edge
from portal.web.cache import published
from portal.web.wording import lazy_gettext as _l

blueprint = Blueprint("verifying", __name__)
_PAGE = re.compile(r"/bodies/([A-Za-z0-9_-]+)/indicators/([A-Za-z0-9_-]+)")
_SHOWN_ROOTS = 60
_FIGURE = "/verify/bodies/<body>/indicators/<indicator>/<period>"
ADDRESSES = {
    "checkpoint": "/log/checkpoint",
    "checkpoint_after_entry": "/log/checkpoints/{n}",
    "key": "/log/key",
    "keys": "/log/keys",
    "entry": "/log/entries/{n}",
    "chunk": "/log/chunks/{sha256}",
    "text": "/log/texts/{digest}",
    "inclusion_proof": "/log/proof/inclusion?entry={n}&size={size}",
    "inclusion_proof_as_text": "/log/proof/inclusion.tlog-proof?entry={n}&size={size}",
    "consistency_proof": "/log/proof/consistency?from={from}&to={to}",
    "tile": "/log/tile/{level}/{place}",
    "proof_of_publication": "/verify/bodies/{body}/indicators/{indicator}/{period}.json?edition={n}",
    "filings": "/verify/filings.json",
    "verifier": f"/verify/{package.NAME}",
    "figures": "/data/editions/{n}/figures.csv",
}


@blueprint.get("/verify")
@published()
def verify() -> ResponseReturnValue:
    """How to check us, in plain words, with the head to check."""
    now = edition()
    return render_template(
        "publishing/verify.html",
        head=find_head(edge.reader(), now.n),
        edition=now,
        form=FindForm(),
        verifier=package,
    )


@blueprint.get("/verify.json")
@published()
def verify_json() -> Response:
    head = find_head(edge.reader(), edition().n)
    if head is None:
        return problem(404, "The log is empty.")
    content = {
        "origin": head.origin,
        "size": head.size,
        "root": head.root,
        "key": head.key,
        "checkpoint": head.note,
        "verifier": {"name": package.NAME, "sha256": package.digest()},
        "addresses": {name: head.address(path) for name, path in ADDRESSES.items()},
    }
    return open_json(content, cache=CHECKED_EACH_TIME)


@blueprint.get(f"/verify/{package.NAME}")
def verifier() -> Response:
    """The program that checks us, one file."""
    reply = open_reply(package.packed(), "application/zip", cache=CHECKED_EACH_TIME)
    reply.headers["Content-Disposition"] = f'attachment; filename="{package.NAME}"'
    return reply


@blueprint.get(f"/verify/{package.NAME}.sha256")
def verifier_digest() -> Response:
    """Its SHA-256, as `sha256sum --check` reads it."""
    return open_reply(f"{package.digest()}  {package.NAME}\n", "text/plain", cache=CHECKED_EACH_TIME)


@blueprint.get("/verify/filings")
@published()
def filings() -> ResponseReturnValue:
    """The daily roots over filed reports, and how a reporter shows that a report was filed."""
    now = edition()
    return render_template(
        "publishing/filings.html",
        head=find_head(edge.reader(), now.n),
        edition=now,
        roots=queries.filing_roots(edge.reader(), edition=now.n, most=_SHOWN_ROOTS),
        verifier=package,
    )


@blueprint.get("/verify/filings.json")
@published()
def filings_json() -> Response:
    roots = queries.filing_roots(edge.reader(), edition=edition().n)
    content = {
        "depth": DEPTH,
        "filings": [
            {"day": one.day.isoformat(), "root": one.root, "entry": one.edition, "at": moment(one.at)}
            for one in roots
        ],
    }
    return open_json(content, cache=CHECKED_EACH_TIME)


class FindForm(Form):
    """A figure as somebody has it before them in print. Read from the address: nothing is sent or kept."""

    page = StringField(
        _l("Address of the figure's page"),
        description=_l("As printed, or copied from the page: …/bodies/DPR/indicators/clean-parks"),
        validators=[InputRequired(_l("Enter the address of the figure's page.")), Length(max=500)],
    )
    period = StringField(
        _l("Period of the figure"),
        description=_l("For example 2023, 2023-24, 2023-Q1 or 2023-04."),
        validators=[
            InputRequired(_l("Enter the period, for example 2023.")),
            Regexp(
                r"\s*[0-9A-Za-z-]{1,20}\s*$", message=_l("A period looks like 2023, 2023-24, 2023-Q1 or 2023-04.")
            ),
        ],
    )
    when = StringField(
        _l("Edition, or day on which it was read"),
        description=_l("The edition's number stands at the foot of every page; a day looks like 2026-02-03."),
        validators=[InputRequired(_l("Enter an edition such as 14, or a day such as 2026-02-03."))],
    )

    def validate_page(self, field: Field) -> None:
        if not _PAGE.search(field.data):
            raise ValidationError(_l("The address must hold /bodies/…/indicators/…, as on the figure's page."))

    def validate_when(self, field: Field) -> None:
        if not re.fullmatch(r"\s*([1-9][0-9]{0,8}|[0-9]{4}-[0-9]{2}-[0-9]{2})\s*", field.data, re.ASCII):
            raise ValidationError(_l("Enter an edition such as 14, or a day such as 2026-02-03."))


@blueprint.get("/verify/figure")
def find() -> ResponseReturnValue:
    """From what is printed to the figure's proof."""
    form = FindForm(request.args)
    if not request.args or not form.validate():
        status = 422 if request.args else 200
        return render_template("publishing/verify-find.html", form=form, edition=edition()), status
    found = _PAGE.search(form.page.data)
    body, indicator = found.groups() if found else ("", "")
    asked: dict[str, Any] = {"body": body, "indicator": indicator, "period": form.period.data.strip()}
    when = form.when.data.strip()
    if when.isdigit():
        return redirect(url_for("verifying.figure", **asked, edition=when))
    page = url_for("verifying.figure", **asked).removeprefix(request.root_path)
    return redirect(url_for("timegate.timegate", page=page.removeprefix("/"), date=when))


@blueprint.get(_FIGURE)
@published()
def figure(body: str, indicator: str, period: str) -> ResponseReturnValue:
    """One figure as an edition shows it, and every hash between it and the signed head."""
    session, now = edge.reader(), edition()
    key = FigureKey(body, indicator, period)
    shown = queries.get_figure(session, key, edition=now.n)
    found = get_publication(session, key, edition=now.n)
    head = parse_head(found.part.proof.checkpoint)
    handed = next((one for one in reversed(shown.versions) if one.handin), None)
    at = handed and handed.handin and queries.get_edition(session, handed.handin.edition).at
    return render_template(
        "publishing/verify-figure.html",
        handed=handed,
        moments={handed.handin.edition: at} if handed and handed.handin else {},
        listed="handins" in layout_in(session, now.n).tables,
        edition=now,
        figure=shown,
        since=queries.get_figure(session, key, edition=now.newest.n).current if now.newest else shown.current,
        body=queries.get_body(session, body, edition=now.n),
        indicator=queries.get_indicator(session, indicator, edition=now.n),
        found=found,
        head=head,
        address=url_for("verifying.proof", body=body, indicator=indicator, period=period, edition=now.n),
        verifier=package,
        digits=digits,
        b64=lambda data: base64.b64encode(data).decode(),
    )


@blueprint.get(f"{_FIGURE}.json")
@published()
def proof(body: str, indicator: str, period: str) -> Response:
    """The proof of publication: one file that the verifier can check offline, years later."""
    now = edition()
    found = get_publication(edge.reader(), FigureKey(body, indicator, period), edition=now.n)
    bundle = Bundle(edge.settings().origin, found.first_key, found.line, found.part, found.keys, found.note)
    reply = open_reply(bundle.text, "application/json", cache=CHECKED_EACH_TIME)
    name = f"{body}-{indicator}-{period}-edition-{now.n}.proof.json"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
