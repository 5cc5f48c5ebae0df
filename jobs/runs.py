"""kommunebench runs as a script for spark-submit: the same options as the command."""

import sys

from kommunebench.cli import main

if __name__ == "__main__":
    sys.exit(main(["runs", *sys.argv[1:]]))
