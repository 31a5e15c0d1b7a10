"""Files of ratings that were collected elsewhere: what a mapping says of them, and what they come to.

People are counted, not rows. Which end of the scale is best is never guessed: without a mapping that says so
nothing is imported, because a scale read upside down turns every thanks into a complaint.
"""
