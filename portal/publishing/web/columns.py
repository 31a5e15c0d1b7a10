"""What each column of the data files means, in the reader's language."""

from portal.publishing.files import meanings
from portal.web.wording import gettext


def meaning(table: str, column: str) -> str:
    return str(gettext(meanings.meaning(table, column)))
