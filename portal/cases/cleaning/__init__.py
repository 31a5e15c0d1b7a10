"""Cleaned copies of what reporters attach: what a file shows, without what it tells about who made it.

Whoever opens a stranger's file may be attacked by it, and may betray its sender by it. So officers are first shown
a copy made from the original in a process of its own (`child`), which can open no file and reach no network.
"""
