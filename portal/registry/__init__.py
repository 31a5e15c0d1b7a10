"""The working register of public bodies (a tree), services and indicators.

Owns the words body, service, indicator, direction, kind, level, period and status. It never publishes:
what the public reads of it is what `publishing` put into an edition.
"""
