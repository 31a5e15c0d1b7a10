"""The WSGI application for a server: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

from portal.app import create_app
from portal.foundation.collector import spare_what_stays
from portal.foundation.large_pages import keep_on_large_pages

app = create_app()
spare_what_stays()
keep_on_large_pages()
