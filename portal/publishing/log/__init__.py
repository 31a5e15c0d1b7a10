"""The transparency log, pure: canonical JSON, chunks, entries, the Merkle tree, signed heads, verification.

Nothing here knows the database or the web, so that anyone can check the portal with these files, PyNaCl and
rfc8785 alone.
"""
