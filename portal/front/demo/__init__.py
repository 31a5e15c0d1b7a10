"""The demonstration: an invented office and an invented body beside real published figures.

Nothing untrue is said about a real body: ratings, reports, replies and evaluations here belong to the invented
Riverside Building Office alone, whose pages say that it is invented. What is corrected of a real body its own
government corrected: in a report that is named with its page, or in a file that is named with its day.
"""
