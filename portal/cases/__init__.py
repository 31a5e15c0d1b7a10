"""Fraud reports, the reporter's mailbox, the moderated queue and decisions."""
