"""Pages that join rooms: home, the desk's first page and the reader of the audit record."""

from portal.front.web import audit, desk
from portal.front.web.home import home

blueprints = (home, desk.blueprint, audit.blueprint)
