"""Fraud reports, the reporter's mailbox, the moderated queue and decisions.

Words this room owns: *report* (what a reporter files, and nothing else), *reporter*, *mailbox* (the
reporter's way back, opened by a code), *case* (the staff file on a report), *finding*, *decision*,
*epoch* (one numbered key of a case), *wrap* (that key sealed to one holder).

What it never does: know who a reporter is; store or log an address, a user agent, a referrer or a time of
day; write a word of a report to the database or the disk in clear; show a case, or that there is one, to a
person connected to the accused body; let one person decide alone.
"""
