"""The acts of the accounts room that need a right."""

from enum import StrEnum


class AccountsPermission(StrEnum):
    MANAGE_PEOPLE = "accounts.manage-people"
    READ_ROLES = "accounts.read-roles"
    RECORD_TRAINING = "accounts.record-training"
    """To vouch that somebody was trained: never for oneself."""
    SIGN_KEYS = "accounts.sign-keys"
    """To vouch that a public key is a colleague's: held by the people who handle reports."""
