"""Pure decisions of an evaluation, in decimals only: no session, no clock, no Flask.

Rounding, once for all: a weight has at most two decimals; every part's points are rounded to two decimals
before the part above is computed from them, so that a reader with a pocket calculator gets our numbers.
Achievements are rounded down (100 means met), what is made of ratings to whole points with its interval
outwards, everything else half up.
"""
