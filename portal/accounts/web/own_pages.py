"""Where to go on after signing in or confirming."""

from flask import request


def own_page(path: str | None) -> str | None:
    """The page to go on to, when it is one of the desk's and not an address elsewhere."""
    if path and (path == "/desk" or path.startswith(("/desk/", "/desk?"))) and "\\" not in path:
        return request.root_path + path
    return None
