"""What is said of a code that cannot be one: where it does not fit. It tells nothing of any code."""

from portal.ratings.codes import LENGTH, find_slip
from portal.web.wording import gettext


def slip_words(code: str) -> str:
    """Where a typed text fails to be a code, in the reader's language."""
    slip = find_slip(code)
    if slip is None or slip.length != LENGTH:
        length = slip.length if slip else 0
        return gettext("A code has 12 letters and digits; %(length)s were typed.", length=length)
    if len(slip.places) == 1:
        return gettext("Check character %(place)s of the code: it does not fit the others.", place=slip.places[0])
    if len(slip.places) == 2:
        first, second = slip.places
        return gettext(
            "Characters %(first)s and %(second)s of the code seem to be swapped.", first=first, second=second
        )
    return gettext("More than one character of the code is mistyped. Compare it with your slip.")
