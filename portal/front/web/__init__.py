"""Pages that join rooms."""

from portal.front.web.home import home

blueprints = (home,)
