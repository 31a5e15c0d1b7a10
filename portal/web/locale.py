"""The language of a request is part of its address: none for English, /zh-Hans/… for Chinese."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from portal.foundation.i18n import URL_PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOCALE_KEY = "portal.locale"
_CHINESE = re.compile(r"zh([-_][A-Za-z]{2,4}){0,2}", re.IGNORECASE)
_BY_PREFIX = {prefix: locale for locale, prefix in URL_PREFIX.items()}


def split_locale(path: str) -> tuple[str, str]:
    """The locale an address names, and the address without it."""
    first, slash, rest = path[1:].partition("/")
    locale = _BY_PREFIX.get(first)
    return (locale, slash + rest or "/") if locale else ("en", path)


def localised(path: str, locale: str) -> str:
    """The address of `path` (without locale) in `locale`."""
    prefix = URL_PREFIX.get(locale)
    return f"/{prefix}{path}" if prefix else path


class LocaleMiddleware:
    """Moves the language prefix into SCRIPT_NAME, so that every url_for keeps it; /zh… spellings redirect."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        first, slash, rest = path[1:].partition("/")
        if first not in _BY_PREFIX and _CHINESE.fullmatch(first):
            query = environ.get("QUERY_STRING", "")
            target = quote(localised(slash + rest or "/", "zh_Hans"), encoding="latin-1")
            target += f"?{query}" if query else ""
            start_response("301 Moved Permanently", [("Location", target), ("Content-Length", "0")])
            return [b""]
        locale, bare = split_locale(path)
        environ[LOCALE_KEY] = locale
        if locale in URL_PREFIX:
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/" + URL_PREFIX[locale]
            environ["PATH_INFO"] = bare
        return self._app(environ, start_response)
