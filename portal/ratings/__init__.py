"""Direct ratings by citizens and service objects: receipts, marks, comments, roll-ups.

A *mark* is one person's level for one service. A *receipt* is a single-use code that shows the service
was used; a *comment* may follow a mark and waits for a moderator; a *roll-up* publishes a closed month.

What this room never does: keep who rated, when in the day, from where, or with which receipt. A mark waits
in a holding table and once a day becomes part of a total; nothing leads back from there. Raters write no
audit row, no job and no log line. Nothing of a rating is public but its part in a roll-up and, once a
moderator approved it, the comment.
"""
