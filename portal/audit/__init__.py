"""The append-only, hash-chained record of what staff did, and its reader."""
