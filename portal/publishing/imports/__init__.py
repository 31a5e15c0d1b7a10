"""Turning other people's tables into figures: a TOML mapping, the lines it makes, and what is wrong in them.

Nothing here touches the database: a file and a mapping go in, checked inputs or faults come out.
"""
