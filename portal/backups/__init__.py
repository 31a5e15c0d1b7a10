"""Backups of the whole house, and bringing one back.

Words: a *backup* holds the rows of every table as of one moment, the log, the anchors and the sealed files, and
never a server key; *keys* are backed up apart, for other hands; the *ledger* says what was removed for good, and
is in no backup; the *outside head* is what somebody elsewhere knows of the public log. Restoring replays the
ledger, ends all sessions, and lets nobody serve before log and audit record have been verified.
"""
