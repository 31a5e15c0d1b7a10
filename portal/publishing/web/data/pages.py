"""The page about the data files: where they are, how they are to be read, what each column means."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal.publishing.files import COLUMNS, DERIVED
from portal.publishing.web.columns import meaning
from portal.publishing.web.data.base import blueprint
from portal.publishing.web.open import CHECKED_EACH_TIME, open_json
from portal.publishing.web.public.base import edition
from portal.web import edge
from portal.web.cache import published


@blueprint.get("/data")
@published()
def data() -> ResponseReturnValue:
    return render_template("publishing/data.html", edition=edition(), columns=COLUMNS, meaning=meaning)


@blueprint.get("/data.json")
@published()
def data_json() -> Response:
    n = edition().n
    origin = edge.settings().origin.rstrip("/")
    files = [f"{origin}/data/editions/{n}/{name}" for name in DERIVED] if n else []
    content = {
        "edition": n,
        "files": files,
        "columns": list(COLUMNS),
        "latest": f"{origin}/data/latest/figures.csv",
    }
    return open_json(content, cache=CHECKED_EACH_TIME)
