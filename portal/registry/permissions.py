"""The acts of the register that need a right."""

from enum import StrEnum


class RegistryPermission(StrEnum):
    MAINTAIN = "registry.maintain"
    """To add and change bodies, services and indicators in the working register."""
