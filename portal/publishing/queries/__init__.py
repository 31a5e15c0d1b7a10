"""Everything the public reads, as of an edition. Each query takes the edition's number and sees no later act."""

from .corrections import corrections, count_corrections
from .editions import current_edition, find_head, get_edition
from .figures import (
    figures_of,
    figures_of_indicator,
    figures_published_by,
    find_figure,
    get_figure,
    history,
    indicator_counts,
    notices,
)
from .register import (
    bodies_named,
    count_published,
    find_body,
    find_indicator,
    find_service,
    get_body,
    get_indicator,
    get_service,
    indicators_named,
    list_bodies,
    list_indicators,
    list_services,
    tree_of,
)
from .search import search
from .summaries import (
    evaluation_versions,
    evaluations,
    evaluations_of_all,
    find_release_in,
    get_release,
    rating_summaries,
    releases,
)
from .texts import texts_cited

__all__ = [
    "bodies_named",
    "corrections",
    "count_corrections",
    "count_published",
    "current_edition",
    "evaluation_versions",
    "evaluations",
    "evaluations_of_all",
    "figures_of",
    "figures_of_indicator",
    "figures_published_by",
    "find_body",
    "find_figure",
    "find_head",
    "find_indicator",
    "find_release_in",
    "find_service",
    "get_body",
    "get_edition",
    "get_figure",
    "get_indicator",
    "get_release",
    "get_service",
    "history",
    "indicator_counts",
    "indicators_named",
    "list_bodies",
    "list_indicators",
    "list_services",
    "notices",
    "rating_summaries",
    "releases",
    "search",
    "texts_cited",
    "tree_of",
]
