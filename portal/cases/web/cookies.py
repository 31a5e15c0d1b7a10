"""The reporter's two cookies: each a random secret, gone when the browser closes, sent to this site only."""

from flask import Response, request

from portal.web import edge

DRAFT = "report"
MAILBOX = "mailbox"
_CLEAR = '"cache", "cookies", "storage"'


def read(name: str) -> str | None:
    return request.cookies.get(_full(name))


def give(response: Response, name: str, secret: str) -> Response:
    response.set_cookie(
        _full(name), secret, secure=edge.settings().https, httponly=True, samesite="Strict", path="/"
    )
    return response


def take(response: Response, name: str) -> Response:
    response.delete_cookie(_full(name), secure=edge.settings().https, httponly=True, samesite="Strict", path="/")
    return response


def clear_site_data(response: Response) -> Response:
    """Ask the browser to forget the pages that were just left. For answers to our own forms alone."""
    response.headers["Clear-Site-Data"] = _CLEAR
    return response


def name_of(name: str, *, https: bool) -> str:
    """What the cookie is called."""
    return f"__Host-{name}" if https else name


def _full(name: str) -> str:
    return name_of(name, https=edge.settings().https)
