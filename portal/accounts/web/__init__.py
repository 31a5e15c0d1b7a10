"""The desk's door and the pages on which people look after their own account."""

from portal.accounts.web import (  # noqa: F401
    absences,
    confirm,
    connections,
    keys,
    mail,
    passkeys,
    people,
    phrase,
    roles,
    sessions,
    set_up,
    sign_in,
    training,
)
from portal.accounts.web.blueprint import blueprint

blueprints = (blueprint,)
