"""The yardstick of sending a report: Flask-WTF, one sealed box and three inserts, with nothing of ours in it."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from jinja2 import DictLoader
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, create_engine, event, insert
from wtforms import FileField, TextAreaField
from wtforms.validators import DataRequired

from benchmarks.bare import SETTINGS

metadata = MetaData()
case = Table("case_file", metadata, Column("id", Integer, primary_key=True), Column("state", String(20)))
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer),
    Column("sealed", LargeBinary),
)
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", String(40)),
    Column("subject", Integer),
    Column("at", String(40)),
)
PAGE = """<!doctype html><title>Report</title><h1>Report</h1><form method="post">{{ form.hidden_tag() }}
{{ form.what.label }}{{ form.what() }}<button>Send</button></form><p>{{ words }}</p>"""


class ReportForm(FlaskForm):
    what = TextAreaField("What happened", validators=[DataRequired()])


class UploadForm(FlaskForm):
    file = FileField("File", validators=[DataRequired()])


def reporting() -> Flask:
    """A page of so many bytes with a form; what it sends is sealed and noted."""
    engine = create_engine(os.environ["BARE_DATABASE_URL"])
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def settings(raw: Any, _record: object) -> None:
            for pragma in SETTINGS:
                raw.execute(f"PRAGMA {pragma}")

    metadata.create_all(engine)
    box = SealedBox(PrivateKey.generate().public_key)
    folder = Path(os.environ["BARE_FILES"])
    words = "x" * max(0, int(os.environ["BARE_PAGE_BYTES"]) - 500)
    app = Flask("reporting")
    app.secret_key = "a key of the bench"  # noqa: S105
    app.jinja_loader = DictLoader({"report.html": PAGE})  # compiled once, as a template in a file is

    @app.get("/token")
    def token() -> str:
        return generate_csrf()

    @app.route("/", methods=["GET", "POST"])
    def send() -> Any:
        form = ReportForm()
        if not form.validate_on_submit():
            return render_template("report.html", form=form, words=words), 422 if form.is_submitted() else 200
        sealed = box.encrypt((form.what.data or "").encode())
        with engine.begin() as connection:
            made = connection.execute(insert(case), {"state": "received"}).inserted_primary_key
            assert made is not None
            connection.execute(insert(report), {"case_id": made[0], "sealed": sealed})
            now = datetime.now(UTC).isoformat()
            connection.execute(insert(audit), {"act": "report.sent", "subject": made[0], "at": now})
        return redirect("/", 303)

    @app.post("/file")
    def keep() -> Response | tuple[str, int]:
        form = UploadForm()
        if not form.validate_on_submit():
            return "no file", 422
        path = folder / secrets.token_hex(16)
        with path.open("wb") as target:
            while piece := request.files["file"].stream.read(1 << 16):
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        return redirect("/", 303)  # type: ignore[return-value]

    return app


app = reporting()
