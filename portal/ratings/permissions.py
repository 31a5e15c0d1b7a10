"""The acts on ratings that need a right."""

MODERATE_COMMENTS = "ratings.moderate"
