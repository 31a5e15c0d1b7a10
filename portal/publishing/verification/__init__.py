"""Checking the log: from its first entry to its signed head, and the files that are served against it.

`verify` needs a source (a portal's address, or the own database) and nothing of what it checks: it
recomputes every hash and rebuilds the data files from the log alone.
"""
