"""`python -m kommunebench`: the command where its script is not on the path."""

import sys

from kommunebench.cli import main

if __name__ == "__main__":
    sys.exit(main())
