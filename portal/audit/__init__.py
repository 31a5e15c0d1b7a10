"""The append-only, hash-chained record of what staff did, and its reader.

Words: a *row* is one act of one person, written in that person's transaction; a *chain* is an order of
rows in which each row's hash covers the one before; *sealing* is the runner's giving a row its place.
There is one main chain and one chain for each case; once a day the main chain takes one root of fixed
size over all case chains, whether there are cases or not.

Rows hold codes and ids, never text, and nothing about raters or reporters. This room never decides who
may act and never deletes.
"""
