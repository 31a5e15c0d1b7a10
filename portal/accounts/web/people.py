"""Who has an account, for whoever manages people; changes are made by command on the machine."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import list_people
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.guard import desk
from portal.accounts.web.role_names import role_name
from portal.web import edge


@blueprint.get("/desk/people")
@desk(AccountsPermission.MANAGE_PEOPLE)
def people_page() -> ResponseReturnValue:
    return render_template("accounts/people.html", people=list_people(edge.session()), role_name=role_name)
