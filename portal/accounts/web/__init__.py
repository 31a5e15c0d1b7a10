"""The desk's door and the pages on which people look after their own account."""

from portal.accounts.web import connections, keys, mail, passkeys, people, phrase, roles, sessions, set_up, sign_in  # noqa: F401
from portal.accounts.web.blueprint import blueprint

blueprints = (blueprint,)
