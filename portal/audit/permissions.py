"""The acts of the audit room that need a right."""

from enum import StrEnum


class AuditPermission(StrEnum):
    READ = "audit.read"
