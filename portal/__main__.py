"""`python -m portal`."""

from portal.commands import main

main()
