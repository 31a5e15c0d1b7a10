"""Acts of the accounts room."""

from portal.accounts.policy import install as install_policy
from portal.accounts.services.absences import come_back, say_away
from portal.accounts.services.anchors import load_anchors
from portal.accounts.services.confirming import confirm_oneself, is_fresh
from portal.accounts.services.connections import (
    connect,
    connect_to_all,
    connect_to_figures,
    declare_interest,
    end_connection,
)
from portal.accounts.services.credentials import establish, issue_start_code
from portal.accounts.services.keys import enrol_first, sign_key
from portal.accounts.services.own_keys import forget_former_key, make_new_key, take_into_use, withdraw_new_key
from portal.accounts.services.passkeys import add_passkey, remove_passkey
from portal.accounts.services.people import (
    choose_mail,
    create_person,
    disable_person,
    enable_person,
    grant_role,
    revoke_role,
)
from portal.accounts.services.phrases import begin_phrase, confirm_first_phrase, confirm_new_phrase, find_pending
from portal.accounts.services.removals import end_everybodys_sessions, reapply_removal
from portal.accounts.services.renewing import dismiss_alarms, end_copied_session, tend_session
from portal.accounts.services.sessions import (
    end_all_sessions,
    end_session,
    forget_session,
    sign_out,
    sign_out_everywhere,
)
from portal.accounts.services.sign_in import Challenge, SignedIn, confirm_phrase, prepare_sign_in, sign_in
from portal.accounts.services.training import (
    enter_certificate,
    record_certificate,
    settle_roles,
    unsettled_roles,
    withdraw_certificate,
)

__all__ = [
    "Challenge",
    "SignedIn",
    "add_passkey",
    "begin_phrase",
    "choose_mail",
    "come_back",
    "confirm_first_phrase",
    "confirm_new_phrase",
    "confirm_oneself",
    "confirm_phrase",
    "connect",
    "connect_to_all",
    "connect_to_figures",
    "create_person",
    "declare_interest",
    "disable_person",
    "dismiss_alarms",
    "enable_person",
    "end_all_sessions",
    "end_connection",
    "end_copied_session",
    "end_everybodys_sessions",
    "end_session",
    "enrol_first",
    "enter_certificate",
    "establish",
    "find_pending",
    "forget_former_key",
    "forget_session",
    "grant_role",
    "install_policy",
    "is_fresh",
    "issue_start_code",
    "load_anchors",
    "make_new_key",
    "prepare_sign_in",
    "reapply_removal",
    "record_certificate",
    "remove_passkey",
    "revoke_role",
    "say_away",
    "settle_roles",
    "sign_in",
    "sign_key",
    "sign_out",
    "sign_out_everywhere",
    "take_into_use",
    "tend_session",
    "unsettled_roles",
    "withdraw_certificate",
    "withdraw_new_key",
]
