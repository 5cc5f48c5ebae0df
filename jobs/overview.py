"""kommunebench overview as a script for spark-submit: the same options as the command."""

import sys

from kommunebench.cli import main

if __name__ == "__main__":
    sys.exit(main(["overview", *sys.argv[1:]]))
