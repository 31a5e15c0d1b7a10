"""`python -m portal`."""

from portal.commands import main

if __name__ == "__main__":
    main()
