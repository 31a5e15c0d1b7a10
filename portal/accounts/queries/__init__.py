"""Reads of the accounts room: rows in, values out."""

from portal.accounts.queries.absences import absence_of, away_on
from portal.accounts.queries.connections import (
    connected_bodies,
    connected_scopes,
    connections_of,
    employed_people_with,
    employers_of,
    is_connected,
    is_connected_to,
    nothing_connects,
    unconnected_people_with,
    verifiers_of,
)
from portal.accounts.queries.keys import fingerprint_of, has_vouched_keys, key_cards, trusted_keys, trusted_keys_of
from portal.accounts.queries.passkeys import passkeys_of
from portal.accounts.queries.people import (
    actor_for,
    find_person_by_address,
    get_person,
    list_people,
    name_of,
    names_of,
    people_to_mail,
    people_with,
    roles_table,
)
from portal.accounts.queries.receivers import (
    STAMP,
    connected_people,
    left_too_few,
    receiving,
    trusted_people,
)
from portal.accounts.queries.sessions import OpenSession, find_session, open_private_keys, sessions_of
from portal.accounts.queries.training import certificates, courses, ending_training, roles_by_course

__all__ = [
    "STAMP",
    "OpenSession",
    "absence_of",
    "actor_for",
    "away_on",
    "certificates",
    "connected_bodies",
    "connected_people",
    "connected_scopes",
    "connections_of",
    "courses",
    "employed_people_with",
    "employers_of",
    "ending_training",
    "find_person_by_address",
    "find_session",
    "fingerprint_of",
    "get_person",
    "has_vouched_keys",
    "is_connected",
    "is_connected_to",
    "key_cards",
    "left_too_few",
    "list_people",
    "name_of",
    "names_of",
    "nothing_connects",
    "open_private_keys",
    "passkeys_of",
    "people_to_mail",
    "people_with",
    "receiving",
    "roles_by_course",
    "roles_table",
    "sessions_of",
    "trusted_keys",
    "trusted_keys_of",
    "trusted_people",
    "unconnected_people_with",
    "verifiers_of",
]
