"""People who sign in: credentials, sessions, keys, roles, connections to bodies.

Words: a *person* is someone with an account (staff, or the outside recipient); a *pass phrase* is seven
generated words; a *key card* is a person's public key pair with who signed it; an *anchored* key is one of
the first set, whose fingerprints lie in a file outside the database; a *trusted* key is anchored or signed
by two other people with trusted keys; a *connection* ties a person to a body and keeps them from its cases.

This room never sees what the keys protect, and gives an administrator no way to it.
"""
