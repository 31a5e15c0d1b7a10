"""Pages that join rooms: home, what the portal says of itself, the desk's first page, the audit record."""

from portal.front.web import about, audit, desk
from portal.front.web.home import home

blueprints = (home, about.blueprint, desk.blueprint, audit.blueprint)
