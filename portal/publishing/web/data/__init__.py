"""The data files and their page: fixed addresses for the newest, lasting ones for every edition."""

from . import downloads, pages
from .base import blueprint

__all__ = ["blueprint", "downloads", "pages"]
