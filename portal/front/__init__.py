"""Home, the desk's first page and other pages that join rooms."""
