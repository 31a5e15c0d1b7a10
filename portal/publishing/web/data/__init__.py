"""The data files and their page: fixed addresses for the newest, lasting ones for every edition."""

from . import changes, downloads, lists, pages
from .base import blueprint

__all__ = ["blueprint", "changes", "downloads", "lists", "pages"]
