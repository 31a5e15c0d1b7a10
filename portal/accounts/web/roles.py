"""The table of roles and permissions, as an auditor reads it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import list_people, roles_table
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.guard import desk
from portal.accounts.web.permission_names import permission_name
from portal.accounts.web.role_names import role_name
from portal.web import edge


@blueprint.get("/desk/roles")
@desk(AccountsPermission.READ_ROLES)
def roles_page() -> ResponseReturnValue:
    people = [person for person in list_people(edge.session()) if person.is_active]
    return render_template(
        "accounts/roles.html",
        role_name=role_name,
        permission_name=permission_name,
        roles={role: sorted(permissions) for role, permissions in sorted(roles_table().items())},
        holders={role: [p.name for p in people if role in p.roles] for role in roles_table()},
    )
