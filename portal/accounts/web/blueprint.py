"""The one blueprint of this room, and what its views share."""

from flask import Blueprint

from portal.accounts.passwords import Stretched, Stretcher
from portal.accounts.services import Challenge, prepare_sign_in
from portal.web import edge

blueprint = Blueprint("accounts", __name__)


def stretcher() -> Stretcher:
    return Stretcher.of(edge.settings())


def stretched_for(
    address: str, phrase: str, *, client: str, browser: str, passkey: str = ""
) -> tuple[Challenge, Stretched]:
    """Both steps before the write; no transaction is open while the phrase is stretched.

    Raises WaitBeforeSignIn, TooBusy.
    """
    with edge.portal().database.read() as session:
        challenge = prepare_sign_in(
            session,
            address=address,
            client=client,
            browser=browser,
            keys=edge.keys(),
            cost=stretcher().cost,
            now=edge.now(),
            passkey=passkey,
            origin=edge.settings().origin,
        )
    return challenge, stretcher().at(challenge.cost).stretch(phrase, salt=challenge.salt, known=challenge.known)
