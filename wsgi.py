"""The WSGI application for a server: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

from portal.app import create_app

app = create_app()
