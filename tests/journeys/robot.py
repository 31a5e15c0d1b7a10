"""A browser without script, for many requests in a short time: follows forms and keeps their hidden fields."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

import html5lib

SPACE = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Form:
    action: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Page:
    status: int
    url: str
    text: str

    @property
    def tree(self) -> Any:
        return html5lib.parse(self.text)

    def form(self, naming: str = "form_token") -> Form:
        """The first form that has a field called `naming` (or none, if that is ""), as it would be sent."""
        for form in self.tree.iter(f"{SPACE}form"):
            fields = {}
            names = set()
            for element in form.iter():
                name = element.get("name")
                if not name:
                    continue
                names.add(name)
                if element.tag == f"{SPACE}input" and element.get("type", "text") in ("hidden", "text"):
                    fields[name] = element.get("value", "")
                elif element.tag == f"{SPACE}textarea":
                    fields[name] = "".join(element.itertext())
            if not naming or naming in names:
                return Form(urllib.parse.urljoin(self.url, form.get("action") or self.url), fields)
        raise AssertionError(f"no form with {naming} on {self.url}: {self.text[:400]}")


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Robot:
    """One visitor with cookies of their own. Redirects are followed only when asked."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _StayHere
        )

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self._origin, path)))  # noqa: S310

    def send(self, form: Form, **filled: str) -> Page:
        """Send the form with these fields filled in. Raises OSError when the server is gone."""
        data = urllib.parse.urlencode({**form.fields, **filled}).encode()
        request = urllib.request.Request(form.action, data, {"Origin": self._origin})  # noqa: S310
        return self._open(request)

    def follow(self, page: Page) -> Page:
        """Go where a redirect points; any other page is returned as it is."""
        return self.get(page.text) if page.status == 303 else page

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=30) as reply:
                return Page(reply.status, reply.url, reply.read().decode())
        except urllib.error.HTTPError as error:
            location = error.headers.get("Location", "")
            text = location if error.code == 303 else error.read().decode(errors="replace")
            return Page(error.code, error.url or "", text)
