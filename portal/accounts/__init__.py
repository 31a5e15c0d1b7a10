"""People who sign in: credentials, sessions, keys, roles, connections to bodies."""
