"""The working register of public bodies, services and indicators."""
