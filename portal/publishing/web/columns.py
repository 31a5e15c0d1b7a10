"""What each column of the data files means, in the reader's language."""

from flask_babel import gettext

from portal.publishing.files import meanings


def meaning(table: str, column: str) -> str:
    return str(gettext(meanings.meaning(table, column)))
