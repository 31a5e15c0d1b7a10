"""Direct ratings by citizens and service objects: receipts, marks, comments, roll-ups."""
