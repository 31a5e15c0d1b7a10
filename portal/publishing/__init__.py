"""Figures, editions, releases, corrections, the transparency log and everything the public reads."""
