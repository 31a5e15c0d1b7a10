"""Charts for other people's pages: no script, no cookie, little to load, and always honest about their age."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, Message
from portal.publishing.citing import Citation, Subject
from portal.publishing.web.public.base import edition, pages
from portal.publishing.web.public.cite import DRAWN
from portal.publishing.web.public.cited import cited
from portal.publishing.web.public.drawing import drawings, legend
from portal.publishing.web.public.picture import describe
from portal.web.cache import published
from portal.web.editions import fixed


@pages.get("/embed/<id>")
@published()
@fixed
def embed(id: str) -> ResponseReturnValue:
    """A cited chart, frozen; it says when a value in it was corrected since."""
    return _embedded(id, frozen=True)


@pages.get("/embed/bodies/<body>/indicators/<indicator>")
@published()
@fixed
def embed_newest(body: str, indicator: str) -> ResponseReturnValue:
    """The chart as it is now, whenever it is looked at."""
    return _embedded(Citation(Subject.SERIES, (body, indicator), edition().n).id, frozen=False)


def _embedded(id: str, *, frozen: bool) -> ResponseReturnValue:
    found = cited(id)
    if found.citation.subject not in DRAWN:
        raise NotFound(Message(N_("This citation has a table and no chart.")))
    drawn = drawings(found.row) if found.citation.subject is Subject.SERIES else {}
    return render_template(
        "publishing/embed.html",
        cited=found,
        row=found.row,
        latest=found.row.latest,
        drawings=drawn,
        description=describe(found.row),
        legend=legend(drawn["narrow"]) if drawn else [],
        frozen=frozen,
    )
